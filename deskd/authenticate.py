"""Stage authenticate: who really sent a mail. Pure: raw bytes and what parse understood of them -> a verdict.

The word of a relay that the admin trusts (`authserv` of the channel) is taken, and nobody else's: of all Authentication-Results fields (RFC 8601) the topmost
one that names such a relay. Whoever wrote the mail wrote all that stands below it. Where no relay has judged a mail, the DNS may have been asked
(`wants_dns`, `as_asked`). Where neither says anything there is nothing to judge: that is no failure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from deskd.config import MailChannel
from deskd.model import AuthVerdict, Envelope, Judged, Message

_FIELD: Final = "authentication-results"
_MAX_HEADER: Final = 256 * 1024  # bytes that are searched for the relay's field, which stands near the top
_MAX_FIELD: Final = 16_384
_NO_AUTHOR: Final = re.compile(r"no From|no sender in From")
_SEVERAL_AUTHORS: Final = re.compile(r"\d+ From fields|From holds \d+ addresses")
_JUDGED_FALSE: Final = frozenset({"fail", "softfail", "hardfail"})


def authenticate(message: Message, payload: bytes, trusted: Collection[str]) -> AuthVerdict:
    """Whether the address in From is its sender's own. `trusted` are the names (authserv-ids) of relays whose word counts.

    A From that is missing, or names several people, proves nobody, whatever a relay says: a failure, trusted relay or not.
    """
    if unclear := _unclear(message):
        return AuthVerdict("fail", unclear)
    found = trusted_results(payload, trusted)
    if found is None:
        return AuthVerdict("none", "no trusted relay says anything") if trusted else AuthVerdict()
    relay, judged = found
    verdict = judge(judged, message.sender.address.rpartition("@")[2])
    return _named(message, replace(verdict, because=f"{verdict.because}, says {relay}"))


def wants_dns(channel: MailChannel, payload: bytes, envelope: Envelope) -> bool:
    """Whether the DNS is to be asked who sent a mail: where no trusted relay has judged it, and as far as `authenticity` of its channel goes."""
    check = channel.authenticity.check
    if check == "never" or (check == "direct" and not envelope.from_outside):
        return False
    return _topmost(payload, channel.authserv) is None


def as_asked(message: Message, judged: Collection[Judged]) -> AuthVerdict:
    """What follows from what the DNS was asked. The seal of a trusted forwarder (ARC) counts where forwarding broke the rest."""
    if unclear := _unclear(message):
        return AuthVerdict("fail", unclear)
    domain = message.sender.address.rpartition("@")[2]
    verdict = judge(judged, domain)
    sealed = next((one for one in judged if one.method == "arc" and one.result == "pass"), None)
    if verdict.result != "pass" and sealed is not None:
        seen = judge(
            [_read(part) for part in _statements(sealed.value("arc.results")) if "=" in part], domain
        )
        if seen.result == "pass":
            verdict = replace(seen, because=f"{seen.because}, sealed by {sealed.value('header.d')}")
    return _named(message, replace(verdict, because=f"{verdict.because}, as the DNS has it"))


def _named(message: Message, verdict: AuthVerdict) -> AuthVerdict:
    if verdict.result == "pass" and "@" in message.sender.name:
        return AuthVerdict("none", "the name beside the sender's address holds an address, too")
    return verdict


def without_claims(message: Message, payload: bytes, trusted: Collection[str]) -> Message:
    """The message as rules may see it: no Authentication-Results but a trusted relay's own."""
    if not any(name.lower() == _FIELD for name, _ in message.headers):
        return message
    kept = [pair for pair in message.headers if pair[0].lower() != _FIELD]
    own = _topmost(payload, trusted)
    if own is not None:
        kept.insert(0, ("Authentication-Results", own[1]))
    return replace(message, headers=tuple(kept))


def _unclear(message: Message) -> str:
    for defect in message.defects:
        if _NO_AUTHOR.fullmatch(defect):
            return "no From says who wrote it"
        if _SEVERAL_AUTHORS.fullmatch(defect):
            return f"nobody can tell who wrote it: {defect}"
    return ""


# ── what follows from a relay's word ─────────────────────────────────────────────────────────────────────────────────


