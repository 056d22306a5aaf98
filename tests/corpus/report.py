"""How well real messages are understood, as a table: `python -m tests.corpus [DIR…]`.

Known answers come from the folder of real messages; folders given as arguments, or in `CORPORA` with `:` between them, are read too.
Exit status 1 when a floor doesn't hold. `--differences` prints each difference.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.corpus import enmime, imap_tools, sisimai, stalwart, talon
from tests.corpus.reading import read_all
from tests.corpus.score import Score
from tests.support.needs import corpus_folder

SLOW = 1.0  # seconds for one mail; more is a bug


def all_scores(folder: Path) -> list[Score]:
    """Every comparison, in the order of the table."""
    return [
        score for corpus in (sisimai, enmime, talon, imap_tools, stalwart) for score in corpus.scores(folder)
    ]


def main(arguments: Sequence[str]) -> int:
    """Print the table. Returns the exit status."""
    folder = corpus_folder()
    given = [*arguments, *os.environ.get("CORPORA", "").split(":")]
    others = [Path(each) for each in given if each and not each.startswith("--")]
    holds = True
    if folder.is_dir():
        scores = all_scores(folder)
        holds = all(score.holds for score in scores)
        _print_scores(scores, "--differences" in arguments)
    else:
        print(f"{folder} isn't here: no known answers to compare with")
    _print_reading([*([folder] if folder.is_dir() else []), *others])
    return 0 if holds else 1


def _print_scores(scores: Sequence[Score], differences: bool) -> None:
    print(f"{'what':34} {'right':>6} {'of':>6} {'share':>8} {'floor':>8}")
    for score in scores:
        verdict = "" if score.holds else "  below its floor"
        print(
            f"{score.name:34} {score.right:6} {score.total:6} {score.share:8.1%} {score.floor:8.1%}{verdict}"
        )
        if differences:
            print("".join(f"    {line}\n" for line in score.differences), end="")


def _print_reading(folders: Sequence[Path]) -> None:
    reading = read_all(folders)
    print(f"{reading.read} mails read, {len(reading.refused)} refused")
    for name, reason in reading.refused.items():
        print(f"    {name}: {reason}")
    seconds, name = reading.slowest
    print(f"slowest: {seconds * 1000:.1f} ms, {name}{'  (a bug)' if seconds > SLOW else ''}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
