"""enmime's delivery status notifications: whom they name, with which status; a delayed one is not permanent."""

from __future__ import annotations

import json
from pathlib import Path

from deskd.parse.bounce_reason import find_status
from tests.corpus.score import Score, read


def scores(folder: Path) -> list[Score]:
    """One case a recipient that was not reached."""
    score = Score("enmime: delivery status", 1.0)
    answers = json.loads((folder / "enmime/expected.json").read_text())
    for name, answer in sorted(answers.items()):
        message = read((folder / "enmime/dsn/testdata" / name).read_bytes())
        expected = [
            (each["final-recipient"].partition(";")[2].strip(), find_status(each["status"]))
            for each in answer["recipients"]
            if each["action"].split()[0].lower() in ("failed", "delayed")
        ]
        score.count(
            name,
            ("bounce", expected),
            (message.kind, [(each.address, each.status) for each in message.bounces]),
        )
    return [score]
