"""Who really sent a mail, asked of the DNS: DKIM (RFC 6376), SPF (RFC 7208), DMARC (RFC 7489), ARC (RFC 8617).

`authenticator` keeps the time and the threads, `checks` asks the methods, `alignment` says whose domain is whose, `names` asks the DNS. They report
results in the form of RFC 8601; what follows from them is the core's to say (`deskd.authenticate`).
"""

from connectors.authenticity.authenticator import DnsAuthenticator

__all__ = ["DnsAuthenticator"]
