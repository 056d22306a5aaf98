"""A worker process ends with the process it works for, also when that one is killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.support.needs import REPOSITORY

PROGRAM = """
import os, signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from deskd.apart import leave_with_parent

if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=leave_with_parent)
    print(pool.submit(os.getpid).result(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_goes_when_its_parent_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, program],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    worker = int(done.stdout)
    until = time.monotonic() + 60
    while is_running(worker):
        assert time.monotonic() < until, f"process {worker} is still there"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether there is such a process that isn't dead already, and only not yet reaped by whoever inherited it."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in ("Z", "X")
