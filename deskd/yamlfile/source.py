"""The bytes of a file, and the text in them if it is text that a YAML file may hold."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from deskd.errors import ConfigError, Problem

MAX_BYTES = 1_000_000

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)  # YAML 1.2.2, 5.1


def read_file(path: Path) -> bytes:
    """What the file holds. Anything but a file (a pipe, a device, a folder) is refused before it can keep us waiting."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ConfigError(
                    Problem(str(path), None, None, "is not a file", "give the path of a YAML file")
                )
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(_unreadable(path, error)) from error
    except ValueError as error:  # a NUL in the path
        raise ConfigError(Problem(repr(str(path)), None, None, f"is not a path: {error}")) from error


def _unreadable(path: Path, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem(str(path), None, None, "there is no such file")
    if isinstance(error, PermissionError):
        return Problem(
            str(path),
            None,
            None,
            "may not be read by this user",
            "give the user deskd runs as the right to read it",
        )
    if isinstance(error, IsADirectoryError):
        return Problem(str(path), None, None, "is a folder, expected a file")
    return Problem(str(path), None, None, f"can't be read: {error.strerror or error}")


def decode(content: bytes, name: str) -> str:
    """The text in `content`, without a byte order mark. Raises ConfigError: too long, not UTF-8, control characters."""
    if len(content) > MAX_BYTES:
        message = f"found more than {MAX_BYTES // 1_000_000} MB, expected a file written by hand"
        raise ConfigError(Problem(name, None, None, message))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError(Problem(name, 1, 1, "found UTF-16, expected UTF-8", "save the file as UTF-8"))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = place(content[: error.start].decode("utf-8", "replace"))
        message = f"found the byte 0x{content[error.start]:02x}, which is not UTF-8"
        raise ConfigError(Problem(name, line, column, message, "save the file as UTF-8")) from error
    return check_characters(text, name)


def check_characters(text: str, name: str) -> str:
    """`text` without a byte order mark. Raises ConfigError for characters that no YAML file may hold."""
    if len(text) > MAX_BYTES:
        raise ConfigError(
            Problem(name, None, None, f"found {len(text)} characters, expected a file written by hand")
        )
    text = text.removeprefix("\ufeff")
    found = _FORBIDDEN.search(text)
    if found:
        line, column = place(text[: found.start()])
        message = f"found the control character U+{ord(found[0]):04X}, expected text"
        raise ConfigError(Problem(name, line, column, message, "delete it"))
    return text


def place(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what comes after the text `before`."""
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1
