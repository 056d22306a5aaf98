"""HTML bodies: sanitised for showing, and as plain text that reads well."""

from __future__ import annotations

import html as entities
import re

import nh3

from deskd.parse import limits
from deskd.parse.charsets import clean
from deskd.parse.html_text import render
from deskd.parse.html_tokens import is_tangled

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan", "align", "valign"}, "font": {"color"},
    "th": {"colspan", "rowspan", "align", "valign"}, "ol": {"start", "type"}, "li": {"value"}, "*": {"dir", "lang"},
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    url_schemes=_SCHEMES,
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
    clean_content_tags={
        "script",
        "style",
        "title",
        "template",
        "noscript",
        "textarea",
        "select",
        "svg",
        "math",
        "iframe",
        "object",
    },
    attribute_filter=lambda tag, name, value: (
        value if name != "src" or value.lower().startswith("cid:") else None
    ),
)
_MANY_TAGS = 400  # below, no nesting can hurt


def show_html(html: str) -> str:
    """Safe to show: an allow list of elements, no scripts, styles, forms or frames, and no image from elsewhere (only `cid:`).

    HTML too large or too deep to sanitise cheaply is shown as its text.
    """
    html = clean(html)
    tags = html.count("<")
    if (
        len(html) > limits.HTML_CHARS
        or html.count("&") > limits.HTML_TOKENS
        or (tags > _MANY_TAGS and is_tangled(html))
    ):
        return f"<pre>{entities.escape(text_from_html(html))}</pre>"
    return str(_CLEANER.clean(html))


def text_from_html(html: str) -> str:
    """Plain text: links with their address, lists, tables a row a line, quotes behind `> `."""
    return render(clean(html[: limits.HTML_CHARS])).text


_LOOKS_LIKE_HTML = re.compile(r"<(?:html|body|div|p|br|table|span|a\s)[^<>]{0,500}>", re.IGNORECASE)


def looks_like_html(text: str) -> bool:
    """Whether a text part is really HTML: it begins with a document's head, as some programs send it."""
    head = text[:500].lstrip().lower()
    return head.startswith(("<!doctype html", "<html")) or (
        head.startswith("<") and bool(_LOOKS_LIKE_HTML.match(head))
    )
