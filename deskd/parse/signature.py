"""Signatures at the end of a text: after `-- `, a mail program's own line, a block of name and contact data. In doubt nothing is cut."""

from __future__ import annotations

import re

from deskd.model import Address

_DASHES = ("-", "–", "—")
_DELIMITER = re.compile(r"(?:--|– ?|—) ?$")
_MAX_LINES = 40  # after `-- `; mailing lists and offices write long ones
_MAX_BARE = 12  # after a bare `--`, and in a block of contact data
_MAX_DRAWN = 30  # after a drawn line, empty ones counted
_DEVICE = re.compile(
    r"[\s*_>]{0,10}(?:sent (?:from|via|with|by)|sent using|get outlook|download outlook|inviat[oa] (?:da|dal|dalla|con|tramite)|mandato d|scarica outlook|ottieni outlook|"
    r"enviado (?:desde|por|con|com|do|da|de|a partir|através|via)|mandado desde|obt[ée]n|obter|obtener|obtenha|baixe o|descarga|transfira|"
    r"envoyé (?:de|depuis|à partir|avec)|téléchargez|obtenir outlook|télécharger outlook|"
    r"gesendet (?:von|mit|über)|von meinem|diese nachricht wurde von meinem|holen sie sich|outlook für|verzonden (?:vanaf|vanuit)|via mobile)\b.{0,120}$",
    re.IGNORECASE,
)
_DEVICE_NAMES = re.compile(
    r"iphone|ipad|android|samsung|galaxy|outlook|yahoo|windows|mail\b|mobile|blackberry|huawei|xiaomi|redmi|oneplus|pixel|proton|smartphone|"
    r"cellulare|telefono|tel[ée]fono|móvil|celular|telem[óo]vel|dispositivo|tablet|handy|téléphone|portable|motorola|nokia|sparrow|mailbox|gmail|spark|"
    r"posta|correo|correio|aol|libero|thunderbird|app\b|ios\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:\+|\(?0|00)[\d\s()./-]{6,}\d|\(\d{3}\)\s?\d{3}|\b\d{3}[-.\s]\d{3}[-.\s]\d{4}\b|\S+@\S+\.\w{2,}|\bhttps?://|\bwww\.|\b(?:tel|cell|mob|fax|phone|ph|skype|p\.?\s?iva)\b\s?[.:]",
    re.IGNORECASE,
)
_RULER = re.compile(r"\s*[-_=*~#]{4,}\s*$")
_TITLED = re.compile(r"\b(?:dott|dr|ing|avv|mr|mrs|sig|prof)\.?(?:ssa|ra)?\s", re.IGNORECASE)


def without_signature(lines: list[str], sender: Address) -> list[str]:
    """The lines without the signature they end with. Nothing is cut that would leave nothing."""
    kept = _rstrip(lines)
    for step in (_cut_drawn, _cut_delimited):
        kept = step(kept)
    kept = _cut_named(kept, sender)
    kept = _cut_device(kept)
    kept = _cut_delimited(kept)
    return _cut_named(kept, sender)


def _rstrip(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def _cut_device(lines: list[str]) -> list[str]:
    """The line a phone or program adds by itself: `Sent from my iPhone`, `Scarica Outlook per Android`."""
    for _ in range(3):
        if len(lines) < 2:
            return lines
        last = lines[-1]
        if len(last) > 200 or not (
            _DEVICE.match(last) and (_DEVICE_NAMES.search(last) or last.lower().strip() == "via mobile")
        ):
            return lines
        if lines[-2].strip() and not _DEVICE.match(lines[-2]):
            return lines  # programs leave a line free above theirs; this may be a sentence
        kept = _rstrip(lines[:-1])
        if kept and _RULER.match(kept[-1]):
            kept = _rstrip(kept[:-1])
        if not kept:
            return lines
        lines = kept
    return lines


def _cut_delimited(lines: list[str]) -> list[str]:
    """From the last `-- ` line on (RFC 3676 4.3); a bare `--` or a drawn line counts when little follows it."""
    for at in range(len(lines) - 1, max(0, len(lines) - _MAX_LINES) - 1, -1):
        line = lines[at]
        if line[:1] not in _DASHES or not _DELIMITER.match(line):
            continue
        after = [each for each in lines[at + 1 :] if each.strip()]
        if any(each.startswith(">") for each in after):
            return lines
        if line == "-- " or len(after) <= _MAX_BARE:
            kept = _rstrip(lines[:at])
            return kept or lines
    return lines


def _cut_drawn(lines: list[str]) -> list[str]:
    """From a drawn line on, when what follows is short and holds contact data."""
    for at in range(max(1, len(lines) - _MAX_DRAWN), len(lines)):
        if _RULER.match(lines[at]):
            after = [each for each in lines[at + 1 :] if each.strip()]
            if (
                all(len(each) <= 90 for each in after)
                and sum(bool(_CONTACT.search(each)) for each in after) >= 2
            ):
                return _rstrip(lines[:at]) or lines
    return lines


def _cut_named(lines: list[str], sender: Address) -> list[str]:
    """A last block that begins with the sender's name, or holds the sender's address, and is made of contact data."""
    words = re.findall(r"[^\W\d_]{2,}", sender.name.lower())
    for at in range(max(1, len(lines) - _MAX_BARE), len(lines)):
        if (
            not lines[at].strip()
            or lines[at - 1].strip()
            or len(lines[at]) >= 60
            or lines[at].rstrip().endswith((":", "?", "!"))
        ):
            continue
        after = [each for each in lines[at + 1 :] if each.strip()]
        if not after or any(len(each) > 90 for each in after):
            continue
        contacts = sum(bool(_CONTACT.search(each)) for each in after)
        by_program = all(_DEVICE.match(each) for each in after)
        own = bool(sender.address) and any(sender.key in each.lower() for each in after)
        if (_is_name(lines[at], words) and (contacts >= 2 or by_program)) or (
            own and contacts >= 2 and len(after) >= 2
        ):
            return _rstrip(lines[:at]) or lines
    return lines


def _is_name(line: str, words: list[str]) -> bool:
    """The line is the sender's name, perhaps with a title: all its words, or nearly, are of it."""
    written = re.findall(r"[^\W\d_]{2,}", _TITLED.sub("", line.lower()))
    return len(written) >= 2 and len(set(written) & set(words)) >= 2 and len(written) <= len(words) + 1
