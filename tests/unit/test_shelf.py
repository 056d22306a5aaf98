"""Canned replies and articles: what a file may be, what is wrong with it and where, and which fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskd.errors import ConfigError
from deskd.shelf import shelves
from deskd.shelf.article import Piece, fitting, read_piece, search
from deskd.templates.filling import fill
from tests.support.desk import settings
from tests.support.needs import REPOSITORY

TWO = "---\nname: refund\ntitle: A refund\nlanguages: [en, it]\ntags: [billing]\n---\n# en\nHello\n# it\nCiao {{ contact.name }}\n"


def test_a_text_in_two_languages() -> None:
    piece = read_piece(TWO, "refund.md", "canned")
    assert (piece.name, piece.title, piece.tags) == ("refund", "A refund", ("billing",))
    assert dict(piece.texts) == {"en": "Hello", "it": "Ciao {{ contact.name }}"}


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (["it"], "Ciao {{ contact.name }}"),
        (["it-CH"], "Ciao {{ contact.name }}"),
        (["de", "it"], "Ciao {{ contact.name }}"),
        (["de"], "Hello"),
    ],
)
def test_the_language_is_the_first_wanted_that_there_is(wanted: list[str], text: str) -> None:
    assert read_piece(TWO, "refund.md", "canned").text_in(wanted) == text


def test_one_language_takes_headings_as_text() -> None:
    piece = read_piece("---\nname: a\nlanguages: [it]\n---\n# it\nCiao\n", "a.md", "knowledge")
    assert dict(piece.texts) == {"it": "# it\nCiao"}


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("Hello", 1, "no header"),
        ("---\ntitle: x\n---\nHello", 1, "the name None"),
        ("---\nname: Re Fund\n---\nHello", 2, "the name 'Re Fund'"),
        ("---\nname: a\ntag: [b]\n---\nHello", 3, "the key 'tag'"),
        ("---\nname: a\nlanguages: [italian]\n---\nHello", 3, "'italian' among languages"),
        ("---\nname: a\nlink: javascript:alert(1)\n---\nHello", 3, "the link"),
        ("---\nname: a\n---\n\n", 4, "no text"),
        ("---\nname: a\n---\nHello\n{{ contact.nmae }}", 5, "contact.nmae"),
        ("---\nname: a\nlanguages: [en, it]\n---\n# en\nHello", 5, "no text in 'it'"),
        ("---\nname: a\nlanguages: [en, it]\n---\nHello", 5, "before the first language"),
        ("---\nname: a\nlanguages: [en, it]\n---\n# en\nHello\n# it\n{% nothing %}", 8, "isn't Jinja2"),
        ("---\nname: [\n---\nHello", 3, ""),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, found: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        read_piece(text, "a.md", "canned")
    assert any(found in problem.message for problem in wrong.value.problems)
    assert line in [problem.line for problem in wrong.value.problems]


def test_an_article_is_no_template() -> None:
    assert (
        read_piece("---\nname: a\n---\nType {{ name }}", "a.md", "knowledge").texts[""] == "Type {{ name }}"
    )


def piece(name: str, text: str = "", *tags: str) -> Piece:
    return Piece(name, name.title(), {"it": text}, tags)


def test_those_that_share_tags_come_first() -> None:
    shelf = [piece("a"), piece("b", "", "x"), piece("c", "", "x", "Y")]
    assert [one.name for one in fitting(shelf, ["y", "x"])] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("router", ["router", "modem"]),  # a name counts more than a text
        ("fatture", ["billing"]),  # fattura
        ("perche non va la connessione", ["modem", "router"]),  # perché; rare words count more
        ("zzz", []),
        ("!!!", []),
    ],
)
def test_the_search(typed: str, names: list[str]) -> None:
    shelf = [
        piece("router", "Spegnere e riaccendere: la luce va."),
        piece("modem", "Perché la connessione cade: il router è spento."),
        piece("billing", "La fattura arriva il primo del mese."),
    ]
    assert [one.name for one in search(shelf, typed)][: len(names)] == names
    assert bool(search(shelf, typed)) == bool(names)


def test_a_folder_with_a_fault_gives_the_rest_and_two_of_one_name_are_one(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nname: a\n---\nfirst")
    (tmp_path / "b.md").write_text("---\nname: a\n---\nsecond")
    (tmp_path / "c.md").write_text("no header")
    (tmp_path / "d.md").write_bytes(b"\xff\xfe")
    found, wrong = shelves.read_folder(tmp_path, "canned")
    assert [one.texts[""] for one in found] == ["first"]
    assert [Path(problem.file).name for problem in wrong] == ["b.md", "c.md", "d.md"]
    (tmp_path / "a.md").write_text("---\nname: a\n---\nfirst, mended")
    assert shelves.read_folder(tmp_path, "canned")[0][0].texts[""] == "first, mended"


def test_what_deskd_brings_along_is_well_in_four_languages() -> None:
    found, wrong = shelves.read_folder(REPOSITORY / "config" / "canned", "canned")
    assert wrong == []
    assert [sorted(one.texts) for one in found] == [["en", "es", "it", "pt"]] * 2
    for text in (text for one in found for text in one.texts.values()):
        assert "Maria" in str(fill(text, {"contact": {"name": "Maria"}}))


def test_check_names_the_file_and_the_line(tmp_path: Path) -> None:
    made = settings(folder=tmp_path)
    assert shelves.problems(made) == [], "folders that aren't there are no fault"
    for folder in ("canned", "knowledge"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.md").write_text("---\nname: a\ncolour: red\n---\nHello")
    assert [str(one).partition(": ")[0] for one in shelves.problems(made)] == [
        f"{tmp_path}/canned/a.md:3",
        f"{tmp_path}/knowledge/a.md:3",
    ]
