"""The YAML that admins write: what it means, where it stands, and that nothing in it can hurt."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from deskd.errors import ConfigError
from deskd.yamlfile import Document, read_yaml, read_yaml_text
from deskd.yamlfile.read import MAX_ALIASES, MAX_DEPTH, MAX_NODES, MAX_PROBLEMS
from deskd.yamlfile.source import MAX_BYTES

SCALARS = [
    ("no", "no"),  # YAML 1.1's false
    ("on", "on"),
    ("yes", "yes"),
    ("true", True),
    ("False", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("012", 12),  # YAML 1.1's ten
    ("0o14", 12),
    ("0x1F", 31),
    ("0b11", 3),
    ("-7", -7),
    ("+7", 7),
    ("1_000", 1000),
    ("1.5", 1.5),
    ("-.5", -0.5),
    ("1e3", 1000.0),
    (".inf", float("inf")),
    ("09:00", "09:00"),  # YAML 1.1's sixty-based 540
    ("1.2.3", "1.2.3"),
    ("2026-12-24", "2026-12-24"),  # a date stays text
    ("+39 055 1234", "+39 055 1234"),
    ("0x", "0x"),
    ("-", None),
    ("...", None),
    ("12abc", "12abc"),
    ("'012'", "012"),
    ('"true"', "true"),
    ("!!str 12", "12"),
    ("!!int 12", 12),
    ("${NAME}", "${NAME}"),
]


@pytest.mark.parametrize(("written", "meant"), [row for row in SCALARS if row[0] not in ("-", "...")])
def test_scalars_mean_what_yaml_1_2_says(written: str, meant: object) -> None:
    value = read_yaml_text(f"key: {written}\n", "f").data["key"]
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize("written", [row[0] for row in SCALARS if row[0] not in ("-", "...", "2026-12-24")])
def test_scalars_mean_what_ruamel_reads(written: str) -> None:
    text = f"key: {written}\n"
    assert read_yaml_text(text, "f").data == YAML(typ="safe", pure=True).load(text)


TEXT = """\
desk:
  name: Acme
channels:
  mail: &mail
    aliases: [one, two]
    listen: 127.0.0.1:8025
  other: {<<: *mail, listen: "[::1]:8025"}
