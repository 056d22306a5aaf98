"""THREATS, path traversal and file names."""

import pytest

from deskd.parse.filenames import clean_name, name_by_type


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("fattura 118.pdf", "fattura 118.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\m\\x.pdf", "x.pdf"),
        ("a\x00b\r\n.txt", "ab .txt"),
        ("gpj.\u202eexe", "gpj.exe"),  # shown as "gpj.exe", not as "exe.jpg"
        ("e\u0301.pdf", "é.pdf"),  # NFC
        ("CON.txt", "_CON.txt"),
        ("con", "_con"),
        ("...", ""),
        ("/", ""),
        ("", ""),
        (".htaccess", "htaccess"),
    ],
)
def test_names(written: str, expected: str) -> None:
    assert clean_name(written) == expected


def test_a_long_name_keeps_its_extension() -> None:
    name = clean_name("é" * 5_000 + ".pdf")
    assert len(name.encode()) <= 255
    assert name.endswith("é.pdf")


def test_a_long_extension_is_none() -> None:  # OTRS CVE-2019-18180
    assert len(clean_name("x." + "y" * 5_000).encode()) == 255


def test_a_nameless_one_is_named_by_its_type() -> None:
    assert name_by_type("application/pdf", 1) == "attachment-1.pdf"
    assert name_by_type("x/nobody-knows", 2) == "attachment-2.bin"
