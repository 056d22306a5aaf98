"""`deskd demo` from its start to its end: a folder, the demo in it, a signal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import webbrowser
from pathlib import Path

from deskd.demo.desk import language_of
from deskd.demo.show import Demo
from deskd.errors import DeskdError
from deskd.logs import set_up_logging


def main(port: int = 0, keep: Path | None = None, open_browser: bool = False) -> int:
    """Run the demo until Ctrl-C or SIGTERM. The exit status: 0; 1 when the daemon died of something; 2 when it could not start.

    `keep`: the folder that keeps the desk over restarts; without it everything is gone at the end.
    """
    set_up_logging(sys.stderr, level="warning")
    try:
        if keep is not None:
            return asyncio.run(run_demo(keep, port=port, keep=True, open_browser=open_browser))
        with tempfile.TemporaryDirectory(prefix="deskd-demo-") as folder:
            return asyncio.run(run_demo(Path(folder), port=port, open_browser=open_browser))
    except DeskdError as error:
        sys.stderr.write(f"deskd demo: {error}\n")
        return 2


async def run_demo(folder: Path, *, port: int = 0, keep: bool = False, open_browser: bool = False) -> int:
    """The demo in `folder`; its exit status. Raises `UsageError` and `ConfigError` when it can't start."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    demo = Demo(folder, port=port, keep=keep, language=language_of(os.environ))
    await demo.start()
    try:
        _say(f"deskd demo: {demo.url}")
        _say(f"its desk: {demo.folder}/deskd.yaml{'' if keep else ' (gone at the end)'}; Ctrl-C ends it")
        if open_browser:
            await asyncio.to_thread(webbrowser.open, demo.url)
        ends = [asyncio.ensure_future(event.wait()) for event in (asked, demo.failed)]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        return 1 if demo.failed.is_set() else 0
    finally:
        await demo.stop()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
