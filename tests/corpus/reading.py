"""Every mail of some folders, read: how many could be, why the others couldn't, and which took longest."""

from __future__ import annotations

import mailbox
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deskd.errors import MalformedMessage
from tests.corpus.score import read

SUFFIXES = {".eml", ".msg", ".raw", ".mbox", ".mail"}


@dataclass(slots=True)
class Reading:
    """`slowest` is (seconds, name)."""

    read: int = 0
    refused: dict[str, str] = field(default_factory=dict)  # name -> reason
    slowest: tuple[float, str] = (0.0, "")


def read_all(folders: Sequence[Path]) -> Reading:
    """Anything but a `MalformedMessage` goes through: it is a bug to be seen."""
    found = Reading()
    for name, payload in _mails(folders):
        start = time.perf_counter()
        try:
            read(payload)
            found.read += 1
        except MalformedMessage as refusal:
            found.refused[name] = str(refusal)
        found.slowest = max(found.slowest, (time.perf_counter() - start, name))
    return found


def _mails(folders: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for path in sorted(each for each in [folder, *folder.rglob("*")] if each.is_file()):
            if path.suffix == ".mbox":
                for key, payload in _mbox(path):
                    yield f"{path}#{key}", payload
            elif path.suffix in SUFFIXES or path.parent.name in ("cur", "new"):
                yield str(path), path.read_bytes()


def _mbox(path: Path) -> Iterator[tuple[str, bytes]]:
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.keys():  # noqa: SIM118  a mailbox iterates over its messages
            yield str(key), box.get_bytes(key)
    finally:
        box.close()
