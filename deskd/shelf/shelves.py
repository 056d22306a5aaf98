"""Reads the folders of canned replies and knowledge articles. They are read anew when they are asked for: what an admin saves counts at once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from deskd.config import Settings
from deskd.errors import ConfigError, Problem
from deskd.shelf.article import Kind, Piece, read_piece

MOST: Final = 1_000  # files of a folder
MAX_BYTES: Final = 500_000


def pieces(settings: Settings, kind: Kind) -> tuple[Piece, ...]:
    """Those that are well; a file with a fault holds up no other."""
    return read_folder(_folder(settings, kind), kind)[0]


def problems(settings: Settings) -> list[Problem]:
    """All that is wrong in both folders, by file and line."""
    return [
        *read_folder(settings.desk.canned, "canned")[1],
        *read_folder(settings.desk.knowledge, "knowledge")[1],
    ]


def read_folder(folder: Path, kind: Kind) -> tuple[tuple[Piece, ...], list[Problem]]:
    """A folder that isn't there holds nothing, and that is no fault."""
    found: dict[str, Piece] = {}
    wrong: list[Problem] = []
    for file in sorted(folder.glob("*.md"))[:MOST]:
        try:
            status = file.stat()
            piece = _read(file, kind, status.st_mtime_ns, status.st_size)
        except ConfigError as error:
            wrong += error.problems
        except (OSError, UnicodeDecodeError) as error:
            wrong.append(Problem(str(file), None, None, f"can't be read: {error}"))
        else:
            if piece.name in found:
                wrong.append(
                    Problem(str(file), 1, None, f"found the name {piece.name!r}, which another file has")
                )
            found.setdefault(piece.name, piece)
    return tuple(found.values()), wrong


def _folder(settings: Settings, kind: Kind) -> Path:
    return settings.desk.canned if kind == "canned" else settings.desk.knowledge


@lru_cache(maxsize=2 * MOST)
def _read(file: Path, kind: Kind, changed: int, size: int) -> Piece:
    """`changed` and `size` tell one state of the file from another."""
    if size > MAX_BYTES:
        raise ConfigError(Problem(str(file), None, None, f"found {size} bytes, expected at most {MAX_BYTES}"))
    return read_piece(file.read_text("utf-8"), str(file), kind)
