"""`deskd ingest` and `ingest --live` as an operator runs them: the whole command, its start-up included, on a folder of mails."""

import asyncio
import subprocess
import time
from pathlib import Path

from tests.bench.figures import Figure, rate
from tests.bench.mails import mixed
from tests.bench.rulesets import write_rules
from tests.bench.run import Run
from tests.bench.running import command, configuration, environment

MAILS = 2500
AIMS = {"ingest": 500.0, "ingest --live": 400.0}


async def ingest(run: Run) -> list[Figure]:
    figures = []
    for what, aim in AIMS.items():
        count = run.mails(MAILS)
        seconds = await ingested(run, run.sqlite(), count, live="--live" in what)
        reached = count / seconds
        figures.append(
            Figure(
                f"{what}, {count:,} mails, the whole command",
                rate(reached),
                f"{seconds:.1f} s",
                None,
                rate(aim),
                reached >= aim,
            )
        )
    return figures


async def ingested(run: Run, database: str, count: int, *, live: bool) -> float:
    """Seconds that the command took."""
    folder = run.desk_folder()
    file = configuration(folder, database, write_rules(folder / "rules", run.rules))
    maildir = _maildir(folder / "mails", count, run.label())
    asked = command("ingest", str(maildir), "-c", str(file), *(["--live"] if live else []))
    began = time.monotonic()
    done = await asyncio.to_thread(
        lambda: subprocess.run(
            asked, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
    )
    if done.returncode:
        raise RuntimeError(f"ingest failed:\n{done.stderr[-4000:]}")
    return time.monotonic() - began


def _maildir(folder: Path, count: int, label: str) -> Path:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, mail in enumerate(mixed(count, label)):
        (folder / "new" / f"{number:06d}.bench").write_bytes(mail.data)
    return folder
