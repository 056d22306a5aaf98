"""What agents type: which texts stay inside, which are commands, and what commands ask for."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd import typed, words
from deskd.compose.mrkdwn import to_text
from deskd.config import Settings, SlackChannel, Team
from deskd.config.desk import Agent, Desk
from deskd.desk.commands import (
    Assign,
    Claim,
    Command,
    Note,
    Release,
    Reply,
    SetPriority,
    SetStatus,
    Source,
    Tag,
    Tell,
)
from deskd.desk.wider import Wider
from deskd.errors import CommandRefused
from deskd.model import Assignment, Ticket
from deskd.model.parting import units
from deskd.parse.telegram_markup import to_markup
from tests.support.needs import REPOSITORY

NOW = datetime(2026, 10, 15, 10, tzinfo=UTC)  # a Thursday, noon in Rome
SOURCE = Source("slack", "C0FRONT", "1760000000.000200", "U0ANNA", "1760000000.000100")
PEOPLE = {"U0ANNA": "anna", "U0BRUNO": "bsa", "S0SPEC": "specialists"}
ACTOR = "agent:anna"
TICKET = Ticket(
    1, "ACME-1042", "Fattura", "open", "normal", "medium", "medium", "support-mail", "front-desk", 1, None, "it", 1, NOW, NOW,
    tags=("VIP", "billing"),
)  # fmt: skip


def desk(
    language: Literal["en", "it", "es", "pt"] = "en", replies: Literal["public", "internal"] = "public"
) -> Settings:
    slack = SlackChannel.model_validate(
        {"type": "slack", "app_token": "xapp-1", "bot_token": "xoxb-1", "undo": "30s", "replies": replies}
    )
    return Settings(
        Path("deskd.yaml"),
        Desk.model_validate(
            {"timezone": "Europe/Rome", "agent_language": language}, context={"folder": Path("/")}
        ),
        {"slack": slack},
        {
            "anna": Agent(name="Anna Rossi", email="anna@acme.example"),
            "bsa": Agent(name="Bruno Sá"),
            "carla": Agent(name="Carla Ruiz", slack="U0CARLA"),
            "jo": Agent(name="Anna Bianchi"),
        },
        {
            "front-desk": Team(level=1, members=("anna", "bsa")),
            "specialists": Team(level=2, members=("carla",)),
            "field": Team(level=1, mention="S0FIELD", members=("carla",)),
        },
    )


DESK = desk()


def read(text: str, settings: Settings = DESK, ticket: Ticket = TICKET) -> Command | Wider:
    return typed.read_command(
        text, agent="anna", source=SOURCE, ticket=ticket, settings=settings, people=PEOPLE, now=NOW
    )


def refusal(text: str, settings: Settings = DESK) -> str:
    with pytest.raises(CommandRefused) as refused:
        read(text, settings)
    return str(refused.value)


def classify(text: str, replies: Literal["public", "internal"] = "public") -> typed.Classified:
    return typed.classify(text, replies=replies, settings=DESK, people=PEOPLE)


# ── reply, note or command ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "kind", "rest", "offer"),
    [
        ("Good morning!", "reply", "Good morning!", False),
        ("  Two\nlines \n", "reply", "Two\nlines", False),
        ("*Important*: read this", "reply", "*Important*: read this", False),  # formatting stays where nothing is taken off
        ("reply: here you are", "reply", "here you are", False),  # not needed, but not for the customer either
        ("Replying: here", "reply", "Replying: here", False),
        ("footnote: see below", "reply", "footnote: see below", False),
        ("see https://acme.example // here", "reply", "see https://acme.example // here", False),  # only at the front
        ("", "reply", "", False),
        # notes
        ("note: check the invoice", "note", "check the invoice", False),
        ("  NOTE : check", "note", "check", False),
        ("*note:* check", "note", "check", False),  # written in bold
        ("_note: check_", "note", "check", False),
        ("// check", "note", "check", False),
        ("//check\nand this", "note", "check\nand this", False),
        ("/// check", "note", "check", False),
        ("note:", "note", "", False),
        # whoever is called reads it inside: all of it stays as it was written
        ("<@U0BRUNO> can you look?", "note", "<@U0BRUNO> can you look?", True),
        ("ask <@U9NOBODY|who> first", "note", "ask <@U9NOBODY|who> first", True),  # not of the roster either
        ("<!subteam^S0SPEC|@specialists> yours", "note", "<!subteam^S0SPEC|@specialists> yours", True),
        ("<!here> who knows?", "note", "<!here> who knows?", True),
        ("<!channel|channel> who knows?", "note", "<!channel|channel> who knows?", True),
        ("<!everyone>", "note", "<!everyone>", True),
        ("@here who knows?", "note", "@here who knows?", True),  # typed, and not made a mention by Slack
        ("ask @anna, please", "note", "ask @anna, please", True),  # a key
        ("(@Bruno Sá?)", "note", "(@Bruno Sá?)", True),  # a name
        ("@BRUNO  SA look", "note", "@BRUNO  SA look", True),  # case, accents and blanks aside
        ("@carla's machine", "note", "@carla's machine", True),
        ("@Bruno look", "note", "@Bruno look", True),  # a first name
        ("@front-desk look", "note", "@front-desk look", True),  # a team
        ("reply: thanks <@U0BRUNO>", "note", "thanks <@U0BRUNO>", True),  # even so
        ("write to anna@acme.example", "reply", "write to anna@acme.example", False),  # an address calls nobody
        ("<mailto:anna@acme.example|anna@acme.example>", "reply", "<mailto:anna@acme.example|anna@acme.example>", False),
        ("@annabelle is our product", "reply", "@annabelle is our product", False),
        ("@anna-lisa is our product", "reply", "@anna-lisa is our product", False),
        ("Anna will call you", "reply", "Anna will call you", False),  # a name alone calls nobody
        ("in <#C0FRONT|front-desk>", "reply", "in <#C0FRONT|front-desk>", False),  # a channel neither
        # commands
        ("!claim", "command", "!claim", False),
        ("  !claim", "command", "!claim", False),
        ("*!claim*", "command", "!claim", False),
        ("`!claim`", "command", "!claim", False),  # copied out of the manual
        ("！claim", "command", "！claim", False),  # a full-width mark
        ("!important read this", "command", "!important read this", False),  # answered to its author alone
        ("!resolve thanks @anna", "command", "!resolve thanks @anna", False),
        # nearly commands: kept, and the author asked
        ("!", "note", "!", True),
        ("!!!", "note", "!!!", True),
        ("!?", "note", "!?", True),
        ("! close", "note", "! close", True),
        ("!!close", "note", "!!close", True),
        ("\u200b!1", "note", "\u200b!1", True),
        ("reply: !close", "note", "!close", True),
        ("reply: note: check", "note", "note: check", True),
        ("¡Hola!", "reply", "¡Hola!", False),  # a Spaniard's greeting
    ],
)  # fmt: skip
def test_what_a_text_is_where_replies_are_public(text: str, kind: str, rest: str, offer: bool) -> None:
    assert classify(text) == typed.Classified(kind, rest, offer)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kind", "rest", "offer"),
    [
        ("Good morning", "note", "Good morning", True),  # everything stays
        ("reply: Good morning", "reply", "Good morning", False),
        ("  Reply :\nGood morning", "reply", "Good morning", False),
        ("*reply:* Good morning", "reply", "Good morning", False),
        ("reply:", "reply", "", False),  # nothing to send: its reader sees to that
        ("reply: ask @anna", "note", "ask @anna", True),
        ("note: check", "note", "check", False),  # meant so
        ("!claim", "command", "!claim", False),
        ("!!!", "note", "!!!", True),
    ],
)
def test_what_a_text_is_where_replies_are_internal(text: str, kind: str, rest: str, offer: bool) -> None:
    assert classify(text, "internal") == typed.Classified(kind, rest, offer)  # type: ignore[arg-type]


MARKED = st.tuples(
    st.text(st.characters(categories=["Cc", "Cf", "Zs", "Zl", "Zp"], include_characters="*_~`"), max_size=5),
    st.text(max_size=60),
).map("!".join)


@given(MARKED, st.sampled_from(["public", "internal"]))
def test_nothing_that_begins_with_an_exclamation_mark_ever_goes_to_a_customer(
    text: str, replies: Literal["public", "internal"]
) -> None:
    assert classify(text, replies).kind != "reply"


@given(
    st.text(max_size=40),
    st.sampled_from(["<@U0ANNA>", "<!here>", "<!subteam^S1>", " @anna ", " @here "]),
    st.text(max_size=40),
)
def test_what_calls_somebody_never_goes_to_a_customer(before: str, mention: str, after: str) -> None:
    assert classify(before + mention + after).kind != "reply"


@given(st.text(max_size=80))
def test_any_command_is_understood_or_refused(rest: str) -> None:
    for name in typed.COMMANDS:
        with suppress(CommandRefused):
            assert read(f"!{name} {rest}")


_STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "")
_TYPED_MARKS = ("", "*", "_", "~", "`", "**", "```", "*_", "\u200b", "\u00a0")


@pytest.mark.parametrize("style", _STYLES)
@pytest.mark.parametrize("front", ["note:", "NOTE :", "note：", "//", "!note", "/note"])
@pytest.mark.parametrize("around", ["its front", "all"])
def test_in_telegram_what_begins_as_a_note_or_a_command_stays_inside(
    front: str, style: str, around: str
) -> None:
    """Whatever marks its author typed around it or its app drew, whether or not Telegram knew a command in it."""
    for marks in _TYPED_MARKS:
        end = marks[::-1]
        text = f"{marks}{front}{end} smile" if around == "its front" else f"{marks}{front} smile{end}"
        length = units(text if around == "all" else f"{marks}{front}")
        drawn = [{"type": style, "offset": 0, "length": length}] if style else []
        marked = [{"type": "bot_command", "offset": 0, "length": 5}] if text.startswith("/") else []
        for entities in (drawn, [*drawn, *marked], [*marked, *drawn]):
            found = classify(to_markup(text, entities))
            kept = (
                read(found.text)
                if found.kind == "command"
                else Note(ACTOR, to_text(found.text, {}), "", None)
            )
            assert found.kind != "reply", (text, entities)
            assert isinstance(kept, Note)
            assert kept.text.strip("*_~`\u200b\u00a0 \n") == "smile"


@pytest.mark.parametrize(
    "text", ["note:smile: ok", "`note`:smile: ok", "reply: *note:* ok", "*! ok*", "`!close`"]
)
def test_in_telegram_typed_signs_hide_no_note(text: str) -> None:
    assert classify(to_markup(text, [])).kind != "reply"


# ── what commands ask for ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("!claim", Claim(ACTOR, "anna", SOURCE)),
        ("!CLAIM ", Claim(ACTOR, "anna", SOURCE)),
        ("*!claim*", Claim(ACTOR, "anna", SOURCE)),
        ("!release", Release(ACTOR, SOURCE)),
        ("!resolve", SetStatus(ACTOR, "resolved", source=SOURCE)),
        ("!reopen", SetStatus(ACTOR, "open", source=SOURCE)),
        ("!close", SetStatus(ACTOR, "closed", source=SOURCE)),
        ("!spam", SetStatus(ACTOR, "spam", source=SOURCE)),
        (
            "!hold the &lt;supplier&gt;\nis slow",
            SetStatus(ACTOR, "hold", "the <supplier> is slow", source=SOURCE),
        ),
        ("!priority urgent", SetPriority(ACTOR, priority="urgent", source=SOURCE)),
        (
            "!priority Alta",
            SetPriority(ACTOR, priority="high", source=SOURCE),
        ),  # as Italians and Spaniards say it
        ("!priority: média", SetPriority(ACTOR, priority="normal", source=SOURCE)),
        ("!urgency baixa", SetPriority(ACTOR, urgency="low", source=SOURCE)),
        ("!impact medium.", SetPriority(ACTOR, impact="medium", source=SOURCE)),
        ("!tag Refund -install", Tag(ACTOR, ("refund",), ("install",), SOURCE)),
        ("!tag a, b,+c #d\n–e", Tag(ACTOR, ("a", "b", "c", "d"), ("e",), SOURCE)),  # an editor's dash
        ("!tag vip -BILLING", Tag(ACTOR, ("VIP",), ("billing",), SOURCE)),  # as the ticket has them
        ("!tag a a città v1.2 x:y_z-0", Tag(ACTOR, ("a", "città", "v1.2", "x:y_z-0"), (), SOURCE)),
        ("!tag <#C0B|billing>", Tag(ACTOR, ("billing",), (), SOURCE)),  # Slack made a channel of it
    ],
)
def test_what_a_command_asks_for(text: str, command: Command) -> None:
    assert read(text) == command


@pytest.mark.parametrize(
    ("whom", "team", "agent"),
    [
        ("<@U0BRUNO>", "front-desk", "bsa"),
        ("<@U0BRUNO|bruno>", "front-desk", "bsa"),
        ("<@U0CARLA>", "field", "carla"),  # not in the ticket's team: one of hers, of the same level
        ("@bsa", "front-desk", "bsa"),
        ("bsa", "front-desk", "bsa"),
        ("@Bruno Sá", "front-desk", "bsa"),
        ("bruno sa.", "front-desk", "bsa"),
        ("Bruno", "front-desk", "bsa"),  # a first name that only one has
        ("anna", "front-desk", "anna"),  # a key goes before the names of others
        ("<mailto:Anna@acme.example|Anna@acme.example>", "front-desk", "anna"),
        ("jo", "front-desk", "jo"),  # in no team: the ticket stays where it is
        ("<!subteam^S0SPEC|@specialists>", "specialists", None),
        ("<!subteam^S0FIELD>", "field", None),  # by the team's own key `mention`
        ("specialists", "specialists", None),
        ("@Front-Desk", "front-desk", None),
    ],
)
def test_whom_a_ticket_is_assigned_to(whom: str, team: str, agent: str | None) -> None:
    assert read(f"!assign {whom}") == Assign(ACTOR, Assignment(team, agent, "anna said so"), SOURCE)


def test_a_first_name_that_two_have_is_asked_about() -> None:
    settings = DESK
    without_key = {key if key != "anna" else "arossi": agent for key, agent in settings.agents.items()}
    twice = Settings(settings.file, settings.desk, settings.channels, without_key, settings.teams)
    assert "@arossi, @jo" in refusal("!assign anna", twice)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("2d", NOW + timedelta(days=2)),
        ("90m", NOW + timedelta(minutes=90)),
        ("1w 2d", NOW + timedelta(days=9)),
        ("for 3 days", NOW + timedelta(days=3)),
        ("2 giorni", NOW + timedelta(days=2)),
        ("tomorrow", datetime(2026, 10, 16, 7, tzinfo=UTC)),  # nine in Rome
        ("mañana", datetime(2026, 10, 16, 7, tzinfo=UTC)),
        ("amanhã às 14h", datetime(2026, 10, 16, 12, tzinfo=UTC)),
        ("until Monday", datetime(2026, 10, 19, 7, tzinfo=UTC)),
        ("fino a lunedì alle 14:30", datetime(2026, 10, 19, 12, 30, tzinfo=UTC)),
        ("hasta el jueves", datetime(2026, 10, 22, 7, tzinfo=UTC)),  # a Thursday's Thursday is next week's
        ("until monday at 2 pm", datetime(2026, 10, 19, 12, tzinfo=UTC)),
        ("monday 2pm", datetime(2026, 10, 19, 12, tzinfo=UTC)),
        ("2026-10-26", datetime(2026, 10, 26, 8, tzinfo=UTC)),  # the clocks went back in between
        ("2026-10-26 18:00", datetime(2026, 10, 26, 17, tzinfo=UTC)),
        ("17:00", datetime(2026, 10, 15, 15, tzinfo=UTC)),
        ("09:30", datetime(2026, 10, 16, 7, 30, tzinfo=UTC)),  # past for today
        ("soon", None),
        ("2", None),  # of what?
        ("2 parsecs", None),
        ("25:00", None),
        ("2026-02-30", None),
        ("monday tuesday", None),
        ("2d please", None),
        ("0d", None),
        ("2026-10-14", None),  # past
        ("2y", None),
        ("9999d", None),
        ("9999-12-31", None),
    ],
)
def test_when_a_pending_ticket_comes_back(text: str, until: datetime | None) -> None:
    if until is None:
        assert words.say(
            "en", "right_form", form="!pending [2d]", example="!pending until monday"
        ) in refusal(f"!pending {text}")
    else:
        assert read(f"!pending {text}") == SetStatus(ACTOR, "pending", until=until, source=SOURCE)


def test_pending_without_a_time_waits_for_the_customer() -> None:
    assert read("!pending") == SetStatus(ACTOR, "pending", source=SOURCE)


@pytest.mark.parametrize(
    ("text", "reason", "until"),
    [
        ("the supplier", "the supplier", None),
        ("3d the supplier", "the supplier", NOW + timedelta(days=3)),
        ("2 days the supplier", "the supplier", NOW + timedelta(days=2)),
        ("until monday 14:00 the supplier", "the supplier", datetime(2026, 10, 19, 12, tzinfo=UTC)),
        ("2026-10-20 the supplier", "the supplier", datetime(2026, 10, 20, 7, tzinfo=UTC)),
        ("monday is a holiday", "monday is a holiday", None),  # a reason may begin with a day
        ("3 orders are missing", "3 orders are missing", None),
        ("until they answer", "until they answer", None),
    ],
)
def test_hold_takes_a_time_before_the_reason(text: str, reason: str, until: datetime | None) -> None:
    assert read(f"!hold {text}") == SetStatus(ACTOR, "hold", reason, until, SOURCE)


def test_last_words_go_out_first_as_they_were_written() -> None:
    markup = "Done &amp; *dusted*.\nSee <https://acme.example|here>"
    plain = "Done & dusted.\nSee here (https://acme.example)"
    assert read(f"!resolve {markup}") == Reply(
        ACTOR, plain, markup, SOURCE, timedelta(seconds=30), then="resolved"
    )


@pytest.mark.parametrize(
    "text", ["ask @anna", "<@U0BRUNO> done", "// done", "note: done", "!close", "<!here>"]
)
def test_last_words_that_would_stay_inside_are_refused(text: str) -> None:
    assert refusal(f"!resolve {text}").startswith("Nothing was sent")


# ── what is refused, and how ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "said", "form"),
    [
        ("!claim thanks", "“thanks”", "!claim"),  # perhaps meant for the customer: neither is done
        ("!close\nThank you, goodbye", "“Thank you, goodbye”", "!close"),
        ("!assign", "Who", "!assign @agent|team"),
        ("!assign <@U0ANNA> <@U0BRUNO>", "not to", "!assign @agent|team"),
        ("!assign <@U0ANNA> please", "not to", "!assign @agent|team"),
        ("!assign <@U9NOBODY>", "U9NOBODY", "!assign @agent|team"),
        ("!assign brnuo", "@bsa", "!assign @agent|team"),  # the nearest, by the key that can be typed
        ("!assign frontdesk", "@front-desk", "!assign @agent|team"),
        ("!hold", "waiting for", "!hold reason"),
        ("!hold 3d", "waiting for", "!hold reason"),
        ("!hold " + "x" * 501, "500", "!hold reason"),
        ("!priority", "low, normal, high, urgent", "!priority low|normal|high|urgent"),
        ("!priority asap", "“asap”", "!priority low|normal|high|urgent"),
        ("!urgency urgent", "low, medium, high", "!urgency low|medium|high"),
        ("!tag", "Which tags", "!tag a -b"),
        ("!tag a&amp;b", "“a&b”", "!tag a -b"),
        ("!tag -", "“-”", "!tag a -b"),
        ("!tag " + "x" * 61, "60", "!tag a -b"),
        ("!tag " + " ".join(f"t{number}" for number in range(21)), "20", "!tag a -b"),
        ("!tag a -a", "at once", "!tag a -b"),
        ("!help frobnicate", "!frobnicate", "!help [command]"),
    ],
)
def test_a_wrong_command_is_answered_with_what_is_wrong_and_the_right_form(
    text: str, said: str, form: str
) -> None:
    first, *rest = refusal(text).splitlines()
    assert said in first
    assert rest[0] == f"The right form: {form}"


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("!resovle thanks", "!resolve"),
        ("!asign @anna", "!assign"),
        ("!priorit high", "!priority"),
        ("!re-open", "!reopen"),
        ("!tags a", "!tag"),
    ],
)
def test_a_misspelt_command_is_told_the_nearest(text: str, near: str) -> None:
    assert f"Did you mean {near}?" in refusal(text)


@pytest.mark.parametrize("name", "important foo zzz reply ticket".split())
def test_a_command_that_is_none_is_said_to_be_none(name: str) -> None:
    assert refusal(f"!{name} x") == words.say("en", "unknown_command", command=name)


@pytest.mark.parametrize("language", words.TEXTS)
def test_the_answer_is_in_the_agents_language(language: Literal["en", "it", "es", "pt"]) -> None:
    assert refusal("!hold", desk(language)).startswith(words.say(language, "needs_reason"))


def test_a_refusal_quotes_no_more_than_the_start_of_what_was_found() -> None:
    assert len(refusal("!claim " + "x" * 100_000)) < 300


# ── help ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", words.TEXTS)
def test_help_lists_each_command_by_its_form(language: Literal["en", "it", "es", "pt"]) -> None:
    told = read("!help", desk(language))
    assert isinstance(told, Tell)
    for command in typed.COMMANDS.values():
        assert f"{command.form} – {words.say(language, command.help)}" in told.text.splitlines()


def test_help_says_what_leaves_the_desk() -> None:
    public, internal = read("!help"), read("!help", desk(replies="internal"))
    assert isinstance(public, Tell)
    assert isinstance(internal, Tell)
    assert public.text.endswith(words.say("en", "help_foot"))
    assert internal.text.endswith(words.say("en", "help_foot_internal"))


@pytest.mark.parametrize("name", typed.COMMANDS)
def test_help_tells_of_one_command_and_its_example_is_right(name: str) -> None:
    told = read(f"!help !{name}")
    assert isinstance(told, Tell)
    command = typed.COMMANDS[name]
    assert command.form in told.text
    if command.example:
        assert read(command.example.format(agent="anna"))


# ── the manual ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_manual_lists_each_command_and_no_other() -> None:
    manual = (REPOSITORY / "docs" / "agents.md").read_text()
    listed = re.findall(r"(?m)^\| `(!.+?)` \|", manual)
    assert [form.replace("\\|", "|") for form in listed] == [
        command.form for command in typed.COMMANDS.values()
    ]
