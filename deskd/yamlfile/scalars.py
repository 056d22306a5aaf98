"""What a scalar without quotes means: the core schema of YAML 1.2.2, chapter 10.3, with the spellings of numbers ruamel.yaml adds.

So `no`, `on` and `2026-12-24` are text, `012` is twelve, `09:00` is text. Dates stay text: who needs one parses it.
"""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?)"
)
_SPECIAL = re.compile(r"(?P<sign>[-+]?)\.(?:inf|Inf|INF)|(?P<nan>\.nan|\.NaN|\.NAN)")
_MAX_DIGITS = 60
_PREFIXES = {"0b": 2, "0o": 8, "0x": 16}


def resolve(text: str) -> Scalar:
    """The value of a plain scalar. Raises ValueError for a number of more than 60 digits."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0] not in "+-.0123456789":
        return text
    return _number(text)


def _number(text: str) -> Scalar:
    special = _SPECIAL.fullmatch(text)
    if special:
        return float("nan" if special["nan"] else special["sign"] + "inf")
    integer = _INTEGER.fullmatch(text)
    if not integer and not _FLOAT.fullmatch(text):
        return text
    if len(text) > _MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} characters, expected at most {_MAX_DIGITS}")
    digits = text.replace("_", "")
    if not integer:
        return float(digits)
    return _integer(digits) if any(char.isdigit() for char in digits) else text


def _integer(digits: str) -> Scalar:
    sign = -1 if digits.startswith("-") else 1
    bare = digits.lstrip("+-")
    base = _PREFIXES.get(bare[:2])
    if base is None:
        return sign * int(bare)
    return sign * int(bare[2:], base) if bare[2:] else digits
