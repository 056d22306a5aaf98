"""The parts of a mail -> its text, its HTML and its attachments. Which part is which: RFC 2046 5.1, RFC 2183, and what programs do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from deskd.errors import MalformedMessage
from deskd.model import Attachment
from deskd.parse import calendar, charsets, limits, tnef
from deskd.parse.attachments import attachment_of, fields_of, unpacked_attachment
from deskd.parse.flowed import unflow
from deskd.parse.html import looks_like_html
from deskd.parse.html_text import MARKS, render
from deskd.parse.parameters import parse_parameters
from deskd.parse.structure import Part, read_structure
from deskd.parse.transfer import decode_body

_MARKS = re.compile("[" + "".join(MARKS) + "]")
_REPORTS = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/feedback-report",
    "message/disposition-notification",
)
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_MAX_MAILS = 3  # mails within mails that are read; deeper ones are attachments only
_ENCRYPTED = ("application/pkcs7-mime", "application/x-pkcs7-mime")


@dataclass(frozen=True, slots=True)
class Content:
    """`body` is all the text, that of attached mails last; `prose` what stands in this mail itself, `marked` the same with the marks of
    `html_text`; `html` is as sent, not sanitised; `decoded` the bytes of every part."""

    body: str
    prose: str
    marked: str
    html: str
    attachments: tuple[Attachment, ...]
    decoded: tuple[bytes, ...]
    reports: tuple[
        tuple[str, str], ...
    ]  # type and text of what machines report: message/delivery-status, message/feedback-report
    returned: tuple[tuple[str, str], ...]  # header fields, lower case, of the mail that a report returns


@dataclass(slots=True)
class _Reading:
    payload: bytes
    defects: list[str]
    texts: list[tuple[str, str]] = field(default_factory=list)  # plain, the same with marks
    htmls: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    decoded: list[bytes] = field(default_factory=list)
    reports: list[tuple[str, str]] = field(default_factory=list)
    returned: list[tuple[str, str]] = field(default_factory=list)
    charset: str | None = None  # the first one named: what parts without one are tried in
    forwards: bool = False  # whether mails attached to this one are read as well
    forwarded: list[str] = field(default_factory=list)  # their texts
    mails: int = 0  # within which this reading stands
    bytes_left: int = limits.DECODED_BYTES


def read_content(payload: bytes, root: Part, defects: list[str], forwards: bool = True) -> Content:
    """Walks the parts in order. Adds to `defects`; raises `MalformedMessage` when all parts together decode to too much."""
    reading = _Reading(payload, defects, forwards=forwards)
    _walk(reading, root, "")
    prose = "\n\n".join(plain for plain, _ in reading.texts if plain)
    body = "\n\n".join([prose, *reading.forwarded] if prose else reading.forwarded)
    marked = "\n\n".join(text for _, text in reading.texts if text)
    return Content(
        body,
        prose,
        marked,
        "\n".join(reading.htmls),
        tuple(reading.files),
        tuple(reading.decoded),
        tuple(reading.reports),
        tuple(reading.returned),
    )


def _walk(reading: _Reading, part: Part, parent: str) -> None:
    kind = part.type
    if kind == "multipart/alternative":
        _read_alternative(reading, part)
    elif kind == "multipart/encrypted":
        _say(reading, "encrypted", "[This message is encrypted. It is kept whole among the attachments.]")
        for child in part.children:
            _attach(reading, child, _decode(reading, child))
    elif part.children:
        for child in part.children:
            _walk(reading, child, kind)
    elif kind.startswith("multipart/"):
        return
    elif _is_text(reading, part, parent):
        _read_text(reading, part)
    else:
        _read_file(reading, part, parent)


def _say(reading: _Reading, defect: str, line: str) -> None:
    reading.defects.append(defect)
    reading.texts.append((line, line))


def _read_alternative(reading: _Reading, part: Part) -> None:
    """The same said several ways: the plain text is read, the HTML kept for showing; the text is made from it when there is no other."""
    before = len(reading.texts)
    shown = [
        child
        for child in part.children
        if not child.type.startswith("text/") or child.type in ("text/plain", "text/html", "text/calendar")
    ]
    shown.sort(key=lambda child: child.type != "text/plain")  # some send the HTML first
    for child in shown:
        if child.type == "text/html" and not _is_file(child):
            source = _html_source(reading, child)
            reading.htmls.append(source)
            if not any(text.strip() for text, _ in reading.texts[before:]):
                del reading.texts[before:]
                _add_html(reading, source)
        else:
            had = len(reading.texts)
            _walk(reading, child, part.type)
            if child.children and any(text.strip() for text, _ in reading.texts[before:had]):
                del reading.texts[had:]  # the HTML within multipart/related says it again


def _is_file(part: Part) -> bool:
    return part.value("content-disposition").lower().startswith("attachment")


def _is_text(reading: _Reading, part: Part, parent: str) -> bool:
    """Text of the message itself, not a file that happens to be text."""
    if part.type not in ("text/plain", "text/html", "text/enriched", "text/richtext"):
        return False
    disposition, parameters = parse_parameters(part.value("content-disposition"))
    if disposition == "attachment":
        return False
    named = parameters.get("filename") or part.content_type.parameters.get("name")
    first = not reading.texts and not disposition  # some programs name even the text itself
    return not named or first or not parent or parent == "multipart/alternative"


def _decode(reading: _Reading, part: Part) -> bytes:
    within = memoryview(reading.payload)[part.start : part.end]
    data, defect = decode_body(within, part.value("content-transfer-encoding"))
    if defect:
        reading.defects.append(defect)
    reading.bytes_left -= len(data)
    if reading.bytes_left < 0:
        raise MalformedMessage(f"its parts decode to more than {limits.DECODED_BYTES // 1024 // 1024} MB")
    reading.decoded.append(data)
    return data


def _text_of(reading: _Reading, part: Part, data: bytes) -> str:
    said = part.content_type.charset
    if said and reading.charset is None:
        reading.charset = said
    text, defect = charsets.decode(data, said, reading.charset)
    if defect:
        reading.defects.append(defect)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _MARKS.sub("", text)


def _html_source(reading: _Reading, part: Part) -> str:
    data = _decode(reading, part)
    if not part.content_type.charset:
        found = re.search(
            rb"<meta[^>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([\w-]{2,40})", data[:2048], re.IGNORECASE
        )
        if found and not data.isascii():
            part.content_type.parameters["charset"] = found[1].decode("ascii")
    return _text_of(reading, part, data)


def _read_text(reading: _Reading, part: Part) -> None:
    if part.type == "text/html":
        source = _html_source(reading, part)
        reading.htmls.append(source)
        _add_html(reading, source)
        return
    text = _text_of(reading, part, _decode(reading, part))
    if looks_like_html(text):
        reading.htmls.append(text)
        _add_html(reading, text)
        return
    if part.type != "text/plain":
        text = re.sub(r"</?[A-Za-z-]{1,40}>", "", text.replace("<<", "<"))
    elif part.content_type.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, part.content_type.parameters.get("delsp", "").lower() == "yes")
    if len(text) > limits.TEXT_CHARS:
        reading.defects.append(f"text cut at {limits.TEXT_CHARS} characters")
        text = text[: limits.TEXT_CHARS]
    if "-----BEGIN PGP MESSAGE-----" in text:
        reading.defects.append("encrypted")
    text = text.replace("\xa0", " ").strip("\n")
    text = text if text.strip() else ""
    reading.texts.append((text, text))


def _add_html(reading: _Reading, source: str) -> None:
    if len(source) > limits.HTML_CHARS:
        reading.defects.append(f"HTML cut at {limits.HTML_CHARS} characters")
    rendered = render(source[: limits.HTML_CHARS])
    reading.texts.append((rendered.text, rendered.marked))


def _read_file(reading: _Reading, part: Part, parent: str) -> None:
    data = _decode(reading, part)
    if part.type in tnef.TYPES or (part.value("content-disposition").lower().find("winmail.dat") >= 0):
        if _read_tnef(reading, data):
            return
        reading.defects.append("winmail.dat can't be unpacked")
    if part.type in _ENCRYPTED:
        if "signed-data" in part.content_type.parameters.get("smime-type", "").lower():
            _say(
                reading,
                "signed as a whole, not read",
                "[This message is packed in its signature. It is kept whole among the attachments.]",
            )
        else:
            _say(reading, "encrypted", "[This message is encrypted. It is kept whole among the attachments.]")
    if part.type == "text/calendar":
        _read_calendar(reading, part, data)
    if part.type in _REPORTS:
        reading.reports.append((part.type, charsets.clean(data[:500_000].decode("utf-8", "replace"))))
    elif part.type in _RETURNED and not reading.returned:
        reading.returned.extend(fields_of(data))
    _attach(reading, part, data, parent)
    if part.type in ("message/rfc822", "message/global") and reading.forwards and reading.mails < _MAX_MAILS:
        _read_mail(reading, data)


def _read_mail(reading: _Reading, data: bytes) -> None:
    """A mail attached to this one: its text belongs to the body, its files to the attachments."""
    try:
        payload, root, _ = read_structure(data)
    except MalformedMessage:
        return
    inner = _Reading(
        payload,
        [],
        charset=reading.charset,
        forwards=True,
        mails=reading.mails + 1,
        bytes_left=reading.bytes_left,
        files=reading.files,
    )
    _walk(inner, root, "")
    reading.bytes_left = inner.bytes_left
    reading.forwarded.extend(plain for plain, _ in inner.texts if plain)
    reading.forwarded.extend(inner.forwarded)
    if not reading.htmls and not any(text.strip() for text, _ in reading.texts):
        reading.htmls.extend(inner.htmls)


def _read_calendar(reading: _Reading, part: Part, data: bytes) -> None:
    line = calendar.summarise(_text_of(reading, part, data))
    if line and (line, line) not in reading.texts:
        reading.texts.append((line, line))


def _read_tnef(reading: _Reading, data: bytes) -> bool:
    unpacked = tnef.unpack(data)
    if unpacked is None:
        return False
    for name, content in unpacked.files:
        reading.files.append(unpacked_attachment(name, content, len(reading.files) + 1))
    if not any(text.strip() for text, _ in reading.texts):
        if unpacked.html:
            reading.htmls.append(unpacked.html)
            _add_html(reading, unpacked.html)
        elif unpacked.text:
            text = charsets.clean(unpacked.text).replace("\r\n", "\n").strip()
            reading.texts.append((text, text))
    return True


def _attach(reading: _Reading, part: Part, data: bytes, parent: str = "") -> None:
    reading.files.append(attachment_of(part, data, parent, reading.charset, len(reading.files) + 1))
