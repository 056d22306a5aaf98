"""format=flowed (RFC 3676): soft line breaks joined again, quote depth kept."""

from __future__ import annotations


def unflow(text: str, delete_space: bool) -> str:
    """Paragraphs as their writer meant them. `delete_space` is the DelSp parameter (RFC 3676 4)."""
    out: list[str] = []
    depth, paragraph = 0, ""
    for line in text.split("\n"):
        stripped = line.lstrip(">") if line.startswith(">") else line
        quoted = len(line) - len(stripped)
        stripped = stripped.removeprefix(" ")
        if paragraph and quoted != depth:  # a soft break before another depth is a mistake (4.5)
            out.append(_quoted(depth, paragraph))
            paragraph = ""
        depth = quoted
        if stripped.endswith(" ") and stripped != "-- ":
            paragraph += stripped[:-1] if delete_space else stripped
            continue
        out.append(_quoted(depth, paragraph + stripped))
        paragraph = ""
    if paragraph:
        out.append(_quoted(depth, paragraph.rstrip(" ")))
    return "\n".join(out)


def _quoted(depth: int, text: str) -> str:
    return f"{'>' * depth} {text}" if depth else text
