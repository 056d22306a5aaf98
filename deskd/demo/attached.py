"""Files on their way between the page and the stand-ins: up as base64 in JSON, down as a download or, where that is safe, as a picture."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from deskd.demo.mails import File

MAX_FILES: Final = 10
SHOWN_AS_THEY_ARE: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Kinds in which nothing can be hidden that a browser would run; all else is only saved."""


def files_of(asked: Mapping[str, Any]) -> list[File]:
    """`asked["files"]`: `{name, content}` each, the content in base64. Raises `LookupError` for what isn't that."""
    try:
        return [
            (str(file["name"])[:200] or "file", base64.b64decode(file["content"], validate=True))
            for file in list(asked.get("files") or ())[:MAX_FILES]
        ]
    except (TypeError, KeyError, binascii.Error) as wrong:
        raise LookupError("the files could not be read") from wrong
