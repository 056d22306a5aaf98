"""talon's replies as mail programs write them: the text newly written; and bodies with signatures.

talon keeps the signature in the text of a reply, deskd leaves it out (the interface says so): a reply is right as well when it is
talon's text without the signature that stands marked in it (differences.md).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.corpus.score import Score, read, squeezed

MARKED_SIGNATURE = re.compile(r"\n(?:-- ?\n|Sent from my \w+\s*\Z).*", re.DOTALL)


def scores(folder: Path) -> list[Score]:
    """Exact after white space."""
    score = Score("talon: newly written", 0.95)
    talon = folder / "talon"
    for name, answer in sorted(json.loads((talon / "expected.json").read_text()).items()):
        if "signature_file" in answer:
            payload, expected = _signed(talon / name, answer)
        else:
            payload = _mail(talon / name)
            expected = answer.get("reply_text") or answer["reply_text_ignoring_whitespace"]
        got = squeezed(read(payload).text)
        unsigned = squeezed(MARKED_SIGNATURE.sub("", expected))
        score.count(name, unsigned if got == unsigned else squeezed(expected), got)
    return [score]


def _mail(path: Path) -> bytes:
    if path.suffix == ".eml":
        return path.read_bytes()
    return b"From: Alex <alex@example.com>\nContent-Type: text/html; charset=utf-8\n\n" + path.read_bytes()


def _signed(path: Path, answer: dict[str, str]) -> tuple[bytes, str]:
    """The body as a mail of its sender, and the body without the signature."""
    body = path.read_text()
    signature = (path.parent / answer["signature_file"]).read_text().strip()
    sender = (path.parent / answer["sender_file"]).read_text().strip()
    address = (
        sender if "@" in sender else f"{sender} <someone@example.org>" if sender else "someone@example.org"
    )
    header = f"From: {address}\nContent-Type: text/plain; charset=utf-8\n\n"
    expected = body.rstrip().removesuffix(signature) if signature else body
    return header.encode() + body.encode(), expected
