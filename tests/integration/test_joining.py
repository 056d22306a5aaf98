"""Who joins, over both databases: the stages and the store together, from a mail's bytes to the ticket it lies in."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import pytest

from deskd.config import Settings
from deskd.desk.commands import SetStatus
from deskd.errors import CommandRefused
from deskd.model import Place, Post
from deskd.store import Store
from tests.support.desk import ruleset, settings
from tests.support.mailroom import SUPPORT, Mailroom, id_of, mail, signed_address

MALLORY = "Mallory <mallory@evil.example>"
ANNA = "Anna Rossi <anna@acme.example>"
PASSES = "mx.acme.example; dmarc=pass"
FAILS = "mx.acme.example; dmarc=fail"


@pytest.fixture
def desk(store: Store) -> Mailroom:
    return Mailroom(store, trusting(settings()))


def trusting(made: Settings, **changes: object) -> Settings:
    """The desk, with a relay whose word it takes."""
    channel = made.mail_channels()["support-mail"].model_copy(
        update={"authserv": ("mx.acme.example",), **changes}
    )
    return Settings(
        made.file,
        made.desk,
        {**made.channels, "support-mail": channel},
        made.agents,
        made.teams,
        made.calendars,
    )


def opened(desk: Mailroom) -> int:
    ticket = desk.arrive(mail(id="first@cliente.example")).ticket
    assert ticket is not None
    return ticket


# ── agents by mail ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_proven_agents_mail_goes_to_the_customer_without_what_it_quotes(desk: Mailroom) -> None:
    ticket = opened(desk)
    answer = desk.answer(ticket)
    text = f"Mancava il 5 % & <sconto>.\r\n\r\nOn Mon, Acme <{signed_address(answer)}> wrote:\r\n> Ecco.\r\n"
    filed = desk.arrive(mail(ANNA, "Re: Fattura", text, refs=[id_of(answer)], Authentication_Results=PASSES))
    assert (filed.state, filed.ticket) == ("filed", ticket)
    [sent] = desk.sent()
    assert sent["To"].addresses[0].addr_spec == "maria@cliente.example"
    body = sent.get_content()
    assert body.strip() == "Mancava il 5 % & <sconto>."
    told = desk.shown(ticket)["messages"][-1]
    assert (told["direction"], told["author"], told["delivery"]) == ("out", "agent:anna", "sent")
    assert desk.posts(ticket)[-1]["author"] == "Anna Rossi"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "Ecco la risposta."),  # nobody says who it is
        ({"Authentication_Results": PASSES}, "note: il cliente ha ragione"),
        ({"Authentication_Results": PASSES}, "!close"),
        ({"Authentication_Results": PASSES, "Auto_Submitted": "auto-replied"}, "Sono in ferie."),
    ],
)
def test_an_agents_mail_that_must_stay_inside_is_a_note(
    desk: Mailroom, fields: dict[str, str], text: str
) -> None:
    ticket = opened(desk)
    filed = desk.arrive(mail(ANNA, f"Re: [{desk.ref(ticket)}]", text, **fields))
    assert filed.ticket == ticket
    assert desk.sent() == []
    assert desk.shown(ticket)["messages"][-1]["direction"] == "note"
    assert desk.shown(ticket)["status"] == "new"
    assert "mail" in desk.posts(ticket)[-1]["text"]


def with_files(ref: str, *sizes: int) -> bytes:
    """Anna's answer with files of these sizes, and the picture of her signature."""
    made = EmailMessage(policy=email.policy.SMTP)
    made["Authentication-Results"], made["From"], made["To"] = PASSES, ANNA, SUPPORT
    made["Subject"], made["Message-ID"] = f"Re: [{ref}]", f"<files.{len(sizes)}.{sum(sizes)}@acme.example>"
    made.set_content("Ecco il modulo.")
    for number, size in enumerate(sizes):
        made.add_attachment(b"x" * size, maintype="application", subtype="pdf", filename=f"{number}.pdf")
    made.add_attachment(
        b"y", maintype="image", subtype="png", filename="logo.png", disposition="inline", cid="<logo>"
    )
    return made.as_bytes()


