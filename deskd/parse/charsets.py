"""Bytes -> text, whatever they claim to be in. Never raises; says what it had to guess.

Sources: RFC 2978 names as mail uses them, the WHATWG Encoding Standard for what people mean by `iso-8859-1`.
"""

from __future__ import annotations

import codecs
import re

# What programs write -> the codec that reads it. Latin-1 is read as its superset, as browsers do (WHATWG Encoding 4.2).
_MEANT = {
    "ascii": "ascii", "us-ascii": "ascii", "ansi_x3.4-1968": "ascii", "iso646-us": "ascii", "646": "ascii",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "8859-1": "cp1252", "l1": "cp1252", "ansi": "cp1252", "windows-1252": "cp1252", "iso-8859-1-windows-3.1-latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "iso-8859-6-e": "iso-8859-6",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "ks_c_5601-1987": "cp949", "ks_c_5601-1989": "cp949", "euc-kr": "cp949", "ksc5601": "cp949", "korean": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "ms_kanji": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "big5": "big5hkscs", "x-x-big5": "big5hkscs",
    "utf8": "utf-8", "utf-8": "utf-8", "unicode-1-1-utf-8": "utf-8", "utf-8-sig": "utf-8", "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7", "x-unicode-2-0-utf-7": "utf-7", "x-mac-roman": "mac_roman", "macintosh": "mac_roman",
    "koi8-ru": "koi8-u", "x-cp1251": "cp1251", "x-cp1252": "cp1252",
}  # fmt: skip
# Codecs of Python that are no charsets: some are quadratic, some would run escapes.
_NOT_CHARSETS = {
    "idna",
    "punycode",
    "unicode-escape",
    "unicode_escape",
    "raw-unicode-escape",
    "raw_unicode_escape",
    "undefined",
    "mbcs",
    "oem",
}
_NOTHING_SAID = {
    "",
    "unknown",
    "unknown-8bit",
    "x-unknown",
    "8bit",
    "7bit",
    "binary",
    "default",
    "default_charset",
    "none",
    "us-ascii",
    "ascii",
}

# PostgreSQL refuses NUL and lone surrogates; the other controls drive terminals. Tab and line ends stay.
_UNFIT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")

_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def codec(charset: str) -> str | None:
    """The Python codec for a charset's name, or None when there is none that may be used."""
    name = charset.strip().strip("\"'").lower()
    if name in _MEANT:
        return _MEANT[name]
    if name in _NOT_CHARSETS or not name.isascii() or len(name) > 40:
        return None
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # `_is_text_encoding` tells charsets from transforms such as `zip` (bytes.decode asks the same).
    if not getattr(found, "_is_text_encoding", True) or found.name in _NOT_CHARSETS:
        return None
    return found.name


def clean(text: str) -> str:
    """Text as any store and terminal can take it: no NUL, no lone surrogates, no controls but tab and line ends."""
    return _UNFIT.sub("", text) if _UNFIT.search(text) else text


def decode(data: bytes, charset: str | None, fallback: str | None = None) -> tuple[str, str | None]:
    """`data` as text, and what was wrong with its charset (None: nothing).

    `fallback` is a charset other parts of the same mail name; it is tried when `data` is neither what it says nor UTF-8.
    """
    said = (charset or "").strip().strip("\"'").lower()
    if (
        data.isascii()
        and said not in ("utf-7", "unicode-1-1-utf-7", "hz-gb-2312", "hz")
        and b"\x1b" not in data
    ) and not said.startswith(("utf-16", "utf-32", "utf16", "utf32")):
        return clean(data.decode("ascii")), None
    known = codec(said) if said not in _NOTHING_SAID else None
    if known:
        try:
            text = data.decode(known)
        except (UnicodeError, ValueError):
            if known == "cp1252":  # five bytes have no letter there; browsers keep them as controls
                return clean(data.decode("cp1252", "replace")), f"not all of it is {said}"
        else:
            return clean(text.removeprefix("\ufeff")), None
    defect = _complaint(said, known)
    try:
        text = data.decode("utf-8")
        return clean(text.removeprefix("\ufeff")), f"{defect}: read as utf-8"
    except UnicodeDecodeError:
        pass
    # It is that charset, only damaged: keep what can be read. Not one letter of UTF-8 in it means that it never was.
    if known and (known != "utf-8" or _UTF8_LETTER.search(data)):
        return clean(data.decode(known, "replace")), defect
    guess = codec(fallback) if fallback else None
    chosen = guess if guess and guess not in ("ascii", "utf-8") else "cp1252"
    return clean(data.decode(chosen, "replace")), f"{defect}: read as {chosen}"


def _complaint(said: str, known: str | None) -> str:
    if said in _NOTHING_SAID:
        return "8-bit text without a charset"
    return f"not all of it is {said}" if known else f"unknown charset {said[:40]}"
