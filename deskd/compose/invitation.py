"""What a customer gets about a call or a visit: the words, in their language, and the event for their calendar (RFC 5545, RFC 5546, RFC 6047). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from babel.dates import format_date, format_time

if TYPE_CHECKING:
    from icalendar import vCalAddress

from deskd.model import Address, TaskKind

LONG: Final = timedelta(hours=1)
"""How long a visit stands in the customer's calendar."""

_WORDS: Final[dict[str, dict[str, str]]] = {
    "it": {
        "hello": "Buongiorno,",
        "visit": "per la Sua richiesta {ref} passiamo da Lei {when}.",
        "callback": "per la Sua richiesta {ref} La richiamiamo {when}.",
        "place": "Dove: {place}",
        "who": "Viene: {who}",
        "change": "Se l'orario non va bene, basta rispondere a questo messaggio.",
        "visit_off": "la visita prevista per la Sua richiesta {ref} {when} non avrà luogo. Ci facciamo vivi noi per un altro orario.",
        "callback_off": "la telefonata prevista per la Sua richiesta {ref} {when} non avrà luogo. Ci facciamo vivi noi per un altro orario.",
        "when": "{day} alle {time}",
        "title_visit": "Visita: {ref}",
        "title_callback": "Telefonata: {ref}",
    },
    "en": {
        "hello": "Hello,",
        "visit": "about your request {ref}: we will come to see you on {when}.",
        "callback": "about your request {ref}: we will call you back on {when}.",
        "place": "Where: {place}",
        "who": "Who: {who}",
        "change": "If that time doesn't suit you, simply reply to this message.",
        "visit_off": "the visit we had arranged for your request {ref} on {when} will not take place. We will be in touch with another time.",
        "callback_off": "the call we had arranged for your request {ref} on {when} will not take place. We will be in touch with another time.",
        "when": "{day} at {time}",
        "title_visit": "Visit: {ref}",
        "title_callback": "Phone call: {ref}",
    },
    "es": {
        "hello": "Hola:",
        "visit": "Por su consulta {ref}, pasaremos a verle el {when}.",
        "callback": "Por su consulta {ref}, le llamaremos el {when}.",
        "place": "Dónde: {place}",
        "who": "Quién va: {who}",
        "change": "Si no le viene bien, basta con responder a este mensaje.",
        "visit_off": "La visita prevista por su consulta {ref} para el {when} no tendrá lugar. Le propondremos otra hora.",
        "callback_off": "La llamada prevista por su consulta {ref} para el {when} no tendrá lugar. Le propondremos otra hora.",
        "when": "{day} a las {time}",
        "title_visit": "Visita: {ref}",
        "title_callback": "Llamada: {ref}",
    },
    "pt": {
        "hello": "Olá,",
        "visit": "A nossa visita para o seu pedido {ref} está marcada para {when}.",
        "callback": "A nossa ligação sobre o seu pedido {ref} está marcada para {when}.",
        "place": "Onde: {place}",
        "who": "Quem vai: {who}",
        "change": "Se o horário não for bom para você, basta responder a esta mensagem.",
        "visit_off": "A visita marcada para o seu pedido {ref} ({when}) não vai acontecer. Entraremos em contato para combinar outro horário.",
        "callback_off": "A ligação marcada para o seu pedido {ref} ({when}) não vai acontecer. Entraremos em contato para combinar outro horário.",
        "when": "{day}, às {time}",
        "title_visit": "Visita: {ref}",
        "title_callback": "Ligação: {ref}",
    },
}


@dataclass(frozen=True, slots=True)
class Appointment:
    """An event for a calendar. `sequence` grows with each change of it; `cancel`: it won't take place."""

    uid: str
    title: str
    at: datetime
    place: str = ""
    sequence: int = 0
    cancel: bool = False


def text(
    language: str,
    kind: TaskKind,
    at: datetime,
    zone: tzinfo,
    *,
    ref: str,
    place: str = "",
    who: str = "",
    cancel: bool = False,
) -> str:
    """The customer's words. The time is the desk's, with its zone named."""
    say = _of(language)
    spoken = _spoken(language)
    day = format_date(at.astimezone(zone), "full", locale=spoken)
    time = f"{format_time(at, 'short', tzinfo=zone, locale=spoken)} ({zone})"
    when = say["when"].format(day=day, time=time)
    if cancel:
        return "\n\n".join([say["hello"], say[f"{kind}_off"].format(ref=ref, when=when)])
    details = [
        *([say["place"].format(place=place)] if place else []),
        *([say["who"].format(who=who)] if who and kind == "visit" else []),
    ]
    paragraphs = [say["hello"], say[kind].format(ref=ref, when=when), "\n".join(details), say["change"]]
    return "\n\n".join(part for part in paragraphs if part)


def title(language: str, kind: TaskKind, ref: str) -> str:
    return _of(language)[f"title_{kind}"].format(ref=ref)


def event(one: Appointment, organizer: Address, attendee: Address, now: datetime) -> bytes:
    """The calendar part of the mail: METHOD:REQUEST asks, METHOD:CANCEL takes back."""
    from icalendar import Calendar, Event, vText  # late, here and below: a start needs no calendars

    calendar = Calendar()
    calendar.add("prodid", "-//deskd//deskd//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method(one))
    made = Event()
    made.add("uid", one.uid)
    made.add("dtstamp", now.astimezone(UTC))
    made.add("dtstart", one.at.astimezone(UTC))
    made.add("dtend", (one.at + LONG).astimezone(UTC))
    made.add("summary", one.title)
    made.add("sequence", one.sequence)
    made.add("status", "CANCELLED" if one.cancel else "CONFIRMED")
    if one.place:
        made.add("location", one.place)
    made.add("organizer", _person(organizer))
    invited = _person(attendee)
    invited.params["ROLE"] = vText("REQ-PARTICIPANT")
    invited.params["PARTSTAT"] = vText("NEEDS-ACTION")
    invited.params["RSVP"] = vText("TRUE")
    made.add("attendee", invited, encode=False)
    calendar.add_component(made)
    return bytes(calendar.to_ical())


def method(one: Appointment) -> str:
    return "CANCEL" if one.cancel else "REQUEST"


def _person(person: Address) -> vCalAddress:
    from icalendar import vCalAddress, vText

    address = vCalAddress(f"mailto:{person.address}")
    if person.name:
        address.params["CN"] = vText(" ".join(person.name.replace('"', "'").split()))
    return address


def _of(language: str) -> dict[str, str]:
    return _WORDS.get(language) or _WORDS.get(_spoken(language)) or _WORDS["en"]


def _spoken(language: str) -> str:
    short = language.partition("-")[0]
    return short if short in _WORDS else "en"
