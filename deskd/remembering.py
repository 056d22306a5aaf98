"""A message that rules have judged, as they saw it: its stored texts, and the headers of its raw form. What explains a verdict and what tries other rules
begin here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from deskd.authenticate import without_claims
from deskd.config import MailChannel, Settings
from deskd.errors import ConfigError, MalformedMessage
from deskd.model import Message
from deskd.parse import parse_mail
from deskd.parse.chat import understand_chat, understand_update
from deskd.parse.slack import parse_slack
from deskd.parse.telegram import parse_telegram
from deskd.rules import Facts, RuleSet, load_rule_texts
from deskd.rules.record import recalled
from deskd.store import Store, Work, rule_sets
from deskd.store.judged import JudgedMessage
from deskd.understanding import without_tokens


def facts_of(settings: Settings, judged: JudgedMessage) -> Facts:
    """What the rules were told then. Raises `MalformedMessage` for a raw form that this version can't read."""
    return recalled(judged.kept, message_of(settings, judged))


def message_of(settings: Settings, judged: JudgedMessage) -> Message:
    languages = settings.desk.languages
    if judged.source == "slack":
        return understand_chat(parse_slack(judged.payload), languages)
    if judged.source == "telegram":
        return understand_update(parse_telegram(judged.payload), judged.channel, languages)
    if judged.stored is None:
        return _shown(settings, judged, parse_mail(judged.payload, judged.envelope, languages))
    try:
        head = parse_mail(_head(judged.payload), judged.envelope, languages)
    except MalformedMessage:
        head = parse_mail(judged.payload, judged.envelope, languages)
    stored = judged.stored
    return replace(
        _shown(settings, judged, head),
        subject=stored["subject"],
        text=stored["text"],
        body=stored["body"],
        kind=stored["kind"],
        language=stored["language"],
        attachments=judged.files,
    )


def _shown(settings: Settings, judged: JudgedMessage, message: Message) -> Message:
    """As rules may see it (`deskd.understanding`)."""
    channel = settings.channels.get(judged.channel)
    trusted = channel.authserv if isinstance(channel, MailChannel) else ()
    return without_tokens(without_claims(message, judged.payload, trusted))


def _head(payload: bytes) -> bytes:
    """The header block alone: the body's texts are stored, and reading them again would cost ten times as much."""
    ends = [at for at in (payload.find(b"\r\n\r\n"), payload.find(b"\n\n")) if at >= 0]
    return payload[: min(ends)] + b"\r\n\r\n" if ends else payload


def sets_by_hash(store: Store, settings: Settings) -> Callable[[str], RuleSet | None]:
    """A look-up of the rule sets that were ever in force; None for one that isn't kept, or that this version doesn't read any more."""
    known: dict[str, RuleSet | None] = {}

    def find(hash: str) -> RuleSet | None:
        if hash not in known:
            known[hash] = store.read_now(lambda work: kept_set(work, settings, hash))
        return known[hash]

    return find


def kept_set(work: Work, settings: Settings, hash: str) -> RuleSet | None:
    """A rule set that was in force once, from its kept files."""
    source = rule_sets.source_of(work, hash)
    if source is None:
        return None
    texts = json.loads(source)
    try:
        return load_rule_texts(texts, settings)
    except ConfigError:  # it names a team, say, that the desk hasn't any more
        try:
            return load_rule_texts(texts)
        except ConfigError:
            return None
