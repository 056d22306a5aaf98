"""Subjects of replies, and names as headers can hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.compose.subject import display_name, file_name, reply_subject


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Fattura 118", "Re: Fattura 118 [ACME-1042]"),
        ("Re: Fattura 118", "Re: Fattura 118 [ACME-1042]"),
        ("RE: Re: R: Rif: AW: Fwd: FW: I: Fattura 118", "Re: Fattura 118 [ACME-1042]"),
        ("Re[2]: Re (3): RE : Fattura 118", "Re: Fattura 118 [ACME-1042]"),
        ("RES: ENC: RV: Factura", "Re: Factura [ACME-1042]"),
        ("回复：Fattura", "Re: Fattura [ACME-1042]"),
        ("Re: Fattura 118 [ACME-1042]", "Re: Fattura 118 [ACME-1042]"),
        ("[acme-1042] Re: Fattura [ACME-1042]", "Re: Fattura [ACME-1042]"),
        ("Re: [ACME-10421] altro", "Re: [ACME-10421] altro [ACME-1042]"),  # another ticket's tag is text
        ("Registro: domanda", "Re: Registro: domanda [ACME-1042]"),
        ("", "Re: [ACME-1042]"),
        ("Re: ", "Re: [ACME-1042]"),
        ("a\r\n\tb\u2028c", "Re: a b c [ACME-1042]"),
        ("gpj.\u202eexe", "Re: gpj.exe [ACME-1042]"),
        ("x" * 300, "Re: " + "x" * 199 + "… [ACME-1042]"),
    ],
)
def test_a_reply_has_one_prefix_and_one_tag(subject: str, expected: str) -> None:
    assert reply_subject(subject, "ACME-1042") == expected


@given(st.text(max_size=150))
def test_a_second_reply_has_the_subject_of_the_first(subject: str) -> None:
    once = reply_subject(subject, "ACME-1042")
    assert reply_subject(once, "ACME-1042") == once


def test_names_stay_on_their_line_and_within_bounds() -> None:
    assert display_name("Maria\r\nBcc: x") == "Maria Bcc: x"
    assert len(display_name("x" * 500)) == 100
    assert file_name('a"b\\c.pdf') == "a'b_c.pdf"
    assert file_name("\0") == "file"
    assert file_name("x" * 500 + ".pdf") == "x" * 80 + "….pdf"
