"""Names that only this desk can have made: Message-IDs with a MAC, and the tokens in reply addresses. No I/O.

A Message-ID of ours shows that a mail answers one we sent; it authorises nobody by itself. A token stands for one customer's place in
one ticket; the store keeps only its hash. Both survive a mail program that changes their case.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping

from deskd.compose.bot_link import mask_links

_PART = re.compile(r"[a-z0-9]+")
_MESSAGE_ID = re.compile(r"deskd\.([a-z0-9]+)\.([a-z0-9]+)\.([a-z2-7]{26})@(\S+)")
_TOKEN = re.compile(r"[a-z2-7]{26}")
_LONGEST_LOCAL_PART = 64  # octets; RFC 5321 4.5.3.1.1
_BYTES = 16  # 128 bits, of a token and of a MAC


def make_message_id(key_id: str, key: bytes, nonce: str, domain: str) -> str:
    """`deskd.<key_id>.<nonce>.<mac>@domain`, without angle brackets. `key_id` and `nonce` are of a-z and 0-9, `nonce` unique."""
    if not (_PART.fullmatch(key_id) and _PART.fullmatch(nonce)):
        raise ValueError(f"key id and nonce are made of a-z and 0-9: {key_id!r}, {nonce!r}")
    return f"deskd.{key_id}.{nonce}.{_mac(key_id, key, nonce, domain)}@{domain}"


def check_message_id(message_id: str, keys: Mapping[str, bytes]) -> bool:
    """Whether one of these keys (by key id) made it. Takes the same time however wrong the MAC is."""
    found = _MESSAGE_ID.fullmatch(message_id.strip().casefold())
    if found is None or found[1] not in keys:
        return False
    expected = _mac(found[1], keys[found[1]], found[2], found[4])
    return hmac.compare_digest(expected, found[3])


def _mac(key_id: str, key: bytes, nonce: str, domain: str) -> str:
    return _base32(hmac.digest(key, f"{key_id}.{nonce}@{domain.casefold()}".encode(), "sha256")[:_BYTES])


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def make_token(random_bytes: bytes) -> str:
    """The token of 16 random bytes: 26 characters of a-z and 2-7. Raises ValueError for fewer bytes: it could be guessed."""
    if len(random_bytes) != _BYTES:
        raise ValueError(f"a token is made of {_BYTES} random bytes, not {len(random_bytes)}")
    return _base32(random_bytes)


def token_hash(token: str) -> str:
    """What the store keeps: hex SHA-256."""
    return hashlib.sha256(token.casefold().encode()).hexdigest()


def reply_address(address: str, token: str) -> str:
    """`support+<token>@acme.example`; the plain address when that would make the local part longer than mail allows."""
    local, _, domain = address.rpartition("@")
    signed = f"{local}+{token}"
    return f"{signed}@{domain}" if len(signed.encode()) <= _LONGEST_LOCAL_PART else address


def token_of(address: str) -> str | None:
    """The token in a reply address, in lower case; None when there is none."""
    _, plus, token = address.rpartition("@")[0].casefold().rpartition("+")
    return token if plus and _TOKEN.fullmatch(token) else None


_BOUNCE = re.compile(r"bounce-([0-9]{1,18})-([a-z0-9]{1,16})-([a-z2-7]{26})")


def bounce_address(address: str, key_id: str, key: bytes, message_id: int) -> str:
    """The envelope sender of one message of ours (VERP): a report of failure comes back to it, and says which it is about.

    The plain address where that would make the local part longer than mail allows.
    """
    local, _, domain = address.rpartition("@")
    sender = f"{local}+bounce-{message_id}-{key_id}-{_bounce_mac(key_id, key, message_id)}"
    return f"{sender}@{domain}" if len(sender.encode()) <= _LONGEST_LOCAL_PART else address


def bounced_message(tail: str, keys: Mapping[str, bytes]) -> int | None:
    """The message that such an address is of, by what stands behind its plus; None where none of these keys made it."""
    found = _BOUNCE.fullmatch(tail.casefold())
    if found is None or found[2] not in keys:
        return None
    expected = _bounce_mac(found[2], keys[found[2]], int(found[1]))
    return int(found[1]) if hmac.compare_digest(expected, found[3]) else None


def _bounce_mac(key_id: str, key: bytes, message_id: int) -> str:
    return _base32(hmac.digest(key, f"bounce {key_id} {message_id}".encode(), "sha256")[:_BYTES])


_SIGNED = re.compile(r"(?:\+|%2B|&#43;|&plus;)[a-z2-7]{26}(?=@|%40|&#64;|&commat;)", re.IGNORECASE)


def mask_tokens(text: str) -> str:
    """`text` with the tokens in reply addresses left out: `support@acme.example`, and those in links to a bot. What people are shown may be read by
    others than the token's owner."""
    return mask_links(_SIGNED.sub("", text))
