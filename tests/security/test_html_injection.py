"""THREATS, HTML and script in what agents see (Zammad CVE-2018-1000154, OTRS CVE-2014-1695, osTicket CVE-2020-24917, RT CVE-2022-25802): text first, HTML only harmless."""

from __future__ import annotations

import re

import pytest

from deskd.model import Envelope
from deskd.parse import parse_mail

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<form action='https://evil.example'><input name=password></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<div style='background:url(https://evil.example/x.gif)'>x</div>",
    "<img src='https://evil.example/pixel.gif'>",
    "<object data='https://evil.example/x.swf'></object>",
    "<base href='https://evil.example/'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
]
ACTS = re.compile(
    r"<\s*(?:script|iframe|object|embed|form|input|meta|link|style|base|svg|math)\b|<[^>]*\son\w+\s*=|<[^>]*(?:href|src)\s*=\s*[\"']?\s*(?:javascript|data|vbscript):|<[^>]*(?:src|background)\s*=\s*[\"']?https?:|url\(",
    re.IGNORECASE,
)


def html_mail(html: str) -> bytes:
    head = "From: maria@cliente.example\r\nSubject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return f"{head}<p>Ciao</p>{html}<p>Maria</p>\r\n".encode()


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_of_it_acts_or_is_fetched(attack: str) -> None:
    message = parse_mail(html_mail(attack), Envelope())
    assert ACTS.search(message.html or "") is None
    assert "Ciao" in message.text


@pytest.mark.parametrize("attack", ATTACKS)
def test_elsewhere_it_is_text_as_it_stands(attack: str) -> None:
    """Subject, name and file name are plain text: whoever shows them escapes them."""
    fields = (
        f"From: {attack.replace('<', '').replace('>', '')} <maria@cliente.example>\r\nSubject: {attack}\r\n"
    )
    message = parse_mail(f"{fields}\r\n{attack}\r\n".encode(), Envelope())
    assert message.subject == " ".join(attack.split())
    assert ACTS.search(message.html or "") is None
