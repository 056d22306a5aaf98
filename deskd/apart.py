"""A process that works for another one, and goes when that one is gone, killed even: nothing may be left running that nobody knows of."""

from __future__ import annotations

import multiprocessing
import os
import threading

from deskd.memory import give_back_big_blocks


def leave_with_parent() -> None:
    """The initializer of a worker process: from now on it ends as soon as its parent has."""
    give_back_big_blocks()
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="deskd-parent", daemon=True).start()
