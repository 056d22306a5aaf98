"""A stand-in for the outgoing mail server, and the customer's own way of sending a mail.

smtp = SmtpStandIn()
async with smtp.running():
    ...  # give deskd smtp.host, smtp.port
    await smtp.wait_for(lambda: smtp.to("maria@cliente.example"))
"""

from connectors.standins.smtp.customer import send_mail
from connectors.standins.smtp.server import Mail, SmtpStandIn

__all__ = ["Mail", "SmtpStandIn", "send_mail"]
