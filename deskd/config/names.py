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