def judge(judged: Collection[Judged], domain: str) -> AuthVerdict:
    """The verdict on a mail whose From has this domain.

    A pass is DMARC's (RFC 7489), or DKIM's or SPF's for the domain itself or one below it. DMARC would also let a domain above it speak; without a list of
    the domains under which anybody may register, that can't be told from a stranger's, so it takes DMARC's own word.
    """
    domain = domain.lower()
    dmarc = [
        one.result for one in judged if one.method == "dmarc" and one.value("header.from") in ("", domain)
    ]
    if "fail" in dmarc:
        return AuthVerdict("fail", "DMARC fails")
    if "pass" in dmarc:
        return AuthVerdict("pass", "DMARC passes")
    if "bestguesspass" in dmarc:  # no policy, and yet signature or envelope are the same owner's
        return AuthVerdict("pass", f"DKIM or SPF passes for {domain}")
    for method, named in (("dkim", ("header.d", "header.i")), ("spf", ("smtp.mailfrom", "smtp.mail"))):
        passed = [one for one in judged if one.method == method and one.result == "pass"]
        for one in passed:
            signer = next((value for name in named if (value := one.value(name))), "").rpartition("@")[2]
            if _aligned(signer, domain):
                return AuthVerdict("pass", f"{method.upper()} passes for {signer}")
    told = {
        one.method
        for one in judged
        if one.method in ("dkim", "spf") and (one.result == "pass" or one.result in _JUDGED_FALSE)
    }
    if told == {"dkim", "spf"}:
        return AuthVerdict("fail", f"neither DKIM nor SPF passes for {domain}")
    return AuthVerdict("none", "nothing could be judged")


def _aligned(signer: str, domain: str) -> bool:
    return bool(domain) and (signer == domain or signer.endswith("." + domain))


# ── Authentication-Results (RFC 8601 2.2) ────────────────────────────────────────────────────────────────────────────


def trusted_results(payload: bytes, trusted: Collection[str]) -> tuple[str, tuple[Judged, ...]] | None:
    """The name of the relay and what it judged; None where no trusted one left its word."""
    found = _topmost(payload, trusted)
    if found is None:
        return None
    relay, value = found
    return relay, tuple(_read(statement) for statement in _statements(value)[1:] if "=" in statement)


def _topmost(payload: bytes, trusted: Collection[str]) -> tuple[str, str] | None:
    """The relay's name and the field's raw value. Raw: an encoded word in it is the sender's, and may decode to anything."""
    if not trusted:
        return None
    names = {name.lower() for name in trusted}
    for value in _fields(payload):
        head = _statements(value)[0].split()
        if head and head[0].strip('"').lower() in names:
            return head[0].strip('"').lower(), value
    return None


def _fields(payload: bytes) -> Iterator[str]:
    header = re.split(rb"\r?\n\r?\n", payload[:_MAX_HEADER].lstrip(b"\r\n"), maxsplit=1)[0]
    unfolded = re.sub(rb"\r?\n(?=[ \t])", b"", header)
    for line in unfolded.splitlines():
        name, colon, value = line.partition(b":")
        if colon and name.strip().lower() == _FIELD.encode():
            yield value[:_MAX_FIELD].decode("ascii", "replace").strip()


_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|\\.|[();]|[^"\\();]+|.', re.DOTALL)


def _statements(value: str) -> list[str]:
    """The parts between semicolons, comments left out; in quoted strings, what would part them again is masked."""
    parts, depth = [""], 0
    for token in _TOKEN.finditer(value):
        text = token[0]
        if text == "(":
            depth += 1
        elif text == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif text == ";":
            parts.append("")
        elif token[1] is not None:
            parts[-1] += re.sub(r"[\s=;\"]", "_", token[1])
        else:
            parts[-1] += text
    return [" ".join(part.split()) for part in parts]


_SAID: Final = re.compile(r"([A-Za-z][\w.-]*)(?:\s*/\s*\d+)?\s*=\s*(\S+)")


def _read(statement: str) -> Judged:
    pairs = [(name.lower(), value.lower().rstrip(".")) for name, value in _SAID.findall(statement)]
    if not pairs:
        return Judged("", "")
    return Judged(*pairs[0], tuple(pairs[1:]))
