"""Message-IDs, one or many, whole or damaged."""

import pytest

from deskd.parse import limits
from deskd.parse.ids import parse_ids, parse_references


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<a@x>", ("a@x",)),
        ("<a@x>\r\n <b@x>\t<c@x>", ("a@x", "b@x", "c@x")),
        ("<a@x><b@x>", ("a@x", "b@x")),
        ("<a@x> <b@x> <a@x>", ("a@x", "b@x")),  # a loop
        ("<long-\r\n id@x>", ("long-id@x",)),  # folded inside
        ('<"a"@x>', ('"a"@x',)),
        ("a@x", ("a@x",)),
        ("Your message of Monday <a@x>", ("a@x",)),
        ("a@x, b@x", ("a@x", "b@x")),
        ("<>", ()),
        ("", ()),
        ("<" + "a" * 1_500 + "@x>", ()),  # no line could hold it
    ],
)
def test_ids(written: str, expected: tuple[str, ...]) -> None:
    assert parse_ids(written) == expected


def test_a_very_long_list_keeps_its_ends() -> None:
    found = parse_references(" ".join(f"<{number}@x>" for number in range(5_000)))
    assert len(found) == limits.REFERENCES
    assert (found[0], found[-1]) == ("0@x", "4999@x")
