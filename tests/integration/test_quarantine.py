"""A message that couldn't be read, and could on another try: it lies where it would have lain at once, and nothing is there twice."""

from __future__ import annotations

from deskd import filing
from deskd.filed import Filed
from deskd.store import Store, Work, inbox
from tests.support.mailroom import Mailroom, mail
from tests.support.store import accept, raw


def quarantined(desk: Mailroom, payload: bytes, number: int = 1) -> tuple[int, Filed]:
    """The row, and how it ended: deskd failed on it."""
    message = raw(f"q{number}", payload)

    def unit(work: Work) -> tuple[int, Filed]:
        row_id = accept(work, message, now=desk.now) or 0
        [row] = inbox.claim_these(work, "test", desk.now, [row_id])
        return row_id, filing.quarantine(work, desk.settings, row, "deskd failed on it", desk.now)

    return desk.store.write_now(unit)


def tried_again(desk: Mailroom, row_id: int) -> Filed:
    """As `inbox retry` does it."""
    placeholder = desk.store.read_now(lambda work: inbox.load(work, row_id)).ticket_id or 0
    desk.store.write_now(lambda work: inbox.retry(work, row_id))
    filed = desk.work_on(row_id)
    desk.store.write_now(
        lambda work: filing.replace_placeholder(work, desk.settings, placeholder, filed, desk.now)
    )
    return filed


def test_an_answer_that_is_read_at_last_joins_its_ticket(store: Store) -> None:
    desk = Mailroom(store)
    ticket = desk.arrive(mail(id="first@cliente.example")).ticket
    row_id, placeholder = quarantined(desk, mail(text="Ecco.", refs=["first@cliente.example"]))
    assert placeholder.ticket not in (None, ticket)
    assert tried_again(desk, row_id).ticket == ticket
    assert [m["text"] for m in desk.shown(ticket)["messages"]] == ["Non torna il totale.", "Ecco."]
    gone = desk.shown(placeholder.ticket)
    assert (gone["status"], gone["links"][-1]["ref"]) == ("closed", desk.ref(ticket))
    # its number still leads to where the message lies
    later = desk.arrive(mail(subject=f"[{desk.ref(placeholder.ticket)}]", text="Ancora.")).ticket
    assert later == ticket


def test_a_question_that_is_read_after_its_answer_lies_with_it(store: Store) -> None:
    desk = Mailroom(store)
    row_id, _ = quarantined(desk, mail(id="first@cliente.example"))
    answer = desk.arrive(mail(text="Sollecito.", refs=["first@cliente.example"])).ticket
    assert tried_again(desk, row_id).ticket == answer


def test_one_that_came_again_meanwhile_is_a_duplicate(store: Store) -> None:
    desk = Mailroom(store)
    payload = mail(id="first@cliente.example")
    row_id, placeholder = quarantined(desk, payload)
    ticket = desk.arrive(payload).ticket
    again = tried_again(desk, row_id)
    assert (again.state, again.ticket) == ("duplicate", ticket)
    assert desk.shown(placeholder.ticket)["status"] == "closed"
    assert len(desk.shown(ticket)["messages"]) == 1
