"""What deskd makes of a message, without a store: its parts, its thread among the messages given with it, every rule with its reason, and the result.

The same stages as the pipeline's, in the same order (parse, authenticate, threads, rules, assignment); what a desk would know besides, its tickets and contacts,
is as in an empty one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from deskd import rules, threads
from deskd.addressee import channel_of, chosen_channel
from deskd.assignment import Loads, assign_new
from deskd.authenticate import authenticate, without_claims
from deskd.clock.calendars import open_now
from deskd.config import MailChannel, Settings
from deskd.errors import MalformedMessage
from deskd.model import Address, AuthVerdict, Envelope, Joining, Message
from deskd.parse import parse_mail
from deskd.threads import Clues, Known, ids_named

LANGUAGES: Final = ("it", "en", "es", "pt")
CHANNEL: Final = "mail"
"""The channel's name where there is no configuration."""

Told = dict[str, Any]


class Explainer:
    """Explains messages one after the other; each may answer one that came before. Raises `UsageError` for a channel that isn't there."""

    def __init__(self, settings: Settings | None, ruleset: rules.RuleSet, channel: str | None) -> None:
        self._settings = settings
        self._ruleset = ruleset
        self._channel = chosen_channel(settings, channel) if settings else channel or CHANNEL
        self._index = _Index()

    def explain(self, name: str, data: bytes, error: str | None = None) -> Told:
        """One message as `explain --json` gives it. Never raises for what it is given."""
        told: Told = {
            "file": name,
            "error": error,
            "message": None,
            "thread": None,
            "rules": [],
            "result": None,
        }
        if error is not None:
            return told
        try:
            languages = self._settings.desk.languages if self._settings else LANGUAGES
            message = parse_mail(data, Envelope(), languages)
        except MalformedMessage as malformed:
            return told | {"error": str(malformed)}
        except Exception as failure:
            return told | {"error": f"deskd failed on it: {type(failure).__name__}: {failure}"}
        return told | self._judged(name, message, data)

    def _judged(self, name: str, message: Message, data: bytes) -> Told:
        settings = self._settings
        channel = self._channel or (channel_of(settings, data) if settings else CHANNEL)
        configured = settings.channels.get(channel) if settings else None
        trusted = configured.authserv if isinstance(configured, MailChannel) else ()
        auth = authenticate(message, data, trusted)
        message = without_claims(message, data, trusted)
        joining, label = self._index.join(name, message, auth, settings)
        facts = self._facts(message, channel, joining.ticket is None)
        verdict = rules.evaluate(self._ruleset, facts)
        return {
            "message": message_told(message),
            "thread": {"ticket": label, "because": joining.because},
            "rules": [
                {"name": trace.name, "fired": trace.fired, "because": trace.because}
                for trace in rules.explain(self._ruleset, facts)
            ],
            "result": self._result(channel, verdict),
        }

    def _facts(self, message: Message, channel: str, new: bool) -> rules.Facts:
        settings = self._settings
        team = settings.default_team(channel) if settings else None
        return rules.Facts(
            event="message",
            channel=channel,
            message=message,
            new=new,
            ticket=rules.TicketFacts(team=team, level=_level(settings, team)),
            contact=rules.ContactFacts(
                address=message.sender.address,
                domain=message.sender.address.rpartition("@")[2],
                name=message.sender.name,
            ),
            hours=open_now(settings, message.date or datetime.now(UTC)) if settings else {},
            language=message.language or (settings.desk.languages if settings else LANGUAGES)[0],
        )

    def _result(self, channel: str, verdict: rules.Verdict) -> Told:
        settings = self._settings
        judged = verdict.ticket
        assigned = assign_new(settings, channel, verdict.actions, lambda team: Loads()) if settings else None
        team = assigned.team if assigned else judged.team
        return {
            "team": team,
            "level": _level(settings, team) if team else judged.level,
            "assignee": assigned.agent if assigned else judged.assignee,
            "tags": list(judged.tags),
            "priority": judged.priority,
            "status": judged.status,
            "urgency": judged.urgency,
            "impact": judged.impact,
            "discarded_by": verdict.discarded_by,
            "because": assigned.because if assigned else None,
        }


def _level(settings: Settings | None, team: str | None) -> int:
    return settings.teams[team].level if settings and team else 1


# ── threads, among the messages given ────────────────────────────────────────────────────────────────────────────────


class _Index:
    """The threads so far: which ids lead to which. A thread is called by the file that began it."""

    def __init__(self) -> None:
        self._known: list[Known] = []
        self._ids: dict[str, int] = {}  # every id that a thread's mails carry or name
        self._seen: set[str] = set()  # those that a mail carries
        self._fingerprints: dict[str, int] = {}

    def join(
        self, name: str, message: Message, auth: AuthVerdict, settings: Settings | None
    ) -> tuple[Joining, str | None]:
        """What `threads.decide` says, and the file that began the thread it joins; None: it begins one."""
        sender = message.sender.key
        agent = settings.agent_by_email(message.sender.address) if settings else None
        joining = threads.decide(message, sender, auth, self._clues(message), agent)
        ticket = joining.ticket
        if ticket is None:
            ticket = len(self._known)
            self._known.append(Known(ticket, name, "open", frozenset({sender})))
        self._keep(message, ticket)
        return joining, None if joining.ticket is None else self._known[ticket].ref

    def _clues(self, message: Message) -> Clues:
        same = self._fingerprints.get(message.fingerprint)
        if same is not None:
            return Clues(duplicate_of=same, duplicate_ticket=same)
        # An answer may come before what it answers; but an id that another mail carries is no sign (threads.ids_named).
        own = (message.message_id,) if message.message_id and message.message_id not in self._seen else ()
        found = dict.fromkeys(
            self._ids[rfc_id] for rfc_id in (*ids_named(message), *own) if rfc_id in self._ids
        )
        return Clues(by_reference=tuple(found), tickets={ticket: self._known[ticket] for ticket in found})

    def _keep(self, message: Message, ticket: int) -> None:
        for rfc_id in (message.message_id, *ids_named(message)):
            if rfc_id:
                self._ids.setdefault(rfc_id, ticket)
        if message.message_id:
            self._seen.add(message.message_id)
        if message.fingerprint:
            self._fingerprints.setdefault(message.fingerprint, ticket)


# ── a message, told ──────────────────────────────────────────────────────────────────────────────────────────────────


def message_told(message: Message) -> Told:
    """A message's parts, as `explain --json` gives them."""
    return {
        "from": _address(message.sender),
        "to": [_address(one) for one in message.to],
        "cc": [_address(one) for one in message.cc],
        "reply_to": [_address(one) for one in message.reply_to],
        "subject": message.subject,
        "date": message.date,
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "kind": message.kind,
        "language": message.language,
        "text": message.text,
        "body": message.body,
        "html": message.html,
        "attachments": [
            {
                "name": file.name,
                "type": file.type,
                "size": file.size,
                "sha256": file.sha256,
                "inline": file.inline,
            }
            for file in message.attachments
        ],
        "bounce": [
            {"address": one.address, "permanent": one.permanent, "status": one.status, "reason": one.reason}
            for one in message.bounces
        ],
        "defects": list(message.defects),
    }


def _address(address: Address) -> Told:
    return {"name": address.name, "address": address.address}
