"""Calendar invitations (RFC 5545, RFC 5546) -> one line a person can read: what is asked, when, where."""

from __future__ import annotations

import re

_METHODS = {"REQUEST": "Invitation", "CANCEL": "Cancelled", "REPLY": "Answer to an invitation", "PUBLISH": "Event", "COUNTER": "Other time proposed",
            "ADD": "Invitation", "REFRESH": "Invitation", "DECLINECOUNTER": "Proposed time declined"}  # fmt: skip
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "perhaps", "DELEGATED": "delegated"}
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d{0,2}(Z?))?")
_ESCAPE = re.compile(r"\\([\\;,nN])")


def summarise(text: str) -> str:
    """`[Invitation: Demo · 2026-03-02 10:00 Europe/Rome – 11:00 · Sala 2]`, or "" when there is no event in it."""
    event: dict[str, tuple[str, str]] = {}
    method = inside = ""
    for line in re.sub(r"\r?\n[ \t]", "", text[:200_000]).splitlines():  # folded (RFC 5545 3.1)
        head, _, value = line.partition(":")
        name, _, parameters = head.partition(";")
        name = name.strip().upper()
        if name in ("BEGIN", "END"):
            inside = value.strip().upper() if name == "BEGIN" else "VEVENT" if inside == "VALARM" else ""
        elif name == "METHOD":
            method = value.strip().upper()
        elif inside in ("VEVENT", "VTODO"):
            event.setdefault(name, (value.strip(), parameters))
    if not event:
        return ""
    what = _METHODS.get(method, "Event")
    answer = re.search(r"PARTSTAT=([A-Z-]+)", event.get("ATTENDEE", ("", ""))[1].upper())
    if method == "REPLY" and answer:
        what += f" ({_ANSWERS.get(answer[1], answer[1].lower())})"
    pieces = [_value(event, "SUMMARY"), _when(event), _value(event, "LOCATION")]
    return f"[{what}: {' · '.join(piece for piece in pieces if piece)}]"


def _value(event: dict[str, tuple[str, str]], name: str) -> str:
    text = _ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], event.get(name, ("", ""))[0])
    return " ".join(text.split())[:300]


def _when(event: dict[str, tuple[str, str]]) -> str:
    start, end = (_TIME.match(event.get(name, ("", ""))[0]) for name in ("DTSTART", "DTEND"))
    if start is None:
        return ""
    zone = re.search(r'TZID="?([^";:]+)', event["DTSTART"][1], re.IGNORECASE)
    shown = _moment(start) + (" UTC" if start[6] else f" {zone[1]}" if zone and start[4] else "")
    if end is None or end[0] == start[0] or not (start[4] and end[4]):
        return shown
    same_day = end.group(1, 2, 3) == start.group(1, 2, 3)
    return f"{shown} – {f'{end[4]}:{end[5]}' if same_day else _moment(end)}"


def _moment(found: re.Match[str]) -> str:
    day = f"{found[1]}-{found[2]}-{found[3]}"
    return f"{day} {found[4]}:{found[5]}" if found[4] else day
