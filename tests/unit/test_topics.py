"""Teams that work in the topics of Telegram groups: where their tickets are shown, how people are called there, and what a mistake in deskd.yaml says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from deskd import levels, roster
from deskd.compose import topics
from deskd.compose.card import card_view
from deskd.config import TeamPlace
from deskd.desk import showing
from deskd.desk.answering import hold_of
from deskd.desk.changes import AddAnchor, Queue
from deskd.desk.commands import Assign, Claim, Deescalate, Escalate, Note, Source
from deskd.desk.state import HeldAnswer
from deskd.desk.waiting import warned
from deskd.errors import ConfigError
from deskd.gestures.presses import BY_BUTTON, BY_MENU, SHOW_ALL, SHOW_MORE
from deskd.model import Anchor, Assignment, Button, surface_of
from tests.support.desk import HOME, MARIA, NOW, SOURCE, TICKET, ask, of, queued, state
from tests.support.topics import DESK, DESKD_YAML, FRONT, TECH, TOPIC, desk

# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("team", "place"),
    [
        ("front-desk", TeamPlace("telegram", FRONT)),
        ("specialists", TeamPlace("slack", "C0SPECIAL")),
        ("nobody", None),
        (None, None),
    ],
)
def test_where_a_team_s_tickets_are_shown(team: str | None, place: TeamPlace | None) -> None:
    assert DESK.place_of(team) == place
    shown = showing.open_thread(DESK, team)
    assert [(one.account, one.channel) for one in of(AddAnchor, shown)] == (
        [(place.account, place.channel)] if place else []
    )
    assert [one.channel for one in of(Queue, shown)] == ([place.account] if place else [])


def test_the_groups_of_an_account() -> None:
    assert DESK.groups_of("telegram") == {FRONT, TECH}
    assert DESK.groups_of("slack") == DESK.groups_of("support-mail") == frozenset()
    other = DESKD_YAML.replace("  slack: {type", "  other: {type: telegram, token: '43:x'}\n  slack: {type")
    admins = desk("desk: {admins: -1001000000009}" + other)
    assert admins.groups_of("telegram") == admins.groups_of("other") == {FRONT, TECH, "-1001000000009"}
    assert desk('desk: {admins: "#admins"}' + DESKD_YAML).groups_of("telegram") == {FRONT, TECH}
    assert list(DESK.agents_channels()) == ["telegram", "slack"]
    assert DESK.agents_channels()["telegram"].replies == "internal"


def test_a_bot_without_topics_is_for_customers_alone() -> None:
    text = DESKD_YAML.replace("topics: true, ", "").replace(f"telegram: {FRONT}", "slack: C0FRONT")
    plain = desk(
        text.replace(f'telegram: "{FRONT}"', "slack: C0FRONT").replace(f"telegram: {TECH}", "slack: C0TECH")
    )
    assert list(plain.agents_channels()) == ["slack"]
    assert plain.groups_of("telegram") == frozenset()


def test_a_desk_may_do_without_slack() -> None:
    text = DESKD_YAML.replace("  slack: {type: slack, app_token: xapp-test, bot_token: xoxb-test}\n", "")
    assert desk(text.replace("slack: C0SPECIAL", f"telegram: {TECH}")).place_of("specialists") == TeamPlace(
        "telegram", TECH
    )


def test_alerts_may_go_to_a_group() -> None:
    assert desk("desk: {admins: -1001000000009}" + DESKD_YAML).admins == "-1001000000009"
    assert desk('desk: {admins: "#admins"}' + DESKD_YAML).admins == "#admins"
    assert (DESK.account_at("-1001000000009"), DESK.account_at("#admins")) == ("telegram", "slack")


MISTAKES = [
    ("topics: true", "topics: false", "found -1001000000001, and no Telegram channel with topics, expected a bot that works there; add topics: true to channels.telegram"),
    ("telegram: -1001000000002", "telegram: -1001000000002, slack: C0TECH", "found both slack and telegram, expected one of them: a team's tickets show in one place"),
    ("telegram: -1001000000002", "telegram: 1001000000002", "expected a Telegram group's numeric id, which is below zero: -1001234567890; write -1001000000002"),
    ("telegram: -1001000000002", "telegram: 1000000002", "write -1001000000002"),
    ("telegram: -1001000000002", "telegram: Tech", "expected a Telegram group's numeric id"),
    ("telegram: 601", "telegram: anna", "found 'anna' for agents.anna.telegram, expected a person's numeric id in Telegram; have them write to the bot: the ticket shows telegram:ID"),
    ("telegram: 601", "telegram: 602", "which agents.anna has already, expected it at one agent"),
    ("level: 2, telegram: -1001000000002, ", "level: 2, ", "found no 'slack' in teams.tech, expected the channel in which its tickets are threads"),
    ("  slack: {type", "  other: {type: telegram, token: '43:x', topics: true}\n  slack: {type", "found topics in channels.other, and in channels.telegram already, expected one bot with topics; leave topics out at the others"),
    ("  slack: {type: slack, app_token: xapp-test, bot_token: xoxb-test}\n", "", "found C0SPECIAL, and no Slack channel, expected telegram, the group in which its tickets are topics"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "message"), MISTAKES)
def test_a_mistake_says_what_to_do(right: str, wrong: str, message: str) -> None:
    assert DESKD_YAML.count(right) == 1
    with pytest.raises(ConfigError) as caught:
        desk(DESKD_YAML.replace(right, wrong))
    assert any(message in str(problem) for problem in caught.value.problems), caught.value.problems


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_people_are_known_by_either_id() -> None:
    assert roster.people(DESK) == {
        "601": "anna", "U0BRUNO": "bruno", "602": "bruno", "U0CARLA": "carla", "S0SPEC": "specialists",
    }  # fmt: skip
    assert levels.ids(DESK, ("anna", "bruno", "dario", None)) == ("601", "U0BRUNO")
    assert DESK.user_at("telegram", "bruno") == "602"
    assert DESK.user_at("slack", "bruno") == "U0BRUNO"
    assert DESK.user_at("slack", "anna") is None


@pytest.mark.parametrize(
    ("account", "ids", "called"),
    [
        ("telegram", ["601", "U0BRUNO"], ("601:Anna Rossi", "602:Bruno Sá")),
        ("telegram", ["U0CARLA"], ()),  # she isn't there
        ("telegram", ["S0SPEC"], ("602:Bruno Sá",)),  # no groups there: those of its members who are
        ("telegram", ["U0BRUNO", "602"], ("602:Bruno Sá",)),
        ("telegram", ["999", "U0GONE"], ()),
        ("slack", ["601", "602", "U0CARLA", "S0SPEC"], ("U0BRUNO", "U0CARLA", "S0SPEC")),
        ("slack", ["U0GONE"], ("U0GONE",)),
    ],
)
def test_people_are_called_by_the_id_they_have_where_it_is_read(
    account: str, ids: list[str], called: tuple[str, ...]
) -> None:
    assert roster.mentioned(DESK, account, ids) == called


# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_needs_a_form_has_no_button_there() -> None:
    view = topics.card(card_view(DESK, TICKET, MARIA))
    assert {button.action for button in view.buttons} == {"claim", "resolve"}
    assert {button.value.partition(":")[2] for button in view.menu} == {
        "pending", "hold", "history", "not_a_request", "spam",
    }  # fmt: skip
    assert {*BY_BUTTON, SHOW_MORE} == topics.OPEN_FORMS
    assert {*BY_MENU, SHOW_ALL} == topics.MENU_FORMS


def test_a_button_says_no_more_than_telegram_takes() -> None:
    fits = Button("join", "Join", "ACME-1:" + "9" * 52)
    assert len(topics.data(fits)) == topics.MOST
    longer, useless = replace(fits, value=fits.value + "9"), Button("assign", "Assign …", "ACME-1")
    found = topics.pressable([useless, fits, longer, replace(fits, value="è" * 40)], 77)
    assert found == (fits, Button("kept", "Join", "77:2"), Button("kept", "Join", "77:3"))


def test_links() -> None:
    assert TOPIC.link == "https://t.me/c/1000000001/40"
    assert HOME.link == "https://slack.com/archives/C0FRONT/p1700000000000100"
    assert [surface_of(place) for place in (FRONT, "C0FRONT", "#front")] == ["telegram", "slack", "slack"]


# ── levels ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def up(team: str) -> Escalate:
    source = Source("telegram", FRONT, "57", "601", "40")
    return Escalate("agent:anna", "serve aiuto", None, source, Assignment(team, None, "so"), "the handoff")


def test_in_the_same_group_the_topic_stays_and_the_team_is_called() -> None:
    changes = ask(up("billing"), replace(state(), anchors=(TOPIC,)), DESK)
    assert of(AddAnchor, changes) == []
    assert queued(changes, "alert") == []
    note, handoff = queued(changes, "post")
    assert (note.payload["mentions"], note.channel, note.anchor_id) == (["U0BRUNO"], "telegram", TOPIC.id)
    assert handoff.payload["buttons"] == [["handoff_accept", "Accept", "ACME-1042"]]


@pytest.mark.parametrize(
    ("home", "team", "account", "channel"),
    [
        (TOPIC, "tech", "telegram", TECH),
        (TOPIC, "specialists", "slack", "C0SPECIAL"),
        (replace(HOME, channel="C0SPECIAL"), "tech", "telegram", TECH),
    ],
)
def test_a_team_that_can_t_see_the_thread_gets_its_own(
    home: Anchor, team: str, account: str, channel: str
) -> None:
    changes = ask(up(team), replace(state(), anchors=(home,)), DESK)
    [anchor] = of(AddAnchor, changes)
    assert (anchor.account, anchor.channel, anchor.role) == (account, channel, "guest")
    there = [post for post in queued(changes, "post") if post.anchor_id != home.id]
    assert {post.channel for post in (*there, *queued(changes, "card"))} == {account}
    assert there[-1].payload["text"] == "the handoff"
    assert (home.link in str(there[0].payload["text"])) == (account == home.account)


@pytest.mark.parametrize(
    ("team", "agent", "opens", "called"),
    [
        ("tech", None, [TECH], ["601"]),
        ("specialists", "bruno", ["C0SPECIAL"], ["U0BRUNO"]),
        ("billing", None, [], []),  # it works in the same group
    ],
)
def test_who_is_given_a_ticket_can_see_it(
    team: str, agent: str | None, opens: list[str], called: list[str]
) -> None:
    given = Assign("agent:anna", Assignment(team, agent, "so"), Source("telegram", FRONT, "57", "601", "40"))
    changes = ask(given, replace(state(), anchors=(TOPIC,)), DESK)
    assert [anchor.channel for anchor in of(AddAnchor, changes)] == opens
    there = [post for post in queued(changes, "post") if post.anchor_id != TOPIC.id]
    assert [post.payload["mentions"] for post in there] == ([called] if called else [])
    guest = Anchor(12, "telegram", "telegram", TECH, "70", "guest", "71")
    again = ask(given, replace(state(), anchors=(TOPIC, guest)), DESK)
    assert [anchor.channel for anchor in of(AddAnchor, again)] == [one for one in opens if one != TECH]


def test_back_to_a_team_that_never_saw_it() -> None:
    back = Deescalate("agent:carla", "era il cavo", SOURCE, Assignment("front-desk", None, "so"))
    elsewhere = Anchor(11, "telegram", "telegram", TECH, "70", "home", "71")
    changes = ask(back, replace(state(team="tech", level=2), anchors=(elsewhere,)), DESK)
    assert [anchor.channel for anchor in of(AddAnchor, changes)] == [FRONT]
    assert any("era il cavo" in str(post.payload["text"]) for post in queued(changes, "post"))
    assert queued(changes, "alert") == []


def test_what_is_written_in_one_shows_in_the_other_and_marks_stay() -> None:
    guest = Anchor(12, "slack", "slack", "C0SPECIAL", "1700000000.000200", "guest")
    both = replace(state(), anchors=(TOPIC, guest))
    there = Source("slack", "C0SPECIAL", "1700000000.000900", "U0CARLA", "1700000000.000200")
    changes = ask(Note("agent:carla", "provo io", "provo io", there), both, DESK)
    [echo] = queued(changes, "post")
    assert (echo.channel, echo.anchor_id, echo.payload["author"]) == ("telegram", TOPIC.id, "Carla Ruiz")
    [mark] = queued(changes, "react")
    assert (mark.channel, mark.payload["channel"]) == ("slack", "C0SPECIAL")
    here = Source("telegram", FRONT, "57", "601", "40")
    [done] = queued(ask(Claim("agent:anna", "anna", here), both, DESK), "react")
    assert (done.channel, done.payload["ts"]) == ("telegram", "57")


# ── held replies ─────────────────────────────────────────────────────────────────────────────────────────────────────


def held(channel: str, author: str = "anna") -> HeldAnswer:
    return HeldAnswer(21, 31, f"agent:{author}", channel, "57", NOW, NOW)


def test_who_has_an_answer_waiting_is_told_where_they_wrote_it() -> None:
    guest = Anchor(12, "slack", "slack", "C0SPECIAL", "1700000000.000200", "guest")
    both = replace(state(), anchors=(TOPIC, guest))
    changes = warned(DESK, both, (held(FRONT), held("C0SPECIAL", "bruno")), NOW)
    here, there = queued(changes, "ephemeral")
    assert (here.channel, here.payload["user"], here.payload["thread"]) == ("telegram", "601", "40")
    assert (there.channel, there.payload["user"]) == ("slack", "U0BRUNO")
    assert "👎" in str(here.payload["text"])
    assert "❌" in str(there.payload["text"])


def test_an_account_in_which_agents_no_longer_work_holds_nothing() -> None:
    gone = replace(TOPIC, account="old-bot")
    source = Source(gone.account, FRONT, "57", "601", "40")
    assert hold_of(DESK, source) == timedelta(0)
    assert hold_of(DESK, replace(source, account="telegram")) == timedelta(seconds=5)


def test_in_the_topic_of_a_ticket_that_went_into_one_of_slack_s_marks_go_where_they_can() -> None:
    source = Source("telegram", TECH, "57", "601", "70")
    [mark] = queued(ask(Note("agent:anna", "provo io", "provo io", source), state(), DESK), "react")
    assert (mark.channel, mark.payload["channel"]) == ("telegram", TECH)
    assert showing.react(state(), TECH, "57", showing.SENT) == [], "not through Slack"
