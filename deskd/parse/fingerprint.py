"""What makes two deliveries the same mail: Message-ID, From, Date, Subject and the decoded parts.

Trace fields, transfer encodings and line ends don't count: they change on the way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def fingerprint(message_id: str, sender: str, date: str, subject: str, parts: Iterable[bytes]) -> str:
    """Hex SHA-256. Each piece is hashed by itself, so that nothing can slide from one into the next."""
    whole = hashlib.sha256()
    for text in (message_id, sender, date, subject):
        whole.update(hashlib.sha256(text.encode("utf-8", "replace")).digest())
    for data in parts:
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")
        whole.update(hashlib.sha256(data.rstrip(b"\n")).digest())
    return whole.hexdigest()
