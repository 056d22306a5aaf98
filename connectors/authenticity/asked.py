"""Whether a mail channel has anything to do with the DNS: a desk behind a relay on this machine, that signs nothing itself, needs none."""

from __future__ import annotations

from ipaddress import ip_address

from deskd.config.channels import MailChannel


def is_asked(channel: MailChannel) -> bool:
    """Whether the channel has anything to do with the DNS."""
    check = channel.authenticity.check
    open_to_all = channel.smtp is not None and not _is_here(channel.smtp.listen.host)
    return channel.dkim is not None or check == "always" or (check == "direct" and open_to_all)


def _is_here(host: str) -> bool:
    """Whether nobody outside this machine gets there: a Unix socket (""), localhost, a loopback address."""
    try:
        return host in ("", "localhost") or ip_address(host).is_loopback
    except ValueError:
        return False
