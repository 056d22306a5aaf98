"""What is true of the repository as a whole: nothing in it names a machine, and its files stay small."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.needs import NEEDS, REPOSITORY

LOCKS = ["requirements.lock", "requirements-dev.lock"]
LONGEST_FILE = 400  # lines; past this a file holds more than one idea
TEXT = {
    "",
    ".cfg",
    ".css",
    ".html",
    ".in",
    ".js",
    ".json",
    ".lock",
    ".md",
    ".py",
    ".service",
    ".sh",
    ".socket",
}
TEXT |= {".conf", ".toml", ".txt", ".yaml", ".yml"}


def tracked() -> list[Path]:
    """Every file under version control that is text of ours; the test messages are other people's."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    paths = (REPOSITORY / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.suffix in TEXT and path.is_file() and "cases" not in path.parts]


def lines_with(pattern: str, *, under: tuple[str, ...] = ()) -> list[str]:
    """`file:line: text` of each line of a tracked file that matches, this file left out."""
    found = []
    for path in tracked():
        name = path.relative_to(REPOSITORY).as_posix()
        if path == Path(__file__).resolve() or (under and not name.startswith(under)):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{name}:{number}: {line.strip()[:120]}")
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    text = (REPOSITORY / lock).read_text()
    assert re.findall(r"https?:|file:|--(?:extra-)?index-url|--find-links|--trusted-host", text) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_by_version_and_hash(lock: str) -> None:
    text = re.sub(r"\\\n", "", (REPOSITORY / lock).read_text())
    requirements = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert len(requirements) > 30
    assert [
        line for line in requirements if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ] == []


def test_what_deskd_runs_on_is_tested_in_the_same_versions() -> None:
    run, everything = (
        dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", (REPOSITORY / lock).read_text())) for lock in LOCKS
    )
    assert run.items() <= everything.items()


def test_nothing_names_a_folder_of_one_machine() -> None:
    assert lines_with(r"(?<![\w.$}])/(?:work|root|Users)/|(?<![\w.$}])/home/\w") == []


def test_nothing_is_left_for_later() -> None:
    assert (
        lines_with(r"\b(?:TODO|FIXME|XXX|HACK)\b", under=("deskd/", "connectors/", "tests/", "scripts/"))
        == []
    )


def test_files_stay_small() -> None:
    lengths = {
        path.relative_to(REPOSITORY).as_posix(): len(path.read_text().splitlines())
        for path in tracked()
        if path.suffix == ".py"
        and path.relative_to(REPOSITORY).parts[0] in {"deskd", "connectors"}
        and "migrations" not in path.parts  # one is as long as the schema it makes, and never read as a whole
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_tests_are_left_out_by_need_and_never_skipped() -> None:
    assert lines_with(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b", under=("tests/",)) == []


def test_each_program_that_tests_need_is_used_by_one() -> None:
    used = {name for name in NEEDS if lines_with(rf'needs\("{name}"|, "{name}"\)', under=("tests/",))}
    assert used == NEEDS.keys()
