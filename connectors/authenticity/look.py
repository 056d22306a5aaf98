"""What `deskd doctor` asks of the DNS for a mail channel: whether it answers, and whether others can tell that the desk's replies are the desk's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

import dkim

from connectors.authenticity.checks import dkim_results
from connectors.authenticity.names import DnsTrouble, LookUp, Names
from deskd.config.channels import MailChannel
from deskd.ports import Finding

_WITHIN: Final = 5.0  # seconds
SAMPLE: Final = (
    b"From: <%b>\r\nTo: <%b>\r\nSubject: a sample for deskd doctor\r\n"
    b"Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nMessage-ID: <doctor@localhost>\r\n\r\nsample\r\n"
)


async def look(key: str, channel: MailChannel, signed: bytes | None) -> list[Finding]:
    """`signed`: a sample with the channel's own signature, where it has one."""
    names = Names(channel.authenticity.nameservers).until(_WITHIN)
    return await asyncio.to_thread(lambda: list(_findings(key, channel, signed, names)))


def _findings(key: str, channel: MailChannel, signed: bytes | None, look_up: LookUp) -> Iterator[Finding]:
    part, domain = f"{key}.authenticity", channel.address.rpartition("@")[2]
    try:
        spf = [text for text in look_up(domain, "TXT") if text.lower().startswith(b"v=spf1")]
        dmarc = [text for text in look_up(f"_dmarc.{domain}", "TXT") if text.startswith(b"v=DMARC1")]
    except DnsTrouble as trouble:
        remedy = "check the machine's name servers, or name others under authenticity.nameservers"
        yield Finding(part, "warning", f"the DNS can't be asked who sent a mail: {trouble}", remedy)
        return
    yield Finding(part, "ok", "the DNS answers")
    if not spf:
        remedy = "publish an SPF record that names the sending server: docs/mail-setup.md"
        yield Finding(part, "warning", f"{domain} has no SPF record: replies may be taken for spam", remedy)
    if not dmarc:
        remedy = f'publish _dmarc.{domain} TXT "v=DMARC1; p=none" to begin with'
        yield Finding(part, "warning", f"{domain} has no DMARC policy: anybody may write in its name", remedy)
    if signed is not None and channel.dkim is not None:
        yield _signature(key, f"{channel.dkim.selector}._domainkey.{channel.dkim.domain}", signed, look_up)


def _signature(key: str, name: str, signed: bytes, look_up: LookUp) -> Finding:
    part = f"{key}.dkim"
    (found,) = dkim_results(signed, look_up)
    if found.result == "pass":
        return Finding(part, "ok", f"{name} has the key that replies are signed with")
    if found.result == "temperror":
        return Finding(part, "warning", f"the DNS doesn't say what {name} has", "ask again later")
    try:
        there = bool(look_up(name, "TXT"))
    except (DnsTrouble, dkim.DKIMException):
        there = False
    what = f"{name} has another key than replies are signed with" if there else f"{name} has no key"
    return Finding(part, "wrong", what, "publish the key's public half there: docs/mail-setup.md")
