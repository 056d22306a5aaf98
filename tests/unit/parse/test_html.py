"""HTML as text that reads well, and sanitised for showing."""

import pytest

from deskd.parse import show_html, text_from_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>uno</p><p>due</p>", "uno\n\ndue"),
        ("uno<br>due<br><br>tre", "uno\ndue\n\ntre"),
        ("<div>uno</div><div>due</div>", "uno\ndue"),
        ('<a href="https://x.it/a">qui</a>', "qui (https://x.it/a)"),
        ('<a href="https://x.it/">https://x.it</a>', "https://x.it"),
        ('<a href="mailto:m@x.it">m@x.it</a>', "m@x.it"),
        ('<a href="javascript:x()">qui</a>', "qui"),
        ("<ol><li>uno<li>due</ol>", "1. uno\n2. due"),
        ("<ul><li>uno<ul><li>due</ul><li>tre</ul>", "- uno\n  - due\n- tre"),
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", "A | B\n1 | 2"),
        (
            "<blockquote>uno<br>due<blockquote>tre</blockquote></blockquote>quattro",
            "> uno\n> due\n>\n> > tre\n\nquattro",
        ),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("uno&nbsp;&egrave; &lt;due&gt; &#8364;", "uno è <due> €"),
        ('<img alt="Logo" src="http://x"> a', "[Logo] a"),
        ("<style>p{}</style><script>x</script><title>t</title><!-- c -->a", "a"),
        ("a < b > c <", "a < b > c <"),
        ('<a title="x > y">z</a>', "z"),
        ("<p>never closed", "never closed"),
        ("<!-- never closed <b>a</b>", "a"),
        ("", ""),
    ],
)
def test_text(html: str, text: str) -> None:
    assert text_from_html(html) == text


XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<iframe src="https://x"></iframe>',
    '<div style="background:url(https://x)">x</div>',
    '<form action="https://x"><input></form>',
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<meta http-equiv="refresh" content="0;url=https://x">',
    '<object data="https://x"></object>',
    '<img src="https://spy.example/1.gif">',
    '<img src="//spy.example/1.gif">',
    '<img src="data:image/svg+xml;base64,AAAA">',
]


@pytest.mark.parametrize("html", XSS)
def test_nothing_that_acts_is_shown(html: str) -> None:
    shown = show_html(html).lower()
    for bad in (
        "<script",
        "onerror",
        "onload",
        "javascript:",
        "<iframe",
        "<form",
        "<meta",
        "<object",
        "<svg",
        "style=",
        "spy.example",
        "data:",
    ):
        assert bad not in shown


def test_what_is_harmless_is_shown() -> None:
    assert (
        show_html('<p>a <b>b</b> <img src="cid:l@x" alt="l"></p>')
        == '<p>a <b>b</b> <img src="cid:l@x" alt="l"></p>'
    )
    assert 'href="https://x.it"' in show_html('<a href="https://x.it">x</a>')


def test_too_deep_to_sanitise_is_shown_as_text() -> None:
    assert show_html("<div>" * 1_000 + "<b>a</b> & b") == "<pre>a &amp; b</pre>"
