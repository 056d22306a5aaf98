"""How a value that isn't of the right form is refused."""

from __future__ import annotations

from pydantic_core import PydanticCustomError


def expected(form: str, remedy: str = "") -> PydanticCustomError:
    """The fault of a value that isn't of the right form. `form` is read after "expected", `remedy` says what to write."""
    return PydanticCustomError("form", "{expected}", {"expected": form, "remedy": remedy})


def text_of(value: object, form: str, remedy: str = "") -> str:
    if not isinstance(value, str):
        raise expected(form, remedy)
    return str(value)  # without what `Expanded` adds
