"""THREATS, path traversal and file names (OTRS CVE-2019-18180, cypht #2066): a name is data for people; contents are kept by their hash."""

from __future__ import annotations

import base64
import unicodedata

import pytest

from deskd.model import Envelope
from deskd.parse import parse_mail

NAMES = [
    "../../../etc/passwd",
    "..\\..\\windows\\system32\\cmd.exe",
    "C:\\x\\y.txt",
    "/etc/cron.d/x",
    "a\0b.txt",
    "CON",
    "gpj.\u202eexe",
    "x" * 10_000 + ".pdf",
    "x." + "y" * 10_000,
    "e\u0301.txt",
    "line\r\nbreak.txt",
    "\u2066hidden\u2069.txt",
    "",
    ".",
    "..",
]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_name_and_no_path(name: str) -> None:
    written = f"=?utf-8?b?{base64.b64encode(name.encode()).decode()}?="
    payload = (
        "From: maria@cliente.example\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n"
        f'Content-Type: application/octet-stream; name="{written}"\r\nContent-Disposition: attachment; filename="{written}"\r\n\r\nx\r\n--B--\r\n'
    )
    (file,) = parse_mail(payload.encode("utf-8", "replace"), Envelope()).attachments
    assert file.name not in ("", ".", "..")
    assert not {"/", "\\", "\0", "\r", "\n"} & set(file.name)
    assert len(file.name.encode()) <= 255
    assert not [each for each in file.name if unicodedata.category(each) in ("Cc", "Cf", "Cs")]
    assert unicodedata.is_normalized("NFC", file.name)
