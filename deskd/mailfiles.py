"""Mails as they lie on disk -> their bytes, one by one: mbox files, Maildirs, single mails, folders of all these, standard input.

What is read as what:

- A file named on the command line is read, whatever it is called. In a folder, files with a mail's ending (`ENDINGS`) are read, and others if they begin as a
  mail or an mbox does; the rest is passed over, and hidden files are.
- A folder with `cur` and `new` is a Maildir: these two are read, `tmp` never; its subfolders (`.Sent`) are Maildirs too.
- A file whose first line begins `From ` is an mbox (RFC 4155), unless it ends in `.eml`. `>From ` within a message loses one `>` (mboxrd).
- Symbolic links to files are followed, those to folders aren't: a loop would never end.

Nothing here raises for what it meets: what can't be read is a `Found` that says why.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

ENDINGS: Final = frozenset({".eml", ".msg", ".mbox", ".mbx", ".mail", ".email", ".rfc822", ".raw"})
LARGEST: Final = 128 * 1024 * 1024
"""Bytes of one mail; a larger one is reported, not read."""
HEAD: Final = 8192

_OUTLOOK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an OLE file: Outlook's own .msg, no mail
_DATED: Final = re.compile(
    rb"From \S.*\s\d{1,2}:\d{2}(:\d{2})?\s.*\d{4}\s*$"
)  # RFC 4155: ends in an asctime date
_FIELD: Final = re.compile(rb"[!-9;-~]+[ \t]*:")
_QUOTED: Final = re.compile(rb">+From ")
_KNOWN_FIELDS: Final = re.compile(
    rb"(?im)^(from|to|cc|subject|date|received|return-path|message-id|mime-version|delivered-to|reply-to|sender|x-[a-z-]+)[ \t]*:"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One mail, as `name` tells where it lies (`PATH`, or `PATH#3` for the third of an mbox): its bytes, or why there are none."""

    name: str
    data: bytes = b""
    error: str | None = None


def read_all(paths: Iterable[str]) -> Iterator[Found]:
    """The mails in all of `paths`, in the order of their names; `-` is standard input."""
    for path in paths:
        if path == "-":
            yield from _read_stream("-", sys.stdin.buffer)
        elif os.path.isdir(path):
            yield from _folder(Path(path))
        else:
            yield from _file(Path(path))


# ── folders ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _folder(folder: Path) -> Iterator[Found]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Found(str(folder), error=_reason(error))
        return
    maildir = {"cur", "new"} <= {entry.name for entry in entries if entry.is_dir()}
    for entry in entries:
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            if maildir and entry.name in ("cur", "new"):
                yield from _maildir(path)
            elif (maildir and entry.name.startswith(".")) or not (maildir or entry.name.startswith(".")):
                yield from _folder(path)
        elif not maildir and not entry.name.startswith(".") and _is_mail(path):
            yield from _file(path)


def _maildir(folder: Path) -> Iterator[Found]:
    """Every file in `cur` and `new` is one mail, whatever it begins with."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
    except OSError as error:
        yield Found(str(folder), error=_reason(error))
        return
    for name in names:
        if not name.startswith("."):
            yield _single(folder / name)


def _is_mail(path: Path) -> bool:
    """Whether a file met in a folder is worth reading; one that can't be read is, so that it is reported."""
    if path.suffix.lower() in ENDINGS:
        return True
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return True
    return _begins_as_mail(head)


def _begins_as_mail(head: bytes) -> bool:
    """Two header fields at least, one of them a mail's, before anything that isn't one; or an mbox's first line."""
    lines = head.replace(b"\r\n", b"\n").split(b"\n")
    if lines[0].startswith(b"From ") and len(lines) > 1 and _FIELD.match(lines[1]):
        return True
    fields: list[bytes] = []
    for line in lines[:-1] if len(head) == HEAD else lines:
        if _FIELD.match(line):
            fields.append(line)
        elif not (fields and line[:1] in (b" ", b"\t")):
            break
    return len(fields) >= 2 and _KNOWN_FIELDS.search(b"\n".join(fields)) is not None


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _file(path: Path) -> Iterator[Found]:
    if path.suffix.lower() == ".eml":
        yield _single(path)
        return
    try:
        with path.open("rb") as file:
            yield from _read_stream(str(path), file)
    except OSError as error:
        yield Found(str(path), error=_reason(error))


def _read_stream(name: str, file: IO[bytes]) -> Iterator[Found]:
    head = file.readline(HEAD)
    if head.startswith(b"From "):
        yield from _mbox(name, head, file)
    else:
        yield _checked(name, head + file.read(LARGEST))


def _single(path: Path) -> Found:
    try:
        with path.open("rb") as file:
            return _checked(str(path), file.read(LARGEST + 1))
    except OSError as error:
        return Found(str(path), error=_reason(error))


def _checked(name: str, data: bytes) -> Found:
    if not data:
        return Found(name, error="it is empty")
    if len(data) > LARGEST:
        return Found(name, error=f"it is larger than {LARGEST // 1024 // 1024} MB")
    if data.startswith(_OUTLOOK):
        return Found(name, error="it is a file of Outlook's own form: save the mail as .eml there")
    return Found(name, data)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


# ── mbox ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _mbox(name: str, first: bytes, file: IO[bytes]) -> Iterator[Found]:
    """The messages of an mbox, byte for byte, holding one of them at a time. `first` is its first line, read already."""
    number, message, size, after_blank = 1, bytearray(), 0, False
    line = file.readline()
    while line:
        following = None
        if line.startswith(b"From ") and (dated := _DATED.match(line) is not None, after_blank) != (
            False,
            False,
        ):
            following = file.readline()
            if _separates(dated, after_blank, following):
                yield _ended(name, number, message, size)
                number, message, size, after_blank = number + 1, bytearray(), 0, False
                line = following
                continue
        after_blank = line in (b"\n", b"\r\n")
        size += len(line)
        if size <= LARGEST:
            message += line[1:] if _QUOTED.match(line) else line
        line = file.readline() if following is None else following
    yield _ended(name, number, message, size)


def _separates(dated: bool, after_blank: bool, following: bytes) -> bool:
    """Whether a `From ` line begins a message: two of three signs, of which what a careless writer's body line has at most one."""
    return dated + after_blank + (_FIELD.match(following) is not None) >= 2


def _ended(name: str, number: int, message: bytearray, size: int) -> Found:
    """A message without the empty line that stands before the next `From `."""
    whole = f"{name}#{number}"
    if size > LARGEST:
        return Found(whole, error=f"it is larger than {LARGEST // 1024 // 1024} MB")
    for end in (b"\r\n\r\n", b"\n\n"):
        if message.endswith(end):
            return _checked(whole, bytes(message[: -len(end) // 2]))
    return _checked(whole, bytes(message))
