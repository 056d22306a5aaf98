"""HTML -> plain text, and where in it the quoted parts begin, as mail programs mark them up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from deskd.parse import limits
from deskd.parse.html_tokens import VOID, Close, Open, Text, tokens

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr html li main "
    "nav ol p pre section table tbody tfoot thead tr ul o:p".split()
)
_SPACED = frozenset("p ul ol dl table h1 h2 h3 h4 h5 h6 blockquote pre".split())  # an empty line around
_LISTS = ("ul", "ol")
_MAX_QUOTE = 20
_SPACE = re.compile(r"[ \t\r\n\f]+")

# Containers in which mail programs put what is answered or forwarded: a class or id that nobody writes by hand.
# The quote ends where such a container ends …
_CONTAINERS = re.compile(
    "gmail_quote|gmail_extra_quote|yahoo_quoted|yahooquoted|protonmail_quote|tutanota_quote|zimbra_quote|gmx_quote|freshdesk_quote|spark_quote|"
    "front-blockquote|ymail_android_quote|aolmail_quote|olk_src_body_section|ms-outlook-mobile-reference-message|replyforwardmessage|zmail_extra|"
    "mail-editor-reference-message-container|bloop_original_html|quotedtext|iosdivquote|isforwardcontent",
    re.IGNORECASE,
)
# … and from these on all is quote, to the end.
_STARTS = re.compile(
    "moz-cite-prefix|moz-forward-container|divrplyfwdmsg|appendonsend|stopspelling|reply-intro|hmquote",
    re.IGNORECASE,
)
# Outlook draws a line above the header block of what is answered.
_OUTLOOK_LINE = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s+(?:#[0-9a-f]{6}|windowtext)\s+1\.0pt", re.IGNORECASE
)
_SIGNATURE = re.compile(
    r"gmail_signature|moz-signature|yahoo-signature|protonmail_signature|ms-outlook-mobile-signature|(?:^|\s)(?:x_)?signature(?:$|\s)",
    re.IGNORECASE,
)
# Marks, one a line, of characters in private use (no mail holds them: they are taken out of its text first).
CUT = "\ue000"  # from here on all is quote
QUOTE, QUOTE_END = "\ue001", "\ue002"
SIGNATURE, SIGNATURE_END = "\ue003", "\ue004"
MARKS = (CUT, QUOTE, QUOTE_END, SIGNATURE, SIGNATURE_END)
_END_OF = {QUOTE: QUOTE_END, SIGNATURE: SIGNATURE_END}


@dataclass(frozen=True, slots=True)
class Rendered:
    """`marked` is `text` with the lines of MARKS in it."""

    text: str
    marked: str


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quote = 0  # depth of blockquotes
        self.pre = 0
        self.blank = True  # the last line is empty, or there is none

    def write(self, text: str) -> None:
        if self.pre:
            first, *rest = text.split("\n")
            self.line.append(first)
            for each in rest:
                self.end_line(force=True)
                self.line.append(each)
            return
        text = _SPACE.sub(" ", text)
        if text.startswith(" ") and (not self.line or self.line[-1].endswith(" ")):
            text = text[1:]
        if text:
            self.line.append(text)

    def end_line(self, force: bool = False) -> None:
        if not self.line and not force:
            return
        text = "".join(self.line).replace("\xa0", " ").rstrip()
        self.line = []
        if not text and not force:
            return
        self._put(text)

    def empty_line(self) -> None:
        self.end_line()
        if not self.blank:
            self._put("")
        elif self.lines and not self.lines[-1].strip(
            "> "
        ):  # it now stands between what was deeper and what follows
            self.lines[-1] = min(self.lines[-1], self._prefix().rstrip(), key=len)

    def mark(self, which: str) -> None:
        self.end_line()
        self.lines.append(which)

    def _prefix(self) -> str:
        return "> " * min(self.quote, _MAX_QUOTE)

    def _put(self, text: str) -> None:
        prefix = self._prefix()
        self.lines.append((prefix + text).rstrip() if not text else prefix + text)
        self.blank = not text


def render(html: str) -> Rendered:
    """One pass over the tokens. Unclosed elements end with the document."""
    out = _Writer()
    opened: list[tuple[str, str]] = []  # name, what to do at its end: a link's address, a mark
    lists: list[int] = []  # of each open list its last number, -1 for bullets
    for token in islice(tokens(html), limits.HTML_TOKENS):
        if isinstance(token, Text):
            out.write(token.data)
        elif isinstance(token, Open):
            _open(out, token, opened, lists)
        elif token.name in ("br", "p") and not any(name == token.name for name, _ in opened[-50:]):
            out.end_line(force=token.name == "br")
        else:
            _close(out, token, opened, lists)
    out.end_line()
    marked = re.sub(r"\n{3,}", "\n\n", "\n".join(out.lines)).strip("\n ")
    plain = "\n".join(line for line in marked.split("\n") if line not in MARKS)
    return Rendered(re.sub(r"\n{3,}", "\n\n", plain).strip(), marked)


def _open(out: _Writer, token: Open, opened: list[tuple[str, str]], lists: list[int]) -> None:
    name = token.name
    if name == "br":
        out.end_line(force=True)
        return
    if name == "img":
        alt = token.attributes().get("alt", "").strip()
        if alt and len(alt) < 200:
            out.write(f"[{alt}]")
        return
    mark = _mark_of(token)
    if name in _SPACED and not (lists and name in _LISTS):
        out.empty_line()
    elif name in _BLOCKS:
        out.end_line()
    if mark:
        out.mark(mark)
    action = mark
    if name == "blockquote":
        out.quote += 1
    elif name == "pre":
        out.pre += 1
    elif name in ("ul", "ol"):
        lists.append(0 if name == "ol" else -1)
    elif name == "li":
        number = "- "
        if lists and lists[-1] >= 0:
            lists[-1] += 1
            number = f"{lists[-1]}. "
        out.line.append("  " * (len(lists[:8]) - 1) + number)
    elif name in ("td", "th") and out.line:
        out.line.append(" | " if "".join(out.line).strip() else "")
    elif name == "hr":
        out.line.append("-----")
        out.end_line()
    elif name == "a":
        action = token.attributes().get("href", "").strip()
        opened.append((name, f"{len(out.lines)}:{len(out.line)}:{action}"))
        return
    if name not in VOID and len(opened) < 10_000:
        opened.append((name, action))


def _mark_of(token: Open) -> str:
    """The mark an element's class, id or style calls for, or ""."""
    if (
        not token.written
        or len(token.written) > 5000
        or token.name not in ("div", "span", "blockquote", "table", "td", "pre", "hr", "section")
    ):
        return ""
    if token.name in ("div", "td") and _OUTLOOK_LINE.search(token.written):
        return CUT
    attributes = token.attributes()
    named = f"{attributes.get('class', '')} {attributes.get('id', '')} {attributes.get('name', '')}"
    if _CONTAINERS.search(named):
        return (
            "" if token.name == "blockquote" else QUOTE
        )  # Gmail gives its class to what its writers indent, too
    if _STARTS.search(named):
        return CUT
    return SIGNATURE if _SIGNATURE.search(named) or "data-signatureblock" in attributes else ""


