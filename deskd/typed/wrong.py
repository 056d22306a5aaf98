"""What is wrong with a command, before it is put into words."""

from __future__ import annotations


class Wrong(Exception):
    """`key` and `values` of `deskd.words`. Raised by what reads arguments, and answered in one place, with the right form."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def quoted(text: str, limit: int = 80) -> str:
    """What was found, for an answer: one line, and not the whole of a long text."""
    line = " ".join(text[: 4 * limit].split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
