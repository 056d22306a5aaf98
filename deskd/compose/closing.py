"""What stands below an agent's words in a mail: the signature, and what is being answered. Pure: text in, the same as text and as HTML out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

_LONGEST: Final = 20_000  # characters quoted; who needs more has it in their own mailbox
_WROTE: Final = {
    "it": ("Il {date} {name} ha scritto:", "%d/%m/%Y %H:%M"),
    "en": ("On {date}, {name} wrote:", "%Y-%m-%d %H:%M"),
    "es": ("El {date}, {name} escribió:", "%d/%m/%Y %H:%M"),
    "pt": ("Em {date}, {name} escreveu:", "%d/%m/%Y %H:%M"),
}
"""In the languages mail programs write this line in, so that they, and deskd, know it again and leave it out."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """What is being answered. `at` in the desk's time zone."""

    text: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands below: `signature` of agent and desk, "" for none; `quoted` where the channel has it."""

    signature: str = ""
    quoted: Quoted | None = None

    def below(self, text: str, language: str) -> str:
        """The text with all that stands below it."""
        parts = [text.rstrip("\n")]
        if self.signature:
            parts.append(f"-- \n{self.signature}")  # RFC 3676 4.3: by this line programs know it
        if self.quoted is not None:
            lines = (f"> {line}".rstrip() for line in _shown(self.quoted.text).split("\n"))
            parts.append("\n".join((_wrote(self.quoted, language), *lines)))
        return "\n\n".join(parts) + "\n"

    def below_html(self, html: str, language: str) -> str:
        """The same as the inside of a body."""
        parts = [html]
        if self.signature:
            parts.append(f"<p>-- <br>\n{_lines(self.signature)}</p>\n")
        if self.quoted is not None:
            quote = f'<blockquote type="cite">{_lines(_shown(self.quoted.text))}</blockquote>'
            parts.append(f"<p>{escape(_wrote(self.quoted, language))}</p>\n{quote}\n")
        return "".join(parts)


def _shown(text: str) -> str:
    whole = text.strip("\n")
    return whole if len(whole) <= _LONGEST else whole[:_LONGEST] + "\n[…]"


def _lines(text: str) -> str:
    return "<br>\n".join(escape(line) for line in text.split("\n"))


def _wrote(quoted: Quoted, language: str) -> str:
    words, form = _WROTE.get(language, _WROTE["en"])
    return words.format(date=quoted.at.strftime(form), name=quoted.name)
