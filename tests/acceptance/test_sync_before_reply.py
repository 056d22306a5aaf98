"""A power cut takes what was written and not synced, and no `kill -9` shows that: so the order of system calls is looked at."""

import re
from pathlib import Path

import pytest

from tests.support.installed import Installed, mail, outside, send


@pytest.mark.needs("strace")
async def test_the_disk_has_the_mail_before_the_sender_is_told(tmp_path: Path, sqlite_url: str) -> None:
    trace = tmp_path / "trace"
    tracer = (
        "strace",
        "-f",
        "-s",
        "80",
        "-o",
        str(trace),
        "-e",
        "trace=fdatasync,fsync,sendto,sendmsg,write",
    )
    async with outside() as out:
        desk = Installed(tmp_path, sqlite_url, out)
        async with desk.running(*tracer):
            await send(desk.port, mail(1))
            await desk.until_at_rest()
            await desk.stop()
    calls = trace.read_text(errors="replace").splitlines()
    told = next(number for number, call in enumerate(calls) if "250 2.0.0 Kept" in call)
    asked = max(number for number, call in enumerate(calls[:told]) if '"354 ' in call)
    between = [call for call in calls[asked:told] if re.search(r"\bf(data)?sync\(", call)]
    assert between, f"nothing was synced between 354 and 250:\n{chr(10).join(calls[asked : told + 1])}"
    assert any(_ended(call, calls[asked:told]) for call in between)


def _ended(sync: str, calls: list[str]) -> bool:
    """Whether it had returned 0 by then; a call that others interrupt in the trace ends in a line of its own."""
    if "unfinished" not in sync:
        return sync.rstrip().endswith("= 0")
    thread = sync.split()[0]
    return any(
        call.startswith(thread) and "sync resumed" in call and call.rstrip().endswith("= 0") for call in calls
    )
