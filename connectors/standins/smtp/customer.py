"""The customers' side of mail: one mail, handed to a mail server as another mail server would.

In: the mail's bytes and its envelope. Out: the recipients refused. What goes wrong raises aiosmtplib's own exceptions, with the
server's code and text.
"""

from collections.abc import Sequence

import aiosmtplib


async def send_mail(
    host: str,
    port: int,
    content: bytes,
    mail_from: str,
    rcpt_to: str | Sequence[str],
    *,
    hostname: str = "mx.customer.example",
    seconds: float = 30.0,
) -> dict[str, tuple[int, str]]:
    """Send a mail; returns address -> (code, text) for those recipients that were refused while others were taken.

    Raises aiosmtplib.SMTPException: SMTPResponseException has `code` and `message`, SMTPRecipientsRefused all the refusals.
    """
    recipients = [rcpt_to] if isinstance(rcpt_to, str) else list(rcpt_to)
    client = aiosmtplib.SMTP(
        hostname=host, port=port, local_hostname=hostname, timeout=seconds, use_tls=False, start_tls=False
    )
    async with client:
        refused, _ = await client.sendmail(mail_from, recipients, content)
    return {address: (answer.code, answer.message) for address, answer in refused.items()}
