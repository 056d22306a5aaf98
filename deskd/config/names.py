"""Names and codes of a fixed form: the prefix of references, languages, countries."""

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
