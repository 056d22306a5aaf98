"""How the process's memory goes back to the system: glibc's allocator told not to keep what big mails needed. See mallopt(3).

glibc serves big blocks by mmap, and gives them back at once, but raises the bound from which it does so to the size of the largest block that was freed: after
the first mail of 25 MB all the others come from the heap, where they leave holes that stay.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
from typing import Final

_M_MMAP_THRESHOLD: Final = -3  # malloc.h
_BIG: Final = 1024 * 1024


def give_back_big_blocks() -> None:
    """Where the C library has no such setting, nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _BIG)


def keep_what_is_here() -> None:
    """What is there by now stays, modules above all: no search for garbage in cycles needs to look at it again."""
    gc.freeze()
