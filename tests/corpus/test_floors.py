"""The floors of the table that `make corpus` prints."""

from pathlib import Path

import pytest

from tests.corpus.reading import read_all
from tests.corpus.report import all_scores
from tests.corpus.score import Score

NAMES = [
    "sisimai: class",
    "sisimai: hard or soft",
    "enmime: delivery status",
    "talon: newly written",
    "imap_tools: fields",
    "imap_tools: attachments by hash",
    "stalwart: header values",
]


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return {}


@pytest.mark.parametrize("name", NAMES)
def test_floor(name: str, corpus: Path, scores: dict[str, Score]) -> None:
    if not scores:
        scores.update((score.name, score) for score in all_scores(corpus))
    assert sorted(scores) == sorted(NAMES)
    score = scores[name]
    assert score.holds, f"{score.right} of {score.total}\n" + "\n".join(score.differences)


def test_every_mail_is_read_or_refused_with_a_reason(corpus: Path) -> None:
    reading = read_all([corpus])
    assert reading.read > 400
    assert all(reading.refused.values())
