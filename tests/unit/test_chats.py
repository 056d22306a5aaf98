"""Which ticket a chat's message belongs to; the menu; the budget; the bot's words in each language."""

from __future__ import annotations

from datetime import timedelta

from deskd.chats import menu, says
from deskd.chats.choosing import Standing, choose
from deskd.chats.memory import Memory, counted, dumps, loads
from deskd.config.telegram import SubTopic, Topic
from tests.support.desk import NOW

DAY = timedelta(days=1)
OPEN = Standing(1, "ACME-1", "open", None)
RESOLVED = Standing(2, "ACME-2", "resolved", NOW - DAY)
CLOSED = Standing(3, "ACME-3", "closed", NOW - 20 * DAY)
SPAM = Standing(4, "ACME-4", "spam", NOW)


def chosen(
    *tickets: Standing, answered: Standing | None = None, fresh: bool = False, reopen: timedelta | None = None
) -> tuple[int | None, int | None]:
    found = choose(tickets, answered, fresh=fresh, reopen=reopen, now=NOW)
    return found.ticket, found.link


def test_the_open_ticket_takes_what_is_written() -> None:
    assert chosen(OPEN) == (1, None)
    assert chosen(RESOLVED, OPEN) == (1, None)
    assert chosen() == (None, None)


def test_a_resolved_one_is_reopened_for_a_time() -> None:
    assert chosen(RESOLVED) == (2, None)
    assert chosen(RESOLVED, reopen=2 * DAY) == (2, None)
    assert chosen(RESOLVED, reopen=DAY / 2) == (None, 2)
    assert chosen(CLOSED) == (None, 3)


def test_an_answer_goes_to_the_ticket_of_what_it_answers() -> None:
    assert chosen(OPEN, answered=RESOLVED) == (2, None)
    assert chosen(OPEN, answered=CLOSED) == (None, 3)
    assert chosen(OPEN, answered=RESOLVED, fresh=True) == (2, None)


def test_a_new_one_was_asked_for() -> None:
    assert chosen(OPEN, fresh=True) == (None, None)


def test_spam_stays_where_it_is() -> None:
    assert chosen(SPAM) == (4, None)


def test_a_budget_begins_anew_with_each_window() -> None:
    memory = Memory()
    for number in range(3):
        memory = counted(memory, NOW + timedelta(seconds=number), timedelta(minutes=1))
    assert memory.count == 3
    assert counted(memory, NOW + timedelta(minutes=2), timedelta(minutes=1)).count == 1
    assert loads(dumps(memory)) == memory
    assert loads('{"count": 2, "of_tomorrow": 1}') == Memory(count=2)


def test_a_menu_of_two_levels() -> None:
    topics = (
        Topic(
            title={"it": "Fatture", "en": "Invoices"},
            tags=("billing",),
            topics=(SubTopic(title={"*": "Copia"}, article="copy"), SubTopic(title={"*": "Altro"})),
        ),
        Topic(title={"*": "Orari"}, article="hours"),
    )
    assert [row[0].label for row in menu.top(topics, "it")] == ["Fatture", "Orari"]
    first = menu.chosen(topics, "menu:0", "pt")
    assert first is not None
    assert [row[0].action for row in first.below] == ["menu:0.0", "menu:0.1", "menu:"]
    other = menu.chosen(topics, "menu:0.1", "it")
    assert other is not None
    assert (other.title, other.tags, other.article) == ("Altro", ("billing",), "")
    for gone in ("menu:9", "menu:0.9", "menu:1.0", "menu:x", "menu:0.0.0", "menu:-1"):
        assert menu.chosen(topics, gone, "it") is None


def test_the_bot_speaks_each_language_whole() -> None:
    for texts in says.TEXTS.values():
        assert texts.keys() == says.TEXTS["en"].keys()
    assert all(says.say(code, "code_mail", code="X", desk="Acme").count("X") == 1 for code in says.TEXTS)
    assert says.say("pt-BR", "back") == says.say("pt", "back")
