"""Mail that comes in over SMTP: durable before it is answered 250, and never lost to an error of ours.

`listener` binds the sockets, `reception` is what the sessions of one listener share, `session` speaks the protocol;
`commands`, `data` and `recipients` are its pure parts.
"""

from connectors.smtp.limits import SmtpLimits
from connectors.smtp.listener import SmtpListener
from connectors.smtp.recipients import Recipients, recipients_of
from connectors.smtp.shared import smtp_listeners

__all__ = ["Recipients", "SmtpLimits", "SmtpListener", "recipients_of", "smtp_listeners"]
