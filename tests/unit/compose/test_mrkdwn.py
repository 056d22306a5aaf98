"""What agents write in Slack, as customers read it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.compose.emoji import EMOJI
from deskd.compose.mrkdwn import mentions, to_html, to_text

NAMES = {"U1": "Anna Rossi", "S1": "Supporto", "C1": "generale"}

CASES = [
    # mrkdwn, text, HTML
    ("Buongiorno", "Buongiorno", "<p>Buongiorno</p>"),
    ("*sì* _no_ ~forse~", "sì no ~forse~", "<p><b>sì</b> <i>no</i> <s>forse</s></p>"),
    ("*in _due_ modi*", "in due modi", "<p><b>in <i>due</i> modi</b></p>"),
    ("(*fra parentesi*), _qui_.", "(fra parentesi), qui.", "<p>(<b>fra parentesi</b>), <i>qui</i>.</p>"),
    ("nome_di_file 2*3*4 a~b~c", "nome_di_file 2*3*4 a~b~c", "<p>nome_di_file 2*3*4 a~b~c</p>"),  # inside words
    ("*aperto e _basta", "*aperto e _basta", "<p>*aperto e _basta</p>"),
    ("*a _b* c_", "a _b c_", "<p><b>a _b</b> c_</p>"),  # crossed: the first to close wins
    ("* non un grassetto *", "* non un grassetto *", "<p>* non un grassetto *</p>"),
    ("`a &lt; b *c*`", "a < b *c*", "<p><code>a &lt; b *c*</code></p>"),
    ("&amp;lt; &lt;b&gt; &amp;", "&lt; <b> &", "<p>&amp;lt; &lt;b&gt; &amp;</p>"),  # undone once
    (
        "<https://a.example/c?d=1&amp;e=2|la guida>",
        "la guida (https://a.example/c?d=1&e=2)",
        '<p><a href="https://a.example/c?d=1&amp;e=2" rel="noopener noreferrer">la guida</a></p>',
    ),
    (
        "<https://a.example>",
        "https://a.example",
        '<p><a href="https://a.example" rel="noopener noreferrer">https://a.example</a></p>',
    ),
    (
        "<http://a.example|a.example>",  # Slack's own label for what was typed without http
        "a.example",
        '<p><a href="http://a.example" rel="noopener noreferrer">a.example</a></p>',
    ),
    (
        "<mailto:a@b.example|a@b.example>",
        "a@b.example",
        '<p><a href="mailto:a@b.example" rel="noopener noreferrer">a@b.example</a></p>',
    ),
    ("<javascript:alert(1)|premi>", "premi (javascript:alert(1))", "<p>premi (javascript:alert(1))</p>"),
    ("<data:text/html,x>", "data:text/html,x", "<p>data:text/html,x</p>"),
    ("<@U1> <@U2|bruno> <#C9|front> <#C1>", "Anna Rossi bruno #front #generale", None),
    ("<!here> <!subteam^S1> <!subteam^S2|@altri>", "@here Supporto @altri", None),
    ("<!date^1392734382^{date}|18 febbraio>", "18 febbraio", None),
    (":smile: :+1::skin-tone-3: :nostro_logo: 10:30:00", "😄 👍 :nostro_logo: 10:30:00", None),
    ("`:smile:`", ":smile:", "<p><code>:smile:</code></p>"),
    ("uno\ndue\n\ntre", "uno\ndue\n\ntre", "<p>uno<br>\ndue</p>\n<p>tre</p>"),
    ("&gt; suo\nmio", "> suo\nmio", "<blockquote><p>suo</p></blockquote>\n<p>mio</p>"),
    ("&gt;&gt;&gt;tutto\nil resto", "> tutto\n> il resto", "<blockquote><p>tutto<br>\nil resto</p></blockquote>"),
    ("5 &gt; 3", "5 > 3", "<p>5 &gt; 3</p>"),
    ("• uno\n• *due*", "• uno\n• due", "<ul><li>uno</li><li><b>due</b></li></ul>"),
    ("1. uno\n2. due", "1. uno\n2. due", "<ol><li>uno</li><li>due</li></ol>"),
    ("3. tre\n4. quattro", "3. tre\n4. quattro", '<ol start="3"><li>tre</li><li>quattro</li></ol>'),
    ("• a\n    ◦ b\n• c", "• a\n    ◦ b\n• c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
    ("• a\n1. b", "• a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
    ("qui:\n```x &lt; *y*\n  z```\nfatto", "qui:\nx < *y*\n  z\nfatto", "<p>qui:</p>\n<pre>x &lt; *y*\n  z</pre>\n<p>fatto</p>"),
    ("```<https://a.example|a.example>```", "a.example", "<pre>a.example</pre>"),
    ("", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("mrkdwn", "text", "html"), CASES)
def test_cases(mrkdwn: str, text: str, html: str | None) -> None:
    assert to_text(mrkdwn, NAMES) == text
    if html is not None:
        assert to_html(mrkdwn, NAMES) == html


@pytest.mark.parametrize(
    ("mrkdwn", "called"),
    [
        ("ciao", ()),
        ("<@U1> vedi tu, <@U2|bruno>; <@U1>", ("U1", "U2")),
        ("<!here> <!channel> <!everyone>", ("here", "channel", "everyone")),
        ("<!subteam^S1|@supporto> <!subteam^S2>", ("S1", "S2")),
        ("@here guardate", ("here",)),  # typed where Slack made no mention of it
        ("a@here.example e @heredity", ()),
        ("&lt;@U1&gt; <https://a.example/@U1> <#C1|x> <!date^1^x|y>", ()),
    ],
)
def test_mentions(mrkdwn: str, called: tuple[str, ...]) -> None:
    assert mentions(mrkdwn) == called


class Reader(HTMLParser):
    """What a mail program makes of the HTML: its tags, its attributes, its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.opened: list[str] = []
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag != "br":
            self.opened.append(tag)
        assert {name for name, _ in attrs} <= {"href", "rel", "start"}
        self.addresses += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.opened == []
    return reader


