"""Mail that comes in over SMTP and LMTP: durable before it is answered 250, and never lost to an error of ours.

`listener` binds the sockets, `reception` is what the sessions of one listener share, `session` speaks SMTP and `lmtp` what LMTP does otherwise;
`commands`, `data`, `xforward` and `recipients` are their pure parts.
"""

from connectors.smtp.limits import SmtpLimits
from connectors.smtp.listener import SmtpListener
from connectors.smtp.recipients import Recipients, recipients_of
from connectors.smtp.shared import mail_listeners

__all__ = ["Recipients", "SmtpLimits", "SmtpListener", "mail_listeners", "recipients_of"]