def _close(out: _Writer, token: Close, opened: list[tuple[str, str]], lists: list[int]) -> None:
    """Ends the nearest element of that name; those within it end too. One that isn't open is left out."""
    name = token.name
    for back in range(1, min(len(opened), 100) + 1):
        if opened[-back][0] == name:
            for _ in range(back):
                _end(out, *opened.pop(), lists)
            return
    if name in _BLOCKS:
        out.end_line()


def _end(out: _Writer, name: str, action: str, lists: list[int]) -> None:
    if name == "a":
        _end_link(out, action)
        return
    if action in _END_OF:
        out.mark(_END_OF[action])
    elif name in _BLOCKS:
        out.end_line()
    if name == "blockquote":
        out.quote = max(0, out.quote - 1)
    elif name == "pre":
        out.pre = max(0, out.pre - 1)
    elif name in ("ul", "ol") and lists:
        lists.pop()
    if name in _SPACED and not (lists and name in _LISTS):
        out.empty_line()


def _end_link(out: _Writer, action: str) -> None:
    """` (https://…)` after a link's text, unless that says it already."""
    lines, pieces, address = action.split(":", 2)
    if not address.lower().startswith(("http://", "https://", "mailto:", "tel:")) or len(address) > 2000:
        return
    shown = "".join(out.line[int(pieces) :]).strip() if len(out.lines) == int(lines) else ""
    bare = re.sub(r"^(?:mailto:|tel:|https?://)", "", address, flags=re.IGNORECASE).rstrip("/")
    if not shown or bare.lower() in shown.lower().replace(" ", "") or address.lower().startswith("tel:"):
        return
    spaced = out.line[-1].endswith(" ")
    out.line.append(f"{'' if spaced else ' '}({address}){' ' if spaced else ''}")