ALLOWED = {"p", "br", "b", "i", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
MARKS = st.text(st.sampled_from("<>&|\"'`*_~@#!:/=\n •1.\tab;x") | st.characters(), max_size=80)
PIECES = st.lists(
    st.sampled_from(["<https://a.example|", "javascript:", "<script>", "&lt;", "```", "&gt;", "• ", "*", "_", "`", ">", "\n", "x"])
    | MARKS,
    max_size=12,
).map("".join)  # fmt: skip


@given(PIECES)
def test_no_text_becomes_markup_of_its_own(mrkdwn: str) -> None:
    found = read(to_html(mrkdwn, {}))
    assert found.tags <= ALLOWED
    for address in found.addresses:
        assert address.lower().startswith(("http://", "https://", "mailto:", "tel:"))


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r`*_~:<>&•◦▪\x00"), max_size=200)
)
def test_text_without_marks_arrives_as_it_is(text: str) -> None:
    shown = to_text(text, {})
    assert shown == text.strip("\n")


@given(st.text(st.sampled_from("abc <>&\"'"), max_size=60))
def test_what_slack_escaped_is_read_as_it_was_typed(typed: str) -> None:
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if escaped.startswith("&gt;"):
        return  # a quote
    assert to_text(escaped, {}) == typed
    assert read(to_html(escaped, {})).text.replace("\n", "") == (typed if typed.strip() else "")


@pytest.mark.parametrize(
    "piece", ["*a ", "_*~", "<", "`a", "```", "&gt;", ":a", "<a", "*a* ", "```a", "• a\n", "    ◦ a\n"]
)
def test_length_does_no_harm(piece: str) -> None:
    whole = piece * (40_000 // len(piece))
    assert read(to_html(whole, {})).tags <= ALLOWED
    assert len(to_text(whole, {})) <= 2 * len(whole)


def test_the_emoji_table_names_each_once() -> None:
    assert len(EMOJI) > 200
    assert EMOJI["white_check_mark"] == "✅"
    assert all(character and not character.isalnum() for character in EMOJI.values())
