"""What the documents say is there, is there: commands to type, targets of make, links, files."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.needs import REPOSITORY

DOCUMENTS = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").rglob("*.md"))]


def targets() -> set[str]:
    """The targets of the Makefile that a person may call."""
    return set(re.findall(r"(?m)^([a-z]+):", (REPOSITORY / "Makefile").read_text()))


def named(document: Path) -> str:
    """A document's name, for messages and test ids."""
    return document.relative_to(REPOSITORY).as_posix()


def anchor(heading: str) -> str:
    """The anchor that a heading gets on the web pages which show Markdown."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("`", "")).replace(" ", "-")


def anchors(document: Path) -> set[str]:
    """All anchors of a document."""
    return {anchor(heading) for heading in re.findall(r"(?m)^#+ +(.*)$", document.read_text())}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_each_make_target_named_exists(document: Path) -> None:
    text = document.read_text()
    said = re.findall(r"(?m)(?:`|^\s*(?:\$ )?)make ([a-z]+)", text)
    assert [target for target in said if target not in targets()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_each_link_within_the_repository_leads_somewhere(document: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        path, _, fragment = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (fragment and fragment not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_make_help_lists_each_target() -> None:
    shown = subprocess.run(
        ["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    internal = {"programs"}
    assert set(re.findall(r"(?m)^  make ([a-z]+)", shown)) == targets() - internal


@pytest.mark.parametrize("target", ["run", "test", "check", "bench", "corpus", "fuzz"])
def test_make_can_do_what_is_promised(target: str) -> None:
    assert target in targets()
