"""People outside Slack get a handoff by mail; what they answer is a note, or goes to the customer where it may; what is hidden never leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from deskd import escalation, outside
from deskd.compose.ids import token_of
from deskd.config import Settings, settings_from
from deskd.desk.commands import Escalate, NotSent
from deskd.handoff import Said, Story
from deskd.store import Store, Work
from deskd.yamlfile import read_yaml_text
from tests.support.clockwork import Clockwork
from tests.support.desk import DESKD_YAML, MARIA, NOTE, NOW, TICKET, ask, posted, state
from tests.support.mailroom import id_of, mail, signed_address

HOUR = timedelta(hours=1)
VENDOR = "help@vendor.example"
PASSED = {
    "Authentication_Results": "mx.acme.example; dkim=pass header.d=vendor.example; dmarc=pass header.from=vendor.example"
}
FILE = (
    b"From: Maria Rossi <maria@cliente.example>\r\nTo: support@acme.example\r\nSubject: Router di Maria Rossi\r\n"
    b"Message-ID: <f1@cliente.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSono Maria Rossi, chiamatemi al +39 347 1234567 o maria@cliente.example.\r\n"
    b"--b\r\nContent-Type: text/plain; name=log.txt\r\nContent-Disposition: attachment; filename=log.txt\r\n\r\nboot ok\r\n"
    b"--b--\r\n"
)  # fmt: skip


def desk_with(team: str, **channel: Any) -> Settings:
    """A third level outside Slack, above specialists; `team` are its further keys."""
    text = DESKD_YAML.format(database="sqlite:///x.db", undo="0s", replies="public")
    text = text.replace(
        "calendars:\n", f"  vendor: {{level: 3, email: {VENDOR}{team}}}\ncalendars:\n", 1
    ).replace("    team: front-desk\n", "    team: front-desk\n    authserv: mx.acme.example\n", 1)
    return settings_from(read_yaml_text(text, "deskd.yaml"), {}, Path("/desk/deskd.yaml"))


def handed(store: Store, team: str = "", question: bytes = FILE) -> tuple[Clockwork, int, EmailMessage]:
    desk = Clockwork(store, settings=desk_with(team))
    ticket = desk.arrive(question).ticket or 0
    desk.answer(ticket, "Abbiamo provato a riavviarlo.")
    note = Escalate("agent:anna", "it needs the maker", "vendor")

    def unit(work: Work) -> None:
        assert escalation.escalate(work, desk.settings, ticket, note, desk.now)

    store.write_now(unit)
    [sent] = desk.sent()
    return desk, ticket, sent


def answer(
    to: EmailMessage, text: str = "Send us the serial number.", sender: str = VENDOR, **fields: str
) -> bytes:
    return mail(
        f"Vendor Support <{sender}>",
        f"Re: {to['Subject']}",
        text,
        to=signed_address(to),
        refs=[id_of(to)],
        **fields,
    )


def words(sent: EmailMessage) -> str:
    body = sent.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def messages(desk: Clockwork, ticket: int) -> list[tuple[str, str]]:
    return [(one["direction"], one["author"]) for one in desk.shown(ticket)["messages"]]


def test_the_vendor_gets_the_handoff_with_a_signed_address(store: Store) -> None:
    desk, ticket, sent = handed(store)
    assert str(sent["To"]) == f"vendor <{VENDOR}>"
    assert str(sent["Subject"]) == "Router di Maria Rossi [ACME-1001]"
    assert str(sent["Auto-Submitted"]) == "auto-generated"
    assert token_of(signed_address(sent))
    for told in (
        "it needs the maker",
        "Sono Maria Rossi",
        "riavviarlo",
        "Anna Rossi",
        "maria@cliente.example",
    ):
        assert told in words(sent)
    [file] = list(sent.iter_attachments())
    assert (file.get_filename(), file.get_content().strip()) == ("log.txt", "boot ok")
    [event] = desk.events(ticket, "handed_over")
    assert (event["to"], event["address"]) == ("vendor", VENDOR)
    assert any(post["text"].startswith("📧") for post in desk.posts(ticket) if "text" in post)


def test_its_answer_is_a_note_and_accepts(store: Store) -> None:
    desk, ticket, sent = handed(store)
    filed = desk.arrive(answer(sent, **PASSED), rcpt_to=[signed_address(sent)])
    assert filed.ticket == ticket
    assert messages(desk, ticket)[-1] == ("note", "agent:vendor")
    assert desk.sent() == [], "the customer hears nothing of it"
    posts = [post["text"] for post in desk.posts(ticket) if "text" in post]
    assert "Send us the serial number." in posts
    assert any("people outside Slack answer the desk" in text for text in posts)


def test_where_it_may_what_is_proven_goes_to_the_customer(store: Store) -> None:
    desk, ticket, sent = handed(store, ", may_reply: true")
    desk.arrive(answer(sent, **PASSED), rcpt_to=[signed_address(sent)])
    [reply] = desk.sent()
    assert str(reply["To"]) == "Maria Rossi <maria@cliente.example>"
    assert "Send us the serial number." in words(reply)
    assert messages(desk, ticket)[-1] == ("out", "agent:vendor")
    assert [one["actor"] for one in desk.events(ticket, "accepted")] == ["agent:vendor"]


def test_what_nothing_proves_stays_inside_and_is_warned_of(store: Store) -> None:
    desk, ticket, sent = handed(store, ", may_reply: true")
    desk.arrive(answer(sent), rcpt_to=[signed_address(sent)])
    assert messages(desk, ticket)[-1] == ("note", "agent:vendor")
    assert desk.sent() == []
    assert desk.events(ticket, "accepted") == []


def test_someone_else_with_the_vendor_s_address_joins_nothing(store: Store) -> None:
    desk, ticket, sent = handed(store, ", may_reply: true")
    stranger = desk.arrive(answer(sent, sender="mallory@else.example"), rcpt_to=[signed_address(sent)])
    assert stranger.ticket != ticket
    desk.arrive(answer(sent, **PASSED), rcpt_to=[signed_address(sent)])
    assert messages(desk, ticket)[-1] == ("out", "agent:vendor"), (
        "by the id it answers, though the address is spent"
    )


@pytest.mark.parametrize("rules", ["rules: []", "rules: [{name: ack, then: [{reply: received}]}]"])
def test_automatic_answers_go_round_nowhere(store: Store, rules: str) -> None:
    desk, ticket, sent = handed(store, ", may_reply: true")
    away = answer(sent, "I am out of office.", Auto_Submitted="auto-replied", **PASSED)
    desk.arrive(away, rcpt_to=[signed_address(sent)])
    assert desk.sent() == []
    assert messages(desk, ticket)[-1] == ("note", "agent:vendor")
    desk.wait(100 * HOUR)
    assert desk.sent() == []


# ── what leaves ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("hidden", "gone", "stays"),
    [
        ("name", ["Maria", "Rossi,"], ["maria@cliente.example", "+39 347 1234567"]),
        ("address", ["maria@cliente.example"], ["Sono Maria Rossi"]),
        ("phone", ["347", "1234567"], ["Sono Maria Rossi", "2026-11-23"]),
        ("agents", ["Anna Rossi"], ["riavviarlo"]),
        ("files", ["log.txt"], ["riavviarlo"]),
        ("timeline", ["→ specialists"], ["riavviarlo"]),
    ],
)
def test_what_is_hidden_never_leaves(store: Store, hidden: str, gone: list[str], stays: list[str]) -> None:
    _, _, sent = handed(store, f", redact: [{hidden}]")
    whole = f"{sent['Subject']}\n{words(sent)}\n{[part.get_filename() for part in sent.iter_attachments()]}"
    assert [
        told
        for told in gone
        if told in whole.replace("Anna Rossi", "Anna" if hidden == "name" else "Anna Rossi")
    ] == []
    assert [told for told in stays if told not in whole] == []


def test_notes_can_be_kept() -> None:
    told = Story(
        said=(
            Said("in", "contact:m", NOW, "Aiuto"),
            Said("note", "agent:anna", NOW, "è un cliente difficile"),
        )
    )
    kept = desk_with(", redact: notes")
    _, text = outside.text(kept, "vendor", TICKET, MARIA, (), told, "x", "agent:anna")
    assert "difficile" not in text
    _, text = outside.text(desk_with(""), "vendor", TICKET, MARIA, (), told, "x", "agent:anna")
    assert "difficile" in text


def test_files_beyond_the_limit_are_named_and_stay(store: Store) -> None:
    _, _, sent = handed(store, ", attachments: 3B")
    assert list(sent.iter_attachments()) == []
    assert "log.txt (7 B) is not attached" in words(sent)


def test_an_agent_with_mail_alone_gets_it_too(store: Store) -> None:
    settings = desk_with("")
    carla = settings.agents["carla"].model_copy(update={"slack": None, "email": "carla@field.example"})
    desk = Clockwork(store, settings=replace(settings, agents={**settings.agents, "carla": carla}))
    ticket = desk.opened()
    up = Escalate("agent:anna", "on site, please")
    store.write_now(lambda work: escalation.escalate(work, desk.settings, ticket, up, desk.now))
    [sent] = desk.sent()
    assert str(sent["To"]) == "Carla Ruiz <carla@field.example>"


def test_a_ticket_that_a_rule_gives_to_the_vendor_reaches_it(store: Store) -> None:
    desk = Clockwork(store, "rules: [{name: out, then: [{assign: {team: vendor}}]}]", desk_with(""))
    ticket = desk.arrive(FILE).ticket or 0
    [sent] = desk.sent()
    assert VENDOR in str(sent["To"])
    assert desk.shown(ticket)["team"] == "vendor"


def test_a_handoff_that_fails_is_told_as_one() -> None:
    handoff = replace(NOTE, author="system", delivery="queued", source=None)
    told = posted(ask(NotSent(NOTE.id, "no such user"), state(handoff)))
    assert told == [
        "⚠️ The handoff did not get through: no such user. Someone has to reach them in another way."
    ]
