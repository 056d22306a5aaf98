"""Stage parse: raw messages -> `deskd.model.Message`. Pure: no I/O, no clock; any input ends in a value or one `MalformedMessage`."""

from __future__ import annotations

from deskd.parse.html import show_html, text_from_html
from deskd.parse.mail import is_heavy, parse_mail

PARSER_VERSION = 1
"""Stored with every message: raw is kept, so that a better parser can be run over the past."""

__all__ = ["PARSER_VERSION", "is_heavy", "parse_mail", "show_html", "text_from_html"]
