"""Whose a chat is: a person in a chat is their own contact until a one-time link from a mail, or a code mailed to an address, shows that they are another too.

In the unit of work of the update. Never by a name that two people share. A contact who has other addresses keeps all that didn't come from the chat. What was
joined can be parted again: each ticket keeps how it was.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from deskd import bot
from deskd.bot import Turn
from deskd.chats import says
from deskd.compose.alert import compose_notice
from deskd.compose.bot_link import code_hash
from deskd.compose.ids import make_message_id
from deskd.config import Settings
from deskd.desk.chats import Owned
from deskd.errors import CommandRefused
from deskd.model import Address, Button, address_key
from deskd.store import Work, alerts, contacts, history, keys, linking, tickets
from deskd.store.linking import Code
from deskd.store.times import micros

CODE_LIFE: Final = timedelta(minutes=30)
LINK_LIFE: Final = timedelta(days=30)
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
_LENGTH: Final = 8
_MOST: Final = 3  # codes an hour from one chat, and to one address
_LONGEST: Final = 200
_NAMED: Final = 16  # of the digits of a link's hash: its button says which it is about


def asked(turn: Turn, address: str) -> int | None:
    """An address was given: a code goes there. The answer is the same whether the desk knows the address or not."""
    work, settings, now = turn.work, turn.settings, turn.now
    address = address.split()[0]
    channel = settings.first_mail_channel
    chat = turn.place
    wrong = len(address) > _LONGEST or not address.isascii() or address.count("@") != 1
    if channel is None or wrong or settings.mail_channel_for(address) is not None:
        bot.say(turn, "link_how")
        return None
    if linking.asked_since(work, chat, address_key(address), now - timedelta(hours=1)) >= _MOST:
        bot.say(turn, "too_many")
        return None
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    contact = contacts.find_or_add(work, address, "", now)
    linking.keep(work, code_hash(code, chat), contact.id, address_key(address), chat, now)
    _mail(turn, channel, address, code)
    bot.say(turn, "code_sent", address=address)
    return None


def brought(turn: Turn, code: str) -> int | None:
    """A code that was asked for in this chat: the chat's contact and the address's become one. A link may be anybody's doing: about it they are asked first."""
    code = code.split()[0][:100]
    found = _good(turn, code_hash(code.upper(), turn.place)) or _good(turn, code_hash(code, None))
    if found is None:
        bot.say(turn, "link_bad")
    elif found.chat is None:
        _ask(turn, found)
    elif _become_one(turn, found):
        bot.say(turn, "linked", address=found.address)
    return None


def confirmed(turn: Turn, which: str) -> bool:
    """The button under the question after a link was pressed; False where it isn't the question that stands last."""
    memory = bot.memory(turn)
    if not memory.joining or memory.joining[:_NAMED] != which:
        return False
    bot.remember(turn, replace(memory, joining=""))
    found = _good(turn, memory.joining)
    if found is not None and _become_one(turn, found):
        bot.amend(turn, says.say(bot.language_of(turn), "linked", address=found.address))
    else:
        bot.amend(turn, says.say(bot.language_of(turn), "link_bad"))
    return True


def shown(address: str) -> str:
    """An address for somebody who has yet to say that it is theirs: m…@cliente.example."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _good(turn: Turn, hash: str) -> Code | None:
    """A code or link that can still be used."""
    found = linking.find(turn.work, hash)
    life = CODE_LIFE if found is not None and found.chat else LINK_LIFE
    return found if found is not None and found.created_at >= micros(turn.now - life) else None


def _ask(turn: Turn, link: Code) -> None:
    """Whoever sends somebody a link of their own would otherwise get their tickets by one tap."""
    bot.remember(turn, replace(bot.memory(turn), joining=link.hash))
    yes = Button(f"join:{link.hash[:_NAMED]}", says.say(bot.language_of(turn), "link_yes"), "")
    bot.say(turn, "link_ask", [[yes]], address=shown(link.address))


def _become_one(turn: Turn, found: Code) -> bool:
    """False: somebody was faster."""
    work, now, own = turn.work, turn.now, turn.person
    if not linking.use(work, found, now):
        return False
    before = contacts.find_or_add(work, own, turn.update.name, now)
    if before.id != found.contact_id:
        _join(work, turn.settings, own, before.id, found.contact_id, found.address, now)
    return True


def part(work: Work, settings: Settings, ticket_id: int, actor: str, now: datetime) -> int:
    """An agent undoes it: the chat's person is their own contact again, with the tickets that were theirs. Raises `CommandRefused`."""
    kept = history.last(work, ticket_id, "contacts_joined")
    undo = kept.data.get("undo") if kept else None
    if not undo or not linking.give(work, undo["address"], undo["into"], undo["from"], len(undo["tickets"])):
        raise CommandRefused("there is nothing to undo any more")
    for each in undo["tickets"]:
        ticket = tickets.load(work, each)
        if ticket is not None and ticket.contact_id == undo["into"]:
            bot.done(work, settings, each, Owned(actor, undo["from"], undo["address"], None), now)
    return ticket_id


def _join(work: Work, settings: Settings, own: str, old: int, new: int, address: str, now: datetime) -> None:
    alone = contacts.addresses(work, old) == (own,)
    theirs = linking.tickets_of(work, old) if alone else linking.brought_by(work, old, f"contact:{own}")
    if not linking.give(work, own, old, new, len(theirs)):
        return
    undo = {"address": own, "from": old, "into": new, "tickets": theirs}
    for each in theirs:
        bot.done(work, settings, each, Owned(f"contact:{own}", new, address, undo), now)


def _mail(turn: Turn, channel: str, address: str, code: str) -> None:
    work, settings, now = turn.work, turn.settings, turn.now
    language = bot.language_of(turn)
    own = settings.mail_channels()[channel].address
    sender = Address(settings.display_name(channel), own)
    text = says.say(language, "code_mail", code=code, desk=settings.desk.name)
    subject = says.say(language, "code_subject", desk=settings.desk.name)
    message_id = make_message_id(*keys.signing(work, now), secrets.token_hex(12), own.rpartition("@")[2])
    mail = compose_notice(sender, address, subject, text, message_id, now)
    alerts.queue_mail(work, channel, secrets.token_hex(16), mail, now)
