"""Names and codes of a fixed form: the prefix of references, languages, countries, patterns of numbers."""

from __future__ import annotations

import re

from deskd.config.expected import expected, text_of


def parse_prefix(value: object) -> str:
    """`ACME`: what ticket references begin with."""
    form = "1 to 16 capital letters and digits, a letter first, such as ACME"
    text = text_of(value, form)
    if not re.fullmatch(r"[A-Z][A-Z0-9]{0,15}", text):
        better = re.sub(r"[^A-Z0-9]", "", text.upper())[:16].lstrip("0123456789")
        raise expected(form, f"write {better}" if better else "")
    return text


def parse_language(value: object) -> str:
    """`it`, or `pt-BR`."""
    form = "a language's two letters (ISO 639-1) such as it"
    text = text_of(value, form)
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", text):
        raise expected(form, f"write {text.lower()}" if re.fullmatch("[A-Za-z]{2}", text) else "")
    return text


def parse_country(value: object) -> str:
    """`IT`: ISO 3166-1, two letters."""
    from babel import Locale  # late: few desks name a country, and every start would wait for it

    form = "a country's two letters (ISO 3166-1) such as IT"
    text = text_of(value, form)
    territories = [str(code) for code in Locale("en").territories]
    countries = {code for code in territories if re.fullmatch("[A-Z]{2}", code)} - _NO_COUNTRIES
    if text not in countries:
        raise expected(form, f"write {text.upper()}" if text.upper() in countries else "")
    return text


_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # CLDR's groups and placeholders


def parse_person(value: object) -> str:
    """A person's id in Telegram: a whole number, written as one or as text. Raises `PydanticCustomError`."""
    text = _whole_number(value)
    if re.fullmatch(r"[1-9][0-9]{0,18}", text):
        return text
    raise expected(
        "a person's numeric id in Telegram", "have them write to the bot: the ticket shows telegram:ID"
    )


def parse_group(value: object) -> str:
    """A Telegram group's id: below zero, written as a number or as text. Raises `PydanticCustomError`."""
    text = _whole_number(value)
    if re.fullmatch(r"-[1-9][0-9]{0,18}", text):
        return text
    digits = re.fullmatch(r"[1-9][0-9]{8,12}", text)
    form = "a Telegram group's numeric id, which is below zero: -1001234567890"
    raise expected(
        form, f"write -{'' if text.startswith('100') and len(text) == 13 else '100'}{text}" if digits else ""
    )


def place_as_text(value: object) -> object:
    """A Slack channel's id or #name is text; a Telegram group's id may be written as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value < 0 else value


def _whole_number(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def parse_regexp(value: object) -> str:
    r"""`\[#\d+\]`: a pattern that RE2 takes, of at most 200 characters, and that never finds nothing at all."""
    import re2  # late: few desks name a pattern

    form = r"a regular expression of RE2, such as '\[#\d+\]'"
    text = text_of(value, form)
    options = re2.Options()
    options.log_errors = False
    try:
        found = re2.compile(text, options)
    except (re2.error, UnicodeEncodeError) as error:
        told = error.args[0].decode() if isinstance(error.args[0], bytes) else "half a character"
        raise expected(form, f"RE2 says: {told}") from error
    if len(text) > 200 or found.search("") is not None:
        raise expected(f"{form}, of at most 200 characters, that needs something to find")
    return text