list:
- first
-   second: x
"""


@pytest.mark.parametrize(
    ("path", "value_at", "key_at"),
    [
        ((), (1, 1), (1, 1)),
        (("desk",), (2, 3), (1, 1)),
        (("desk", "name"), (2, 9), (2, 3)),
        (("desk", "nothing"), (1, 1), (1, 1)),  # what isn't there stands where the map around it is named
        (("nothing", "at", "all"), (1, 1), (1, 1)),
        (("channels", "mail", "aliases", 1), (5, 20), (5, 20)),
        (("channels", "mail", "aliases", 7), (5, 5), (5, 5)),
        (
            ("channels", "other", "aliases", 0),
            (5, 15),
            (5, 15),
        ),  # an alias leads to where the value is written
        (("channels", "other", "listen"), (7, 30), (7, 22)),
        (("list", 0), (9, 3), (9, 3)),
        (("list", 1, "second"), (10, 13), (10, 5)),
    ],
)
def test_places(path: tuple[str | int, ...], value_at: tuple[int, int], key_at: tuple[int, int]) -> None:
    document = read_yaml_text(TEXT, "f")
    assert document.place(path) == value_at
    assert document.place(path, key=True) == key_at


def test_source_is_the_scalar_as_written() -> None:
    document = read_yaml_text("a: 012\nb: 'x'\nc: [1]\n", "f")
    assert [document.source((key,)) for key in "abcd"] == ["012", "x", None, None]


def test_merge_keys_give_way_to_what_is_written() -> None:
    document = read_yaml_text("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\n", "f")
    assert document.data["c"] == {"x": 3, "y": 1, "z": 2}


@pytest.mark.parametrize("text", ["", "\n", "# nothing but a comment\n", "---\n", "\ufeff", "---\n...\n"])
def test_an_empty_file_has_no_data(text: str) -> None:
    assert read_yaml_text(text, "f").data is None


def bomb() -> str:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{chr(98 + step)}: &{chr(98 + step)} [{', '.join(['*' + chr(97 + step)] * 9)}]" for step in range(20)
    ]
    return "\n".join(lines)


REFUSED: list[tuple[str, tuple[int, int] | None, str]] = [
    # (text, line and column, a part of the message)
    ("a: 1\nb: 2\na: 3\n", (3, 1), "the key 'a' a second time, the first is at line 1, column 1"),
    ("a: [1, 2\n", (2, 1), "expected ',' or ']' in the list opened with '[' at line 1, column 4"),
    (
        "a: {b: 1\nc: 2\n",
        (2, 2),
        "expected ',' or '}' in the map opened with '{' at line 1, column 4; close it with '}'",
    ),
    ("a:\n\t- b\n", (2, 1), "found a tab, expected spaces; indent with spaces"),
    ("a:\n  b: 1\n\tc: 2\n", (3, 1), "found a tab"),
    ("a: b: c\n", (1, 5), "found a ':' where no key can stand"),
    ("a: 'x\n", (2, 1), "inside the text begun at line 1, column 4"),
    ("- a\nb: 1\n", (2, 1), "doesn't belong to what began at line 1, column 1"),
    ("a: @x\n", (1, 4), "found '@' at the start of a value; put the value in quotes"),
    ('a: "\\d"\n', (1, 6), "unknown escape in double quotes; put the text in single quotes"),
    ("a: *nobody\n", (1, 4), "nothing before it is named &nobody"),
    ("a: &a [*a]\n", (1, 8), "nothing before it is named &a"),
    ("<<: x\n", (1, 1), "'<<' before something else than maps"),
    ("1: a\n", (1, 1), "found 1 (int) as a key, expected text; put it in quotes"),
    ("null: a\n", (1, 1), "found null (null) as a key"),
    ("? [a]\n: b\n", (1, 3), "a map or list as a key"),
    ("a: 1\n---\nb: 2\n", (2, 1), "a second document"),
    ("%YAML 1.1\n---\na: no\n", (1, 1), "found %YAML 1.1, expected YAML 1.2"),
    ("a: !!python/object:os.system x\n", (1, 4), "found the tag !!python/object:os.system"),
    ("a: !secret x\n", (1, 4), "found the tag !secret"),
    ("a: !!set {x}\n", (1, 4), "found the tag !!set"),
    ("a: !!int x\n", (1, 4), "found the tag !!int before 'x'"),
    ("a: x\x00y\n", (1, 5), "control character U+0000"),
    ("ok: 1\na: \x1b[0m\n", (2, 4), "control character U+001B"),
    ('a: "\\ud800"\n', None, ""),
    ("a: " + "9" * 5000, (1, 4), "a number of 5000 characters"),
    ("[" * 20_000, (1, MAX_DEPTH + 2), f"more than {MAX_DEPTH} maps and lists"),
    ("- " * 20_000, (1, 2 * MAX_DEPTH + 3), f"more than {MAX_DEPTH} maps and lists"),
    ("{a: " * 20_000, None, f"more than {MAX_DEPTH} maps and lists"),
    ("? " * 20_000, None, f"more than {MAX_DEPTH} maps and lists"),
    (bomb(), None, f"more than {MAX_NODES:,} values"),
    ("[" + "x," * (MAX_NODES + 1) + "]", None, f"more than {MAX_NODES:,} values"),
    ("- &a x\n" + "- *a\n" * (MAX_ALIASES + 1), None, f"more than {MAX_ALIASES:,} aliases"),
    ("a: " + "x" * MAX_BYTES, None, "expected a file written by hand"),
]


@pytest.mark.parametrize(("text", "place", "message"), REFUSED, ids=[repr(row[0][:20]) for row in REFUSED])
def test_what_is_refused_and_where(text: str, place: tuple[int, int] | None, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_yaml_text(text, "rules/a.yaml")
    problem = caught.value.problems[0]
    assert message in str(problem)
    assert problem.file == "rules/a.yaml"
    if place is not None:
        assert (problem.line, problem.column) == place


def test_all_that_leaves_the_rest_readable_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        read_yaml_text("a: 1\na: 2\n3: x\nb: !x y\n", "f")
    assert [problem.line for problem in caught.value.problems] == [2, 3, 4]


def test_no_more_problems_are_told_than_anyone_reads() -> None:
    with pytest.raises(ConfigError) as caught:
        read_yaml_text("a: 1\n" * 10_000, "f")
    assert len(caught.value.problems) == MAX_PROBLEMS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: caf\xe9\n", "f.yaml:1:7: found the byte 0xe9, which is not UTF-8"),
        ("a: 1".encode("utf-16"), "found UTF-16, expected UTF-8"),
        (b"# " + b"x" * MAX_BYTES, "found more than 1 MB"),
    ],
)
def test_bytes_that_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_yaml(path)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(path).data == {"a": 1}


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, message in [
        (pipe, "is not a file"),
        (tmp_path, "is a folder, expected a file|is not a file"),
        (tmp_path / "none.yaml", "there is no such file"),
        (Path("/dev/zero"), "is not a file"),
        (Path("a\x00b"), "is not a path"),
    ]:
        with pytest.raises(ConfigError, match=message):
            read_yaml(path)


def test_flow_maps_hold_addresses_as_yaml_1_2_allows() -> None:
    assert read_yaml_text("http: {listen: 127.0.0.1:8080}\n", "f").data == {
        "http": {"listen": "127.0.0.1:8080"}
    }


def ruamel(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


WORDS = [
    "a",
    "b: ",
    "c: d",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ":",
    "\n",
    "  ",
    "'",
    '"',
    "#",
    " # x",
    "&a ",
    "*a",
    "|\n",
    ">\n",
    "!!str ",
    "?",
    "\t",
    "é",
    "\u2028",
    "1.5",
    "012",
    "\\",
    "---",
    "%",
    "@",
]


@given(st.lists(st.sampled_from(WORDS), max_size=25).map("".join))
@settings(max_examples=1000, deadline=None)
def test_both_scanners_mean_the_same(text: str) -> None:
    """What we accept, by whichever of ruamel.yaml's scanners, is what ruamel.yaml reads. (It refuses tabs before a line's end; C doesn't.)"""
    try:
        document, meant = read_yaml_text(f"key: {text}", "f"), ruamel(f"key: {text}")
    except (ConfigError, YAMLError):
        return
    assert document.data == meant


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda content: content.decode("latin-1")))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ConfigError):
        assert isinstance(read_yaml_text(text, "f"), Document)
