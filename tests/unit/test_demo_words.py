"""The demo page's texts: four languages with the same keys and fields, and every text that the page asks for is there."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "deskd" / "demo" / "static"
LANGUAGES = ("en", "es", "it", "pt")
NAMED_BY_CODE = re.compile(  # keys put together from a step's, a count's or a reaction's name
    r"story_\w+_(do|todo|done|held)|story_(mail|tagged|answered|replied|escalated|resolved)|time_\w+_name|\w+_means|means_\w+"
    r"|(first|next)_response|resolution|held|quarantined|failed|inbox|outbox|app|customer|came_in|goes_out|received|working|queued|sending|unknown"
)


def table(language: str) -> dict[str, str]:
    text = (STATIC / "words" / f"{language}.js").read_text(encoding="utf-8")
    return dict(re.findall(r"^  (\w+): '((?:[^'\\]|\\.)*)',$", text, re.MULTILINE))


def fields(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{(\w+)\}", text)))


def page() -> str:
    return "".join(file.read_text(encoding="utf-8") for file in (*STATIC.glob("*.js"), STATIC / "index.html"))


def asked_for() -> set[str]:
    """The keys that stand whole in the page's scripts and HTML."""
    return set(re.findall(r"""\bt\('(\w+)'""", page())) | set(
        re.findall(r"""data-word(?:-\w+)?="(\w+)\"""", page())
    )


def quoted() -> set[str]:
    return set(re.findall(r"""['"](\w+)['"]""", page()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same(language: str) -> None:
    english, other = table("en"), table(language)
    assert list(other) == list(english)
    assert {key: fields(text) for key, text in other.items()} == {
        key: fields(text) for key, text in english.items()
    }
    assert [key for key, text in other.items() if not text.strip()] == []


def test_every_line_of_a_table_is_read() -> None:
    for language in LANGUAGES:
        text = (STATIC / "words" / f"{language}.js").read_text(encoding="utf-8")
        assert len(re.findall(r"^  \w+:", text, re.MULTILINE)) == len(table(language))


def test_what_the_page_asks_for_is_there_and_nothing_else() -> None:
    english = set(table("en"))
    assert asked_for() - english == set()
    unused = english - quoted()
    assert [
        key for key in sorted(unused) if not NAMED_BY_CODE.fullmatch(key) and not key.startswith("story_")
    ] == []


def test_the_languages_are_not_english_again() -> None:
    english = table("en")
    for language in ("es", "it", "pt"):
        same = [
            key
            for key, text in table(language).items()
            if text == english[key] and re.search(r"\w{4} \w{2}", text)
        ]
        assert same == []
