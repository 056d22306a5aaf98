"""The methods, each asked once about one mail. Blocking: they wait for the DNS. Bytes and a way to look names up in, results out; nothing raises.

A result is `temperror` where the DNS gave no answer: then the method says nothing for or against the mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import dkim
import spf

from connectors.authenticity.alignment import aligned, organisational
from connectors.authenticity.authenticator import BIG
from connectors.authenticity.names import DnsTrouble, LookUp
from deskd.model import Envelope, Judged

_SIGNATURES: Final = 8  # of one mail that are tried; each costs a look-up
_SEALS: Final = 10  # of an ARC chain; RFC 8617 allows 50
_SMALLEST_KEY: Final = 1024  # bits; RFC 8301 3.2


def check(
    payload: bytes, envelope: Envelope, domain: str, look_up: LookUp, sealers: Sequence[str] = ()
) -> tuple[Judged, ...]:
    """What each method says of a mail whose From has `domain`. `sealers`: domains whose ARC seal counts."""
    sent = spf_result(envelope, look_up)
    known = (
        sent is not None
        and sent.result == "pass"
        and aligned(sent.value("smtp.mailfrom"), domain, strict=True)
    )
    signed = () if known and len(payload) > BIG else tuple(dkim_results(payload, look_up))
    judged = [*signed, *([sent] if sent else [])]
    judged.append(dmarc_result(domain, judged, look_up))
    if sealers and (sealed := arc_result(payload, sealers, look_up)) is not None:
        judged.append(sealed)
    return tuple(judged)


# ── DKIM ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def dkim_results(payload: bytes, look_up: LookUp) -> Iterator[Judged]:
    """One result a signature, the topmost first."""
    try:
        mail = dkim.DKIM(payload, minkey=_SMALLEST_KEY)
    except dkim.DKIMException:
        return  # no header that could be signed
    count = sum(name.lower() == b"dkim-signature" for name, _ in mail.headers)
    for index in range(min(count, _SIGNATURES)):
        mail.domain = None
        result = _verified(mail, index, look_up)
        signer = (mail.domain or b"").decode("ascii", "replace").lower()
        yield Judged("dkim", result, (("header.d", signer),))


def _verified(mail: Any, index: int, look_up: LookUp) -> str:
    try:
        good = mail.verify(index, dnsfunc=_keys(look_up))
    except DnsTrouble:
        return "temperror"
    except dkim.DKIMException:
        return "permerror"
    except Exception:  # what a forged signature may do to the library is no more than a bad signature
        return "permerror"
    if not good:
        return "fail"
    # With a length, anybody may write on below what was signed (RFC 6376 8.2).
    return "policy" if b"l" in mail.signature_fields else "pass"


def _keys(look_up: LookUp) -> Any:
    def txt(name: bytes, timeout: float = 0) -> bytes | None:
        found = look_up(name.decode("ascii", "replace").rstrip("."), "TXT")
        return bytes(found[0]) if found else None

    return txt


# ── SPF ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Query(spf.query):  # type: ignore[misc]
    """pyspf's, with our way to the DNS in place of its own, which is one for the whole process."""

    look_up: LookUp

    def dns(self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False) -> list[Any]:
        labels = str(name).rstrip(".").lower()
        if not all(0 < len(label) < 64 for label in labels.split(".")):
            return []
        try:
            found = self.look_up(labels, "TXT" if qtype == "SPF" else qtype)
        except DnsTrouble as trouble:
            raise spf.TempError(f"DNS: {trouble}") from trouble
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("too many names that don't exist")
        return [(text,) for text in found] if qtype in ("TXT", "SPF") else list(found)


def spf_result(envelope: Envelope, look_up: LookUp) -> Judged | None:
    """None where nobody can know from where it came: an address of our own network is a relay's, and says nothing of the sender."""
    if envelope.mail_from is None or not envelope.from_outside:
        return None
    query = _Query(envelope.peer, envelope.mail_from, envelope.helo)
    query.look_up = look_up
    try:
        result = query.check()[0]
    except Exception:  # an envelope it can't read
        result = "permerror"
    return Judged("spf", result, (("smtp.mailfrom", str(query.o or "").lower().rstrip(".")),))


# ── DMARC ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def dmarc_result(domain: str, judged: Sequence[Judged], look_up: LookUp) -> Judged:
    """`bestguesspass` where its owner says nothing about the domain and yet signature or envelope are theirs.

    `fail` only where both were judged: behind a relay that doesn't tell from where a mail came, SPF might have passed.
    """
    told = (("header.from", domain.lower()),)
    try:
        policy = _policy(domain, look_up)
    except DnsTrouble:
        return Judged("dmarc", "temperror", told)
    ours = any(_speaks_for(one, domain, policy or {}) for one in judged)
    if policy is None:
        return Judged("dmarc", "bestguesspass" if ours else "none", told)
    if ours:
        return Judged("dmarc", "pass", told)
    undecided = any(one.result == "temperror" for one in judged) or all(one.method != "spf" for one in judged)
    return Judged("dmarc", "none" if undecided else "fail", told)


def _speaks_for(one: Judged, domain: str, policy: dict[str, str]) -> bool:
    if one.result != "pass" or one.method not in ("dkim", "spf"):
        return False
    mode = policy.get("adkim" if one.method == "dkim" else "aspf", "r")
    whose = one.value("header.d") or one.value("smtp.mailfrom")
    return aligned(whose, domain, strict=mode == "s")


def _policy(domain: str, look_up: LookUp) -> dict[str, str] | None:
    """The domain's own, else its organisation's (RFC 7489 6.6.3); None where there is none, or more than one."""
    for host in dict.fromkeys((domain, organisational(domain))):
        records = [text for text in look_up(f"_dmarc.{host}", "TXT") if _VERSION.match(text)]
        if len(records) == 1:
            return _tags(records[0].decode("utf-8", "replace"))
        if records:
            return None
    return None


_VERSION: Final = re.compile(rb"v\s*=\s*DMARC1\s*(?:;|$)")


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}


# ── ARC ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def arc_result(payload: bytes, sealers: Sequence[str], look_up: LookUp) -> Judged | None:
    """What a trusted forwarder says it saw: the results it sealed (`arc.results`), where the whole chain holds and its last seal is theirs."""
    try:
        mail = dkim.ARC(payload, minkey=_SMALLEST_KEY)
        if sum(name.lower() == b"arc-seal" for name, _ in mail.headers) > _SEALS:
            return None
        outcome, seals, _ = mail.verify(dnsfunc=_keys(look_up))
    except Exception:  # trouble of the DNS, or a chain made to trouble the library: it says nothing
        return None
    if outcome != dkim.CV_Pass or not seals:
        return None
    last = seals[0]
    domain = last["as-domain"].decode("ascii", "replace").lower()
    if last["ams-domain"].decode("ascii", "replace").lower() != domain or domain not in {
        each.lower() for each in sealers
    }:
        return None
    results = last["aar-value"].decode("ascii", "replace")
    return Judged("arc", "pass", (("header.d", domain), ("arc.results", " ".join(results.split()))))
