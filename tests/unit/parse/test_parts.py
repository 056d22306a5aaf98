"""The small decoders: transfer encodings, flowed text, invitations, winmail.dat, languages, signatures' bounds."""

import struct

import pytest

from deskd.parse.calendar import summarise
from deskd.parse.flowed import unflow
from deskd.parse.language import detect
from deskd.parse.tnef import unpack
from deskd.parse.transfer import decode_body


@pytest.mark.parametrize(
    ("data", "encoding", "decoded", "defect"),
    [
        (b"a=3D=\r\nb", "Quoted-Printable", b"a=b", None),
        (b"Y2lh\r\nbw==", "base64", b"ciao", None),
        (b"Y2lhbw", " BASE64 ", b"ciao", "damaged base64"),
        (b"begin 644 x\n#86)C\n`\nend\n", "x-uuencode", b"abc", None),
        (b"no uuencoding", "x-uuencode", b"no uuencoding", "damaged uuencoding"),
        (b"as it is", "8bit", b"as it is", None),
        (b"as it is", "x-y", b"as it is", "unknown transfer encoding 'x-y'"),
    ],
)
def test_transfer(data: bytes, encoding: str, decoded: bytes, defect: str | None) -> None:
    assert decode_body(memoryview(data), encoding) == (decoded, defect)


@pytest.mark.parametrize(
    ("flowed", "text"),
    [
        ("a \nb", "a b"),
        ("a\nb", "a\nb"),
        (" From x \ny", "From x y"),  # space-stuffed
        ("> a \n> b\nc", "> a b\nc"),
        ("> a \nb", "> a \nb"),  # another depth ends the paragraph
        ("a\n-- \nb", "a\n-- \nb"),
        ("a ", "a"),
    ],
)
def test_flowed(flowed: str, text: str) -> None:
    assert unflow(flowed, delete_space=False) == text


def test_flowed_without_its_spaces() -> None:
    assert unflow("日 \n本", delete_space=True) == "日本"


EVENT = "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VTIMEZONE\r\nDTSTART:16010101T000000\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nSUMMARY:De\r\n mo\r\n{rest}\r\nEND:VEVENT\r\n"


@pytest.mark.parametrize(
    ("method", "rest", "line"),
    [
        (
            "REQUEST",
            "DTSTART:20250303T100000Z\r\nDTEND:20250303T110000Z",
            "[Invitation: Demo · 2025-03-03 10:00 UTC – 11:00]",
        ),
        ("CANCEL", "DTSTART;VALUE=DATE:20250303", "[Cancelled: Demo · 2025-03-03]"),
        ("REPLY", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:m@x.it", "[Answer to an invitation (accepted): Demo]"),
        ("X", "LOCATION:Sala\\n2", "[Event: Demo · Sala 2]"),
    ],
)
def test_invitation(method: str, rest: str, line: str) -> None:
    assert summarise(EVENT.format(method=method, rest=rest)) == line


def test_no_event_no_line() -> None:
    assert summarise("BEGIN:VCALENDAR\r\nEND:VCALENDAR") == ""


def tnef_attribute(level: int, attribute: int, kind: int, data: bytes) -> bytes:
    """MS-OXTNEF 2.1.3: level, id and type, length, data, checksum."""
    return (
        struct.pack("<BHHI", level, attribute, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    )


def test_winmail_is_unpacked() -> None:
    rendering = struct.pack("<HIHHI", 1, 0, 0, 0, 0)
    data = (
        struct.pack("<IH", 0x223E9F78, 1)
        + tnef_attribute(1, 0x9006, 8, struct.pack("<I", 0x10000))
        + tnef_attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
        + tnef_attribute(2, 0x9002, 6, rendering)
        + tnef_attribute(2, 0x8010, 1, b"fattura.pdf\0")
        + tnef_attribute(2, 0x800F, 6, b"%PDF-1.4 content")
    )
    unpacked = unpack(data)
    assert unpacked is not None
    assert unpacked.files == (("fattura.pdf", b"%PDF-1.4 content"),)


@pytest.mark.parametrize("data", [b"", b"not tnef", b"\x78\x9f\x3e\x22\x01\x00" + b"\x00" * 100_000])
def test_what_is_no_winmail_is_left(data: bytes) -> None:
    unpacked = unpack(data)
    assert unpacked is None or not unpacked.files


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Buongiorno, non riesco ad accedere al mio account da ieri sera.", "it"),
        ("Il totale della fattura non torna", "it"),
        ("Ho un problema con la stampante", "it"),
        ("Hola, no puedo entrar en mi cuenta desde ayer. ¿Me pueden ayudar?", "es"),
        ("El total de la factura no cuadra", "es"),
        ("¿Dónde está mi pedido?", "es"),
        ("Olá, não consigo entrar na minha conta desde ontem.", "pt"),
        ("O total da fatura não bate certo", "pt"),
        ("Tenho um problema com a impressora", "pt"),
        ("Hi, I can't log in to my account since yesterday.", "en"),
        ("Where is my order?", "en"),
        ("Guten Tag, meine Rechnung ist leider nicht richtig.", None),  # no candidate
        ("ok", None),
        ("118", None),
        ("", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert detect(text, ("it", "en", "es", "pt")) == language
