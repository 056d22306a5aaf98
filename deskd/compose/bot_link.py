"""The one-time link by which whoever reads a contact's mail goes on in the bot's chat as that contact. Pure.

The desk keeps, shows and exports it with a mask for its token; the token is put in where the mail is made, for that one reader. Who holds it is taken for
the contact: nobody else may see it. https://core.telegram.org/bots/features#deep-linking
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from typing import Final

MASK: Final = "one-time"
_WITH_TOKEN: Final = re.compile(
    r"(start(?:=|%(?:25)*3D|&#0*61;|&#x0*3d;|&equals;|(?:@\w{1,64})?\s{1,3}))[0-9a-f]{32}(?![0-9a-f])",
    re.IGNORECASE,
)
"""Whatever stands before: t.me, telegram.dog, tg://resolve, a link as programs rewrite it that guard it, the bare command. A token is of hexadecimal digits:
nothing in it can be taken for formatting."""


def masked(bot: str) -> str:
    """The link to the bot of this name, as a text may hold it."""
    return f"https://t.me/{bot}?start={MASK}"


def holds_link(text: str, bots: Collection[str]) -> bool:
    """Whether a link to one of the desk's own bots, by their names, stands in it."""
    return MASK in text and bool(bots) and _masked(bots).search(text) is not None


def opened(text: str, token: str, bots: Collection[str]) -> str:
    """`text` with the token in its links to the desk's own bots; "": with links that lead to the bot and prove nothing. Another's bot gets no token."""
    if not bots:
        return text
    return _masked(bots).sub(rf"\1?start={token}" if token else r"\1", text)


def _masked(bots: Collection[str]) -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(bots))
    return re.compile(rf"(https://t\.me/(?:{names}))\?start={MASK}(?![\w-])", re.IGNORECASE)


def mask_links(text: str) -> str:
    """What came from outside may quote such a link: people are shown it without its token."""
    return _WITH_TOKEN.sub(rf"\1{MASK}", text)


def code_hash(code: str, chat: str | None) -> str:
    """What the store keeps of a code for a chat, or of a link's token (`chat` None): hex SHA-256."""
    return hashlib.sha256(f"{chat or 'link'}\0{code}".encode()).hexdigest()