def test_an_agents_files_go_with_their_words(desk: Mailroom) -> None:
    ticket = opened(desk)
    desk.arrive(with_files(desk.ref(ticket), 10, 20))
    [sent] = desk.sent()
    assert [part.get_filename() for part in sent.iter_attachments()] == ["0.pdf", "1.pdf"]
    assert "0.pdf" in str(desk.posts(ticket)[-1])


def test_files_too_large_for_a_mail_keep_it_inside(desk: Mailroom) -> None:
    ticket = opened(desk)
    desk.arrive(with_files(desk.ref(ticket), 11_000_000, 11_000_000))
    assert desk.sent() == []
    assert desk.shown(ticket)["messages"][-1]["direction"] == "note"
    assert "1.pdf" in desk.posts(ticket)[-1]["text"]


def test_a_chat_gets_no_files_of_a_mail(desk: Mailroom) -> None:
    ticket = desk.chat("slack:U0CUSTOMER", "Il totale non torna.", "C0CUSTOMER:1700000000.000900")
    desk.arrive(with_files(desk.ref(ticket), 10))
    assert desk.shown(ticket)["messages"][-1]["direction"] == "note"


def test_the_same_agents_mail_twice_is_one_reply(desk: Mailroom) -> None:
    ticket = opened(desk)
    payload = mail(ANNA, f"[{desk.ref(ticket)}]", "Ecco.", Authentication_Results=PASSES)
    assert [desk.arrive(payload).state for _ in range(2)] == ["filed", "duplicate"]
    assert len(desk.sent()) == 1


def test_an_agents_mail_reaches_a_customer_who_writes_in_slack(desk: Mailroom) -> None:
    ticket = desk.chat("slack:U0CUSTOMER", "Il totale non torna.", "C0CUSTOMER:1700000000.000900")
    desk.arrive(mail(ANNA, f"[{desk.ref(ticket)}]", "Ecco.", Authentication_Results=PASSES))
    told = desk.shown(ticket)["messages"][-1]
    assert (told["direction"], told["channel"], told["text"]) == ("out", "slack", "Ecco.")
    assert Post(Place("C0CUSTOMER", "1700000000.000900"), "Ecco.", author="Anna Rossi") in desk.contents()
    assert desk.shown(ticket)["messages"][-1]["delivery"] == "sent"


def test_rules_do_not_answer_an_agents_mail(store: Store) -> None:
    rules = ruleset("rules: [{name: ack, then: [{reply: received}, {tag: [x]}]}]")
    desk = Mailroom(store, trusting(settings()), rules)
    ticket = opened(desk)
    assert len(desk.sent()) == 1
    desk.arrive(mail(ANNA, f"[{desk.ref(ticket)}]", "Ecco.", Authentication_Results=PASSES))
    [sent] = desk.sent()
    assert sent["Auto-Submitted"] is None


# ── join and unjoin ──────────────────────────────────────────────────────────────────────────────────────────────────


def linked(desk: Mailroom, ticket: int, sender: str = MALLORY) -> int:
    other = desk.arrive(mail(sender, f"Re: [{desk.ref(ticket)}]", "Anch'io.")).ticket
    assert other not in (None, ticket)
    return other or 0


def state_of(desk: Mailroom) -> list[object]:
    """All that a join changes and its undo must restore."""
    return [
        [
            {name: one[name] for name in ("ref", "status", "resolved_at", "due_at", "contact", "tags")},
            [message["id"] for message in one["messages"]],
            [link["kind"] for link in one["links"]],
        ]
        for one in desk.all()
    ]


def test_joining_brings_all_of_it_and_its_sender(desk: Mailroom) -> None:
    ticket = opened(desk)
    other = linked(desk, ticket)
    desk.answer(other)
    desk.join(other, ticket)
    assert len(desk.shown(ticket)["messages"]) == 3
    gone = desk.shown(other)
    assert (gone["status"], gone["messages"]) == ("closed", [])
    assert gone["events"][-1]["into"] == desk.ref(ticket)
    assert desk.buttons(ticket)["unjoin"] == desk.ref(other)
    # later mails of theirs land there, by any clue, the old reference too
    for subject in (f"Re: [{desk.ref(other)}]", f"Re: [{desk.ref(ticket)}]"):
        assert desk.arrive(mail(MALLORY, subject, f"{subject} E adesso?")).ticket == ticket
    answer = desk.answer(ticket, "Ecco.")
    assert answer["To"].addresses[0].addr_spec == "maria@cliente.example"
    assert [each.addr_spec for each in answer["Cc"].addresses] == ["mallory@evil.example"]


