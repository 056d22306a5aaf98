"""Content-Type and Content-Disposition."""

import pytest

from deskd.parse.parameters import parse_content_type, parse_parameters


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ('attachment; filename="a;b.pdf"; size=3', "filename", "a;b.pdf"),
        ("attachment; filename=my file (1).pdf", "filename", "my file (1).pdf"),
        ("attachment; filename=fattura.pdf size=3", "filename", "fattura.pdf"),  # its semicolon forgotten
        ('attachment; filename="C:\\Users\\x.pdf"', "filename", "C:\\Users\\x.pdf"),
        ('attachment; filename="a \\"b\\".pdf"', "filename", 'a "b".pdf'),
        ("attachment; filename*=UTF-8''f%20%e2%82%ac.pdf; filename=f.pdf", "filename", "f €.pdf"),
        ('attachment; filename*0="long "; filename*1="name.pdf"', "filename", "long name.pdf"),
        ("attachment; filename*1*=%A9.pdf; filename*0*=utf-8''f%C3", "filename", "fé.pdf"),
        ("attachment; filename==?utf-8?Q?f=C3=A9.pdf?=", "filename", "fé.pdf"),
        ('attachment; filename="=?utf-8?Q?f=C3=A9?=\r\n =?utf-8?Q?_2.pdf?="', "filename", "fé 2.pdf"),
        ("text/plain; charset =utf-8 (comment)", "charset", "utf-8"),
        ('attachment; filename="never closed', "filename", "never closed"),
    ],
)
def test_parameter(written: str, name: str, value: str) -> None:
    assert parse_parameters(written)[1][name] == value


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("TEXT/HTML; charset=x", "text/html"),
        (" text / plain", "text/plain"),
        ("text", "text/plain"),
        ("multipart; boundary=b", "multipart/mixed"),
        ("(a) image (b) / (c) png", "image/png"),
        ("rubbish", "text/plain"),
        ("/x", "text/plain"),
        ("", "text/plain"),
    ],
)
def test_type(written: str, kind: str) -> None:
    assert parse_content_type(written).type == kind
