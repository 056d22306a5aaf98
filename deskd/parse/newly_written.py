"""What the writer wrote now, apart from the quote, the forward and the signature. In doubt nothing is cut.

Works on lines of plain text; text made from HTML carries marks (`html_text.MARKS`) where mail programs said what is quote.
"""

from __future__ import annotations

from deskd.model import Address
from deskd.parse import quoting
from deskd.parse.html_text import CUT, MARKS, QUOTE, QUOTE_END, SIGNATURE, SIGNATURE_END
from deskd.parse.signature import without_signature

_NOBODY = Address("", "")
_MAX_LINES = 20_000  # a text longer than that is taken whole: nobody wrote it


def newly_written(text: str, sender: Address = _NOBODY) -> str:
    """The new part of a text. All of it when nothing else would be left: a forward without a word is what its sender wants to say."""
    if text.count("\n") > _MAX_LINES:
        return _joined([line for line in text.split("\n") if line not in MARKS])
    lines = _apply_marks(text.split("\n"))
    cut, forwarded = _first_cut(lines)
    before = without_signature(_without_ruler(lines[:cut]), sender)
    if cut < len(lines) and not any(line.strip() for line in before):
        return _joined(lines) if forwarded else ""
    kept = _without_quotes(before)
    kept = without_signature(kept, sender) if kept != before else kept
    return _joined(kept)


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n").strip()


def _apply_marks(lines: list[str]) -> list[str]:
    """The lines without marks, and without what they mark as signature or quote; quotes stay if something is written after them."""
    if not any(line in MARKS for line in lines):
        return lines
    kept: list[str] = []
    quoted: list[str] = []
    inside = 0
    in_signature = False
    for number, line in enumerate(lines):
        if line == CUT and not inside:
            rest = [each for each in lines[number:] if each not in MARKS]
            return kept if any(each.strip() for each in kept) else rest
        if line == QUOTE:
            inside += 1
        elif line == QUOTE_END:
            inside = max(0, inside - 1)
            if not inside and _is_interleaved(quoted):
                kept.extend(quoted)
                quoted = []
        elif line in (SIGNATURE, SIGNATURE_END):
            in_signature = line == SIGNATURE and not inside
        elif line in MARKS or in_signature:
            continue
        elif inside:
            quoted.append(line)
        else:
            if quoted and line.strip():  # an answer below: what it answers stays, behind its marks
                kept.extend(quoted)
                quoted = []
            kept.append(line)
    return kept if any(line.strip() for line in kept) else kept + quoted


def _is_interleaved(quoted: list[str]) -> bool:
    """Something stands between or below the quoted lines of a container: answers, written into it."""
    marked = [at for at, line in enumerate(quoted) if line.startswith(">")]
    return bool(marked) and any(line.strip() and not line.startswith(">") for line in quoted[marked[0] :])


def _first_cut(lines: list[str]) -> tuple[int, bool]:
    """Where a quote or forward begins that runs to the end, unless marked line by line with `>`; and whether it is a forward."""
    for at, line in enumerate(lines):
        stripped = line.strip()
        if not stripped or line.startswith(">"):
            continue
        if stripped[0] in "-_=*" or stripped[-1] in ":->":
            if quoting.is_separator(line):
                return at, quoting.is_forward(line) or not _quoted_after(lines, at)
            if (count := quoting.is_attribution(lines, at)) and not _quoted_after(lines, at):
                return at - count + 1, False
        if ":" in stripped[:24] and quoting.is_header_block(lines, at):
            return at, True
    return len(lines), False


def _quoted_after(lines: list[str], at: int) -> bool:
    """The next line that isn't empty is marked with `>`."""
    for line in lines[at + 1 : at + 6]:
        if line.strip():
            return line.startswith(">")
    return False


def _without_ruler(lines: list[str]) -> list[str]:
    """Lines drawn just above a cut belong to it."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or quoting.is_ruler(lines[end - 1])):
        end -= 1
    return lines[:end]


def _without_quotes(lines: list[str]) -> list[str]:
    """Quotes marked with `>`: the last one goes when nothing follows it, the only one wherever it stands, if it is said whose it is."""
    blocks = _blocks(lines)
    if not blocks:
        return lines
    first, last = blocks[0], blocks[-1]
    attributed = [_attribution_lines(lines, start) for start, _ in blocks]
    if not any(line.strip() for line in lines[last[1] :]):
        if any(attributed) or _quotes_a_mail(lines, last):
            kept = lines[: last[0] - attributed[-1]]
            if not any(line.strip() for line in kept):
                return []
            return _drop_attributions(kept, blocks[:-1], attributed[:-1])
        return lines
    if (
        len(blocks) == 1 and attributed[0]
    ):  # the whole mail quoted at once: nothing is answered piece by piece
        return [*lines[: first[0] - attributed[0]], *lines[first[1] :]]
    return _drop_attributions(lines, blocks, attributed)


def _drop_attributions(lines: list[str], blocks: list[tuple[int, int]], attributed: list[int]) -> list[str]:
    """Inline answers: what is answered stays, who wrote it and when goes."""
    dropped = {
        start - back
        for (start, _), count in zip(blocks, attributed, strict=True)
        for back in range(1, count + 1)
    }
    return [line for number, line in enumerate(lines) if number not in dropped]


def _blocks(lines: list[str]) -> list[tuple[int, int]]:
    """Runs of `>` lines as (start, end); empty lines between two of them don't part them."""
    blocks: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if not line.startswith(">"):
            continue
        if blocks and not any(each.strip() for each in lines[blocks[-1][1] : at]):
            blocks[-1] = (blocks[-1][0], at + 1)
        else:
            blocks.append((at, at + 1))
    return blocks


def _attribution_lines(lines: list[str], start: int) -> int:
    """How many lines above a quote say whose it is, the empty ones between included; 0 for none."""
    at = start - 1
    while at >= 0 and start - at <= 3 and not lines[at].strip():
        at -= 1
    if at < 0:
        return 0
    count = quoting.is_attribution(lines, at)
    if not count and (quoting.names_a_writer(lines[at]) or quoting.is_separator(lines[at])):
        count = 1
    return count and count + (start - 1 - at)


def _quotes_a_mail(lines: list[str], block: tuple[int, int]) -> bool:
    """A quote that nobody announced, but that begins with an attribution or a header block itself."""
    head = [line.lstrip("> ") for line in lines[block[0] : min(block[1], block[0] + 12)]]
    return any(
        quoting.is_header_block(head, at) or quoting.is_attribution(head, at)
        for at in range(min(4, len(head)))
    )
