"""A message from outside opens a ticket or joins one, and what the rules said of it is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from deskd import rules
from deskd.desk.changes import (
    NEW,
    AddAnchor,
    AddEvent,
    AddIncoming,
    AddLink,
    AddMessage,
    AddTags,
    EndInbox,
    OpenTicket,
    RefreshCard,
    RemoveTags,
    SetDeadline,
    TagContact,
)
from deskd.desk.commands import Receive, ReceiveUnreadable
from deskd.desk.state import State
from deskd.model import Address, Assignment, Attachment, AuthVerdict, Joining, Message
from tests.support.desk import (
    NOW,
    ask,
    events,
    of,
    posted,
    queued,
    ruleset,
    state,
    ticket_values,
)

MESSAGE = Message(Address("Maria Rossi", "maria@cliente.example"), subject="Fattura 118", text="Non torna il totale", message_id="q1@cliente.example")  # fmt: skip
NOBODY_YET = State(None, None, next_ref="ACME-1042")
FRONT = Assignment("front-desk", None, "support-mail goes to front-desk")


def receive(
    message: Message = MESSAGE,
    text: str = "rules: []",
    at: State = NOBODY_YET,
    assignment: Assignment | None = None,
    **changes: Any,
) -> Receive:
    """The command as filing makes it: `text` are the rules that ran over the message."""
    facts = rules.Facts(
        channel="support-mail",
        message=message,
        new=at.ticket is None,
        ticket=rules.TicketFacts.of(at.ticket, NOW) if at.ticket else rules.TicketFacts(team="front-desk"),
    )
    made = Receive(
        message, 41, "support-mail", Joining(at.ticket.id if at.ticket else None, "it names no ticket"),
        rules.evaluate(ruleset(text), facts), assignment or (FRONT if at.ticket is None else None), AuthVerdict(), NOW, "it",
    )  # fmt: skip
    return replace(made, **changes)


def then(actions: str) -> str:
    return f"rules: [{{name: test, then: {actions}}}]"


# ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_message_opens_a_ticket_with_its_thread() -> None:
    made = ask(receive(), NOBODY_YET)
    (opened,) = of(OpenTicket, made)
    assert opened.values["subject"] == "Fattura 118"
    assert (opened.values["status"], opened.values["team"], opened.values["level"]) == (
        "new",
        "front-desk",
        1,
    )
    assert opened.values["assignee"] is None
    assert of(AddAnchor, made) == [AddAnchor("slack", "C0FRONT")]
    assert [row.kind for row in made if hasattr(row, "kind") and hasattr(row, "conversation")] == [
        "card",
        "post",
    ]
    assert posted(made) == ["Non torna il totale"]
    assert queued(made, "post")[0].payload["author"] == "Maria Rossi"
    assert not queued(made, "mail"), "nothing is sent to a customer unless a rule or an agent sends it"
    assert of(EndInbox, made)[0].state == "filed"


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        (MESSAGE, "Fattura 118"),
        (replace(MESSAGE, subject=""), "Non torna il totale"),  # as a chat's: the start of its first message
        (replace(MESSAGE, subject="", text=""), "(no subject)"),
    ],
)
def test_a_ticket_has_a_subject(message: Message, subject: str) -> None:
    assert of(OpenTicket, ask(receive(message), NOBODY_YET))[0].values["subject"] == subject


def test_the_thread_opens_where_the_rules_sent_the_ticket() -> None:
    made = ask(receive(assignment=Assignment("specialists", "carla", "a rule")), NOBODY_YET)
    values = of(OpenTicket, made)[0].values
    assert (values["team"], values["level"], values["assignee"]) == ("specialists", 2, "carla")
    assert of(AddAnchor, made) == [AddAnchor("slack", "C0SPECIAL")]
    assert "escalations" not in values, "that is no escalation"


def test_a_ticket_without_a_team_is_shown_nowhere_and_is_there() -> None:
    made = ask(receive(assignment=Assignment(None, None, "the desk has no team")), NOBODY_YET)
    assert of(OpenTicket, made)
    assert not of(AddAnchor, made)
    assert not posted(made)


@pytest.mark.parametrize("opens", [True, False])
def test_the_past_is_only_kept(opens: bool) -> None:
    """`ingest` opens no threads, sends nothing, starts no clocks and runs no replying action."""
    at = NOBODY_YET if opens else state(status="resolved")
    made = ask(
        receive(text=then("[{reply: received}, {note: x}, {notify: team}, {tag: [old]}]"), at=at, live=False),
        at,
    )
    assert not [change for change in made if hasattr(change, "conversation")]
    assert not of(AddAnchor, made)
    assert not [one for one in of(SetDeadline, made) if one.at is not None]
    assert "status" not in ticket_values(made), "nor does it reopen"
    assert [one.tags for one in of(AddTags, made)] + [one.tags for one in of(OpenTicket, made)] == [("old",)]


def test_what_is_not_joined_is_linked_and_warned_of() -> None:
    joining = Joining(
        None, "the subject names ACME-7", link=7, warn="its sender is none of that ticket's people"
    )
    made = ask(receive(joining=joining), NOBODY_YET)
    assert [(link.other_id, link.kind) for link in of(AddLink, made)] == [(7, "related")]
    assert of(OpenTicket, made)[0].values["warned"] == joining.warn


def test_attachments_are_named_with_their_size_but_not_those_within_the_text() -> None:
    files = (Attachment("a.pdf", "application/pdf", 2_500_000, "0" * 64), Attachment("logo.png", "image/png", 9, "1" * 64, inline=True))  # fmt: skip
    (post,) = queued(ask(receive(replace(MESSAGE, attachments=files)), NOBODY_YET), "post")
    assert len(post.payload["attachments"]) == 1
    assert post.payload["attachments"][0].startswith("a.pdf (2.5")


# ── joining ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "kind", "becomes"),
    [
        ("new", "message", None),
        ("open", "message", None),
        ("pending", "message", "open"),  # what we waited for has come
        ("hold", "message", "open"),
        ("resolved", "message", "open"),  # until it is closed
        ("spam", "message", None),
        ("pending", "auto_reply", None),  # automatic mail never reopens
        ("resolved", "auto_reply", None),
        ("resolved", "bounce", None),
        ("hold", "bulk", None),
        ("resolved", "complaint", None),
    ],
)
def test_a_persons_message_reopens_and_automatic_mail_never_does(
    status: Any, kind: Any, becomes: str | None
) -> None:
    at = state(status=status)
    made = ask(receive(replace(MESSAGE, kind=kind), at=at), at)
    assert ticket_values(made).get("status") == becomes
    assert ("status" in events(made)) == (becomes is not None)
    assert len(of(AddIncoming, made)) == 1
    assert posted(made) == ["Non torna il totale"]


def test_reopening_takes_back_what_resolving_set() -> None:
    at = state(status="resolved", resolved_at=NOW, pending_until=NOW)
    made = ask(receive(at=at), at)
    values = ticket_values(made)
    assert (values["resolved_at"], values["closed_at"], values["pending_until"]) == (None, None, None)
    assert {one.kind: one.at for one in of(SetDeadline, made)} == {"close": None, "come_back": None}


def test_what_an_agent_mails_reopens_nothing_and_is_theirs() -> None:
    at = state(status="resolved")
    joining = Joining(7, "the agent anna brings an id", agent="anna")
    made = ask(receive(at=at, joining=joining), at)
    assert "status" not in ticket_values(made)
    assert of(AddIncoming, made)[0].author == "agent:anna"


def test_an_agents_mail_that_nothing_proves_is_warned_of() -> None:
    at = state()
    joining = Joining(
        7, "the agent anna brings an id", agent="anna", warn="nothing proves that anna wrote it"
    )
    made = ask(receive(at=at, joining=joining), at)
    assert any("nothing proves that anna wrote it" in text for text in posted(made))


def test_a_ticket_that_is_not_shown_takes_messages_too() -> None:
    at = state(shown=False)
    made = ask(receive(at=at), at)
    assert of(AddIncoming, made)
    assert not posted(made)
    assert not of(RefreshCard, made)


def test_the_card_is_drawn_anew_where_it_shows_something_else() -> None:
    at = state(status="open")
    assert not of(RefreshCard, ask(receive(at=at), at))
    for rule in ("[{tag: billing}]", "[{priority: urgent}]"):
        assert of(RefreshCard, ask(receive(text=then(rule), at=at), at))
    assert of(RefreshCard, ask(receive(at=at, assignment=Assignment("specialists", None, "a rule")), at))
    resolved = state(status="resolved")
    assert of(RefreshCard, ask(receive(at=resolved), resolved))
    nameless = replace(at, contact=replace(at.contact, name="")) if at.contact else at
    assert of(RefreshCard, ask(receive(at=nameless), nameless))


# ── what the rules said ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_fired_is_in_the_audit_trail_with_why_and_what_it_did() -> None:
    text = "rules: [{name: invoices, when: {subject: {words: [fattura]}}, then: [{tag: [billing]}, {priority: high}]}]"
    made = ask(receive(text=text), NOBODY_YET)
    (event,) = [one for one in of(AddEvent, made) if one.type == "rule"]
    assert event.actor == "rule:invoices"
    assert event.data["did"] == ["tag", "priority"]
    assert "fattura" in event.data["because"].lower()
    values = of(OpenTicket, made)[0]
    assert (values.values["priority"], values.values["priority_set"], values.tags) == (
        "high",
        True,
        ("billing",),
    )


def test_tags_of_an_open_ticket_come_and_go() -> None:
    at = state(tags=("old", "stays"))
    made = ask(receive(text=then("[{tag: [fresh]}, {untag: [old]}]"), at=at), at)
    assert (of(AddTags, made), of(RemoveTags, made)) == ([AddTags(("fresh",))], [RemoveTags(("old",))])


@pytest.mark.parametrize(
    ("status", "wanted", "becomes"),
    [
        ("open", "hold", "hold"),
        ("pending", "resolved", "resolved"),  # the rule's word, not the customer's message
        ("pending", "pending", "open"),  # it asks for no change, and a person has written
        ("open", "new", None),  # there is no way back to new: the rule's word is passed over
    ],
)
def test_a_rule_sets_a_status_as_far_as_the_table_allows(
    status: Any, wanted: str, becomes: str | None
) -> None:
    at = state(status=status)
    assert (
        ticket_values(ask(receive(text=then(f"[{{status: {wanted}}}]"), at=at), at)).get("status") == becomes
    )


@pytest.mark.parametrize(
    ("kind", "answered", "sent"),
    [
        ("message", frozenset(), True),
        ("auto_reply", frozenset(), False),  # automatic mail is never answered
        ("bounce", frozenset(), False),
        ("bulk", frozenset(), False),
        ("message", frozenset({"received"}), False),  # they were sent it a short while ago
        ("message", frozenset({"resolved"}), True),
    ],
)
def test_a_rule_answers_people_and_not_too_often(kind: Any, answered: frozenset[str], sent: bool) -> None:
    command = receive(replace(MESSAGE, kind=kind), then("[{reply: received}]"), answered=answered)
    made = ask(command, NOBODY_YET)
    assert bool(queued(made, "mail")) == sent
    if sent:
        (reply,) = [one for one in of(AddMessage, made) if one.direction == "out"]
        assert (reply.author, reply.delivery, reply.conversation_id) == ("rule:test", "queued", NEW)
        assert "ACME-1042" in reply.text
        assert queued(made, "mail")[0].payload["auto"] is True
    else:
        (skipped,) = [one for one in of(AddEvent, made) if one.type == "reply_skipped"]
        assert skipped.data["because"]


def test_a_forged_mail_is_never_answered_to_whom_it_names() -> None:
    """THREATS, backscatter: the answer would go to someone who never wrote."""
    command = receive(text=then("[{reply: received}]"), auth=AuthVerdict("fail", "DMARC fails"))
    made = ask(command, NOBODY_YET)
    assert not queued(made, "mail")
    (skipped,) = [one for one in of(AddEvent, made) if one.type == "reply_skipped"]
    assert "isn't proven" in skipped.data["because"]


@pytest.mark.parametrize("at", [NOBODY_YET, state()], ids=["opens", "joins"])
def test_a_rule_notes_and_notifies_in_the_thread(at: State) -> None:
    text = then(
        "[{note: 'VIP: look first'}, {notify: {whom: lead, text: 'per favore'}}, {contact: {tag: [vip]}}]"
    )
    text = text.replace("{whom: lead, text: 'per favore'}", "lead")
    made = ask(receive(text=text, at=at, assignment=Assignment("front-desk", None, "")), at)
    (note,) = [one for one in of(AddMessage, made) if one.direction == "note"]
    assert note.author == "rule:test"
    assert "VIP: look first" in posted(made)
    assert [row.payload["mentions"] for row in queued(made, "post") if "mentions" in row.payload] == [
        ["U0ANNA"]
    ]
    assert of(TagContact, made) == [TagContact(("vip",))]


# ── what nobody could read ───────────────────────────────────────────────────────────────────────────────────────────

UNREADABLE = ReceiveUnreadable(
    41, "support-mail", "it is no mail", "maria@cliente.example", NOW, "front-desk", "it"
)


def test_what_could_not_be_read_is_shown_to_a_person() -> None:
    made = ask(UNREADABLE, NOBODY_YET)
    (opened,) = of(OpenTicket, made)
    assert (opened.values["quarantined"], opened.values["warned"]) == (True, "it is no mail")
    assert "maria@cliente.example" in opened.values["subject"]
    (end,) = of(EndInbox, made)
    assert (end.state, end.reason) == ("quarantined", "it is no mail")
    assert len(queued(made, "card")) == 1
    assert "deskd inbox retry 41" in posted(made)[0]


def test_what_could_not_be_read_of_the_past_opens_no_thread() -> None:
    made = ask(replace(UNREADABLE, live=False), NOBODY_YET)
    assert of(OpenTicket, made)
    assert not [change for change in made if hasattr(change, "conversation")]
    assert not of(AddAnchor, made)
