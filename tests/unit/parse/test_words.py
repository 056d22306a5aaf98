"""Header values: encoded words, folding, 8-bit bytes."""

import pytest

from deskd.parse.words import decode_header


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b" Ordine 118 ", "Ordine 118"),
        (b"Ordine\r\n 118", "Ordine 118"),
        (b"=?utf-8?Q?perch=C3=A9_no?=", "perché no"),
        (b"=?ISO-8859-1?B?cGVyY2jp?=", "perché"),
        (b"=?utf-8*it?q?s=C3=AC?=", "sì"),  # RFC 2231 5
        (b"=?utf-8?q?a?= =?utf-8?q?b?= c", "ab c"),
        (b"=?utf-8?b?w6g=?=\r\n =?utf-8?b?w6g=?=", "èè"),
        (b"=?utf-8?q?=C3?= =?utf-8?q?=A8?=", "è"),  # cut within a character
        (b"Re: =?utf-8?q?=C3=A8?= vero", "Re: è vero"),
        (b"[SPAM]=?utf-8?q?vero?=", "[SPAM] vero"),
        (b"=?utf-8?q?a b?=", "a b"),
        (b"=?x-nope?q?a=E8?=", "aè"),
        (b"=?utf-8?b?!!!?=", ""),
        (b"=?utf-8?q?never closed", "=?utf-8?q?never closed"),
        (b"=? =?utf-8?q?x?=", "=? x"),
        ("perché".encode(), "perché"),
        ("perché".encode("latin-1"), "perché"),
        (b"=?utf-8?q?a=0D=0ABcc:_x?=", "a  Bcc: x"),  # THREATS, header injection
        (b"a\x00b\x1b[31m", "ab[31m"),
    ],
)
def test_header(raw: bytes, expected: str) -> None:
    assert decode_header(raw) == expected