def test_the_buttons_join_and_undo_it(desk: Mailroom) -> None:
    ticket = opened(desk)
    other = linked(desk, ticket)
    assert desk.press(other, "join", user="U0STRANGER").state == "discarded"
    before = state_of(desk)
    assert desk.press(other, "join").state == "applied"
    assert desk.shown(other)["status"] == "closed"
    assert desk.press(other, "join").state == "applied"  # pressed twice: told, nothing changed
    assert desk.press(ticket, "unjoin").state == "applied"
    assert state_of(desk) == before
    assert desk.shown(other)["events"][-1]["actor"] == "agent:anna"


def test_joining_and_unjoining_returns_to_where_it_was(desk: Mailroom) -> None:
    ticket = opened(desk)
    other = linked(desk, ticket)
    desk.ask(other, SetStatus("agent:anna", "pending", until=desk.now.replace(year=2027)))
    before = state_of(desk)
    for _ in range(3):
        desk.join(other, ticket)
        assert state_of(desk) != before
        desk.unjoin(other)
        assert state_of(desk) == before
    assert desk.arrive(mail(MALLORY, f"[{desk.ref(ticket)}]", "Ancora.")).ticket not in (ticket, other)


def test_what_came_meanwhile_goes_back_with_its_conversation(desk: Mailroom) -> None:
    ticket = opened(desk)
    other = linked(desk, ticket)
    desk.join(other, ticket)
    desk.arrive(mail(MALLORY, f"[{desk.ref(ticket)}]", "Da Mallory."))
    desk.arrive(mail(subject=f"[{desk.ref(ticket)}]", text="Da Maria."))
    desk.unjoin(other)
    assert [m["text"] for m in desk.shown(other)["messages"]] == ["Anch'io.", "Da Mallory."]
    assert [m["text"] for m in desk.shown(ticket)["messages"]] == ["Non torna il totale.", "Da Maria."]


def test_a_chain_of_joins_is_undone_in_any_order(desk: Mailroom) -> None:
    ticket = opened(desk)
    second, third = linked(desk, ticket), linked(desk, ticket, "Eve <eve@evil.example>")
    before = state_of(desk)

    desk.join(third, second)
    desk.join(second, ticket)
    assert len(desk.shown(ticket)["messages"]) == 3
    desk.unjoin(third)
    assert [m["text"] for m in desk.shown(third)["messages"]] == ["Anch'io."]
    desk.unjoin(second)
    assert state_of(desk) == before


@pytest.mark.parametrize("what", ["itself", "twice", "nothing to undo"])
def test_what_makes_no_sense_is_refused(desk: Mailroom, what: str) -> None:
    ticket = opened(desk)
    other = linked(desk, ticket)

    def ask() -> None:
        if what == "nothing to undo":
            desk.unjoin(other)
        into = ticket if what == "twice" else other
        for _ in range(2):
            desk.join(other, into)

    with pytest.raises(CommandRefused):
        ask()


# ── participants ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_people_in_cc_are_proposed_and_take_part_once_accepted(desk: Mailroom) -> None:
    cc = "Capo <capo@cliente.example>, help@acme.example, anna@acme.example, maria@cliente.example"
    ticket = desk.arrive(mail(Cc=cc)).ticket or 0
    assert desk.buttons(ticket)["add_participant_0"] == f"{desk.ref(ticket)}:capo@cliente.example"
    assert len(desk.buttons(ticket)) == 1
    assert "Capo <capo@cliente.example>" in desk.posts(ticket)[-1]["text"]  # a name alone could be anyone's
    assert desk.answer(ticket)["Cc"] is None
    assert desk.arrive(mail("capo@cliente.example", f"[{desk.ref(ticket)}]")).ticket != ticket
    desk.press(ticket, "add_participant_0")
    assert desk.arrive(mail("capo@cliente.example", f"[{desk.ref(ticket)}]", "Io.", Cc=cc)).ticket == ticket
    answer = desk.answer(ticket)
    assert answer["To"].addresses[0].addr_spec == "maria@cliente.example"
    assert [each.addr_spec for each in answer["Cc"].addresses] == ["capo@cliente.example"]


