"""What the lines look like that mail programs put before a quote or a forward: it, es, pt, en, de, fr and a few more.

Attributions ("On … wrote:"), separators ("-----Original Message-----") and header blocks ("From: … Sent: … Subject: …").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_VERBS = re.compile(
    r"\b(?:wrote|writes|said|ha scritto|scrive|scrisse|escribi[óo]|escribe|ha escrito|escreveu|escreve|schrieb|hat geschrieben|a écrit|écrit"
    r"|schreef|skrev|napisał(?:\(a\))?|написал(?:а|\(а\))?|пишет|kirjoitti|scris|geschreven|pisze|đã viết)\b",
    re.IGNORECASE,
)
# What attributions begin with; the last ones stand before a name: "Le 3 mars 2025 à 10:00, X a écrit :".
_BEGINNINGS = re.compile(
    r"(?:-{2,}\s*)?(?:on|il|in data|el|em|no dia|am|le|op|den|dnia|w dniu|på|vào|quoting|a|at)\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")
_DATED_ADDRESS = re.compile(r"\d.{0,200}<[^<>\s]{1,200}@[^<>\s]{1,200}>\)?\s*:$")
# 2025/3/3 Maria <m@x>
_OLD_GMAIL = re.compile(r"\d{4}[/-]\d{1,2}[/-]\d{1,2}\b.{0,120}<[^<>\s]{1,200}@[^<>\s]{1,200}>:?$")
_ADDRESS = re.compile(r"\S@\S")

_SEPARATOR = re.compile(
    r"[-_=*\s>]*(?:"
    r"original (?:message|appointment)|forwarded (?:message|by .{1,80})|begin forwarded message|reply (?:message|above this line)|"
    r"(?:messaggio|e-?mail|appuntamento) originale?|messaggio (?:inoltrato|originario)|inizio (?:del )?messaggio inoltrato|forwarded mail|"
    r"mensaje (?:original|reenviado)|correo original|inicio del mensaje reenviado|"
    r"mensagem (?:original|encaminhada|reencaminhada)|início da mensagem (?:re)?encaminhada|"
    r"ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht|anfang der weitergeleiteten (?:nachricht|e-mail)|"
    r"message (?:d'origine|d’origine|original|transféré|transmis)|début du message (?:transféré|réexpédié)|"
    r"oorspronkelijk bericht|исходное сообщение|пересылаемое сообщение"
    r")[-_=*\s:]*$",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"forward|inoltrat|reenviad|encaminhad|weitergeleitet|transféré|transmis|réexpédié|пересыл", re.IGNORECASE
)
_RULER = re.compile(r"[-_=*\s]{5,}$")

_LABELS = {
    "from": "from da von de expéditeur от van från от fra od",
    "date": "date sent data inviato fecha enviado enviada enviado\u00a0el datum gesendet envoyé gönderildi дата verzonden skickat отправлено sendt wysłano",
    "to": "to a per para an à destinataire кому aan till til do",
    "subject": "subject oggetto asunto assunto betreff objet sujet тема onderwerp ämne emne temat",
}
_LABEL_OF = {label: field for field, labels in _LABELS.items() for label in labels.replace("\u00a0", "_").split()} | {
    "enviado el": "date", "enviado em": "date", "enviada em": "date", "data invio": "date", "inviato il": "date", "fecha de envío": "date",
    "inviato": "date", "enviado_el": "date", "cc": "cc", "reply-to": "other", "data/ora": "date", "envoyé le": "date", "gesendet am": "date",
}  # fmt: skip
_LABEL = re.compile(r"[>\s]{0,40}[*_]{0,2}([^\W\d_][\w /-]{0,16}?)\s?[*_]{0,2}\s?:[*_]{0,2}(?:\s|$)")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_LOOK_AHEAD = 9  # lines of a header block; a long To: wraps


def is_attribution(lines: Sequence[str], at: int) -> int:
    """How many lines, ending with line `at`, make an attribution; 0 when they don't."""
    last = lines[at].strip().strip("*_ ")
    if _OLD_GMAIL.match(last):
        return 1
    if last.endswith("--"):  # ------ On 3/3/2025, X wrote -----
        last = last.strip("-: ") + ":"
    if not last.endswith(":") or len(last) > 400:
        return 0
    if _DATED_ADDRESS.search(last) and (_DATE.search(last) is not None):
        return 1
    joined = last
    for count in range(1, 5):
        if count > 1:
            if at - count + 1 < 0 or not (above := lines[at - count + 1].strip()) or above.startswith(">"):
                return 0
            joined = f"{above} {joined}"
        if len(joined) > 500:
            return 0
        dated = bool(_DATE.search(joined) or _ADDRESS.search(joined))
        if (
            dated
            and _VERBS.search(joined)
            and (
                _BEGINNINGS.match(joined)
                or (count == 1 and _DATED_ADDRESS.search(joined))
                or re.match(r"\d", joined)
            )
        ):
            return count
    short = (
        len(last) < 120 and bool(_VERBS.search(last)) and bool(_ADDRESS.search(last) or _DATE.search(last))
    )
    return 1 if short else 0


def names_a_writer(line: str) -> bool:
    """A line that may be an attribution in any language, if a quote follows it: `X wrote:`, `Maria, 3/3/25:`."""
    line = line.strip()
    return (
        line.endswith(":")
        and len(line) < 200
        and bool(_VERBS.search(line) or (_DATE.search(line) and re.search(r"[^\W\d_]{2}", line)))
    )


def is_separator(line: str) -> bool:
    """`-----Original Message-----`, `Begin forwarded message:` and their like."""
    return (
        len(line) < 160
        and bool(_SEPARATOR.match(line))
        and (line.strip()[0] in "-_=*>" or line.rstrip().endswith(":"))
    )


def is_forward(line: str) -> bool:
    return bool(_FORWARD.search(line))


def is_ruler(line: str) -> bool:
    """A line that is only drawn."""
    return bool(line.strip()) and bool(_RULER.match(line))


def label_of(line: str) -> str:
    """`from`, `date`, `to`, `subject`, `cc` when the line begins as that line of a header block, in any of the languages; else ""."""
    if not line.isascii():
        line = _INVISIBLE.sub("", line)
    found = _LABEL.match(line)
    return _LABEL_OF.get(found[1].strip().lower(), "") if found else ""


def is_header_block(lines: Sequence[str], at: int) -> bool:
    """Whether a header block of a quoted mail begins at this line: From and two more of Date, To and Subject, close together, with
    an address or a full date in it. (`Da: Roma, A: Milano` is somebody's journey.)"""
    first = label_of(lines[at])
    if first not in ("from", "date", "subject", "to"):
        return False
    found = {first}
    evident = _is_evident(lines[at])
    seen = 0
    for line in lines[at + 1 : at + 1 + 2 * _LOOK_AHEAD]:
        if not line.strip():
            continue
        seen += 1
        if seen > _LOOK_AHEAD:
            break
        if label := label_of(line):
            found.add(label)
            evident = evident or _is_evident(line)
    return evident and "from" in found and len(found - {"cc", "other"}) >= 3


def _is_evident(line: str) -> bool:
    return bool(_ADDRESS.search(line) or _DATE.search(line))
