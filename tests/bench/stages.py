"""Where a mail's time goes: the CPU that each step takes, one mail after the other, nothing else running in the process.

The sum is the least a mail costs. A running daemon needs more for SMTP, the event loop, threads that wait for each other, and logging.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from time import thread_time
from typing import Any, TypeVar
from unittest.mock import patch

from deskd import filing, rules, sending
from deskd.config import load_config
from deskd.model import Envelope, RawMessage, Receipt
from deskd.rules import load_rules
from deskd.store import Store, Work, apply, clues, inbox, schema
from deskd.understanding import Reader
from tests.bench.figures import Figure
from tests.bench.mails import ADDRESS, mixed
from tests.bench.rulesets import write_rules
from tests.bench.run import Run
from tests.bench.running import configuration

T = TypeVar("T")

MAILS = 1500
WARM = 200  # mails that only fill caches
BATCH = 50
OF_FILING = {
    "look up": (clues, "find"),
    "rules": (rules, "evaluate"),
    "decide": (filing, "desk"),
    "write": (apply, "apply"),
}


class Spent:
    """Seconds of CPU by step."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def on(self, step: str) -> Iterator[None]:
        began = thread_time()
        try:
            yield
        finally:
            self.seconds[step] += thread_time() - began

    def timed(self, step: str, work: Callable[..., T]) -> Callable[..., T]:
        def wrapped(*arguments: Any, **named: Any) -> T:
            with self.on(step):
                return work(*arguments, **named)

        return wrapped


async def stages(run: Run) -> list[Figure]:
    count = run.mails(MAILS)
    spent = _spent(run, count)
    filing_itself = spent["file"] - sum(spent[step] for step in OF_FILING)
    steps = {step: seconds for step, seconds in spent.items() if step != "file"} | {
        "filing, the rest": filing_itself
    }
    total = sum(steps.values())
    figures = [
        Figure(f"CPU a mail: {step}", f"{seconds / count * 1e6:,.0f} µs", share=seconds / total)
        for step, seconds in steps.items()
    ]
    return [*figures, Figure("CPU a mail: all of these", f"{total / count * 1e6:,.0f} µs")]


def _spent(run: Run, count: int) -> dict[str, float]:
    folder = run.desk_folder()
    settings = load_config(configuration(folder, run.sqlite(), write_rules(folder / "rules", run.rules)), {})
    ruleset = load_rules(settings.desk.rules, settings)
    store = Store.open(settings.desk.database)
    try:
        schema.prepare(store, upgrade=False)
        reader = Reader(settings)
        mails = [
            RawMessage(
                "support-mail",
                "smtp",
                f"id{number}",
                mail.data,
                Envelope(mail.sender, (ADDRESS,), "192.0.2.1", "mx.customer.example"),
            )
            for number, mail in enumerate(mixed(count + WARM, run.label()))
        ]
        for piece in range(0, WARM, BATCH):
            _bring(Spent(), store, reader, settings, ruleset, mails[piece : piece + BATCH])
        spent = Spent()
        with ExitStack() as patches:
            for step, (module, name) in OF_FILING.items():
                patches.enter_context(patch.object(module, name, spent.timed(step, getattr(module, name))))
            for piece in range(WARM, len(mails), BATCH):
                _bring(spent, store, reader, settings, ruleset, mails[piece : piece + BATCH])
        return dict(spent.seconds)
    finally:
        store.close()


def _bring(
    spent: Spent, store: Store, reader: Reader, settings: Any, ruleset: Any, mails: list[RawMessage]
) -> None:
    """A batch, from its bytes to cards sent."""
    now = datetime.now(UTC)

    def accept(work: Work) -> None:
        for raw in mails:
            inbox.accept(work, raw, hashlib.sha256(raw.payload).hexdigest(), None, now)

    store.write_now(spent.timed("accept", accept))
    rows = store.write_now(spent.timed("claim", lambda work: inbox.claim(work, "bench", now, len(mails))))
    for row in rows:
        with spent.on("parse and authenticate"):
            found = reader.understand_now(row)
        store.write_now(
            spent.timed(
                "file",
                lambda work, row=row, found=found: filing.file(work, settings, ruleset, row, found, now),
            )
        )
    while claimed := store.write_now(
        spent.timed("outbox: claim", lambda work: sending.claim(work, settings, "bench", now, 32, ()))
    ):
        for sent, _ in claimed:
            receipt = Receipt(f"{sent.id}.0001")
            store.write_now(
                spent.timed(
                    "outbox: sent",
                    lambda work, sent=sent, receipt=receipt: sending.sent(work, settings, sent, receipt, now),
                )
            )