def test_a_channel_may_trust_cc(store: Store) -> None:
    desk = Mailroom(store, trusting(settings(), cc="trust"))
    ticket = desk.arrive(mail(Cc="capo@cliente.example")).ticket or 0
    assert desk.arrive(mail("capo@cliente.example", f"[{desk.ref(ticket)}]")).ticket == ticket


# ── bounces ──────────────────────────────────────────────────────────────────────────────────────────────────────────

REPORT = """From: MAILER-DAEMON@mx.cliente.example
To: support@acme.example
Subject: {subject}
Auto-Submitted: auto-replied
Message-ID: <{id}@mx.cliente.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: text/plain

Your message could not be delivered{more}.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.cliente.example

Final-Recipient: rfc822; maria@cliente.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--B
Content-Type: text/rfc822-headers

Message-ID: <{returned}>
To: maria@cliente.example

--B--
"""


def report(returned: str, **values: str) -> bytes:
    given = {
        "subject": "Undelivered Mail Returned to Sender", "id": "b1", "more": "", "action": "failed", "status": "5.1.1",
        "diagnostic": "550 5.1.1 user unknown", **values,
    }  # fmt: skip
    return REPORT.format(returned=returned, **given).replace("\n", "\r\n").encode()


def test_a_bounce_of_a_reply_marks_it_and_opens_nothing(desk: Mailroom) -> None:
    ticket = opened(desk)
    ours = id_of(desk.answer(ticket))
    assert desk.arrive(report(ours.upper()), rcpt_to=[SUPPORT]).ticket == ticket
    assert len(desk.all()) == 1
    told = {m["direction"]: m for m in desk.shown(ticket)["messages"]}
    assert (told["out"]["delivery"], "5.1.1" in told["out"]["error"]) == ("bounced", True)
    assert "⚠️" in desk.posts(ticket)[-1]["text"]
    assert "maria@cliente.example" in desk.posts(ticket)[-1]["text"]
    assert desk.arrive(report(ours, id="b2")).ticket == ticket  # a second report changes nothing more
    assert desk.shown(ticket)["status"] == "open"


def test_a_delay_is_told_and_is_no_bounce(desk: Mailroom) -> None:
    ticket = opened(desk)
    ours = id_of(desk.answer(ticket))
    late = report(
        ours, subject="Delayed Mail (still being retried)", more=" yet; it will be retried", action="delayed", status="4.4.1", diagnostic="connection timed out"
    )  # fmt: skip
    assert desk.arrive(late).ticket == ticket
    assert {m["delivery"] for m in desk.shown(ticket)["messages"] if m["direction"] == "out"} == {"sent"}


def test_a_bounce_of_nothing_of_ours_is_a_ticket_that_nobody_answers(store: Store) -> None:
    desk = Mailroom(store, settings(), ruleset("rules: [{name: ack, then: [{reply: received}]}]"))
    ticket = opened(desk)
    desk.sent()
    other = desk.arrive(report("deskd.k.n.aaaaaaaaaaaaaaaaaaaaaaaaaa@acme.example")).ticket
    assert other != ticket
    assert desk.sent() == []


# ── other desks' numbers ─────────────────────────────────────────────────────────────────────────────────────────────


def test_another_desks_number_leads_its_people_to_the_ticket(store: Store) -> None:
    made = settings()
    with_refs = made.desk.model_copy(update={"external_refs": (r"\[#\d{4,}\]",)})
    desk = Mailroom(store, Settings(made.file, with_refs, made.channels, made.agents, made.teams))
    ticket = desk.arrive(mail(subject="[#12345] Ordine")).ticket
    assert desk.arrive(mail(subject="Aggiornamento", text="Vedi [#12345], grazie.")).ticket == ticket
    assert desk.arrive(mail(subject="[#12346] Ordine")).ticket != ticket
    assert desk.arrive(mail(MALLORY, "[#12345] Ordine")).ticket != ticket
