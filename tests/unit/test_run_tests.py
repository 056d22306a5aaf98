"""`make test`: what fails has a second look by itself; what fails twice, or in numbers, fails."""

import json
from pathlib import Path

import pytest

from scripts import run_tests


@pytest.mark.parametrize(
    ("failing", "again", "status", "looks"),
    [
        ([], [], 0, 1),
        (["a"], [], 0, 2),
        (["a", "b"], ["b"], 1, 3),
        (list("abcdef"), [], 1, 1),
    ],
    ids=["all well", "unstable", "one for good", "too many for an accident"],
)
def test_second_look(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failing: list[str],
    again: list[str],
    status: int,
    looks: int,
) -> None:
    seen: list[tuple[str, ...]] = []

    def pytest_run(*arguments: str) -> int:
        seen.append(arguments)
        if len(seen) == 1:
            (tmp_path / "lastfailed").write_text(json.dumps(dict.fromkeys(failing, True)))
            return int(bool(failing))
        return int(arguments[-1] in again)

    monkeypatch.setattr(run_tests, "LAST_FAILED", tmp_path / "lastfailed")
    monkeypatch.setattr(run_tests, "pytest", pytest_run)
    assert run_tests.main(["tests"]) == status
    assert len(seen) == looks


def test_a_run_that_was_interrupted_is_not_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_tests, "LAST_FAILED", tmp_path / "lastfailed")
    monkeypatch.setattr(run_tests, "pytest", lambda *arguments: 2)
    assert run_tests.main([]) == 2
