"""What Slack's message box makes of what people type, and which blocks Slack refuses: tables of cases."""

from typing import Any

import pytest

from connectors.standins.slack.blocks import check_blocks, element
from connectors.standins.slack.pings import pings
from connectors.standins.slack.state import Group, SlackError, User, Workspace
from connectors.standins.slack.typing_box import rich_text, typed


@pytest.fixture
def workspace() -> Workspace:
    """A workspace with Anna, a bot and a group."""
    bot = User("U0DESKBOT", "deskd", "deskd", is_bot=True, bot_id="B0DESKBOT")
    made = Workspace(lambda: 1_712_345_678.9, "T0STANDIN", "A0STANDIN", bot)
    made.add_user("U0ANNA", "anna")
    made.groups["S0DESK"] = Group("S0DESK", "desk", "Desk", [])
    return made


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a <b> & c", "a &lt;b&gt; &amp; c"),
        ("&lt; typed as such", "&amp;lt; typed as such"),
        ("@anna sai?", "<@U0ANNA> sai?"),
        ("@nobody", "@nobody"),  # nobody is called so
        ("<@U0ANNA> chosen from the list", "<@U0ANNA> chosen from the list"),
        ("@here e @desk", "<!here> e <!subteam^S0DESK>"),
        ("(https://x.example/a?b=1&c=2).", "(<https://x.example/a?b=1&amp;c=2>)."),
        ("scrivi a maria@cliente.example.", "scrivi a <mailto:maria@cliente.example|maria@cliente.example>."),
        ("*bold* :tada: `code`", "*bold* :tada: `code`"),
        ("<script>", "&lt;script&gt;"),
        ("// note\n!claim", "// note\n!claim"),
    ],
)
def test_what_is_typed(workspace: Workspace, text: str, kept: str) -> None:
    assert typed(workspace, text) == kept


def test_the_rich_text_beside_it() -> None:
    block = rich_text("ciao <@U0ANNA> :tada: <https://x.example|qui> &amp; <!here>")
    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "ciao "},
        {"type": "user", "user_id": "U0ANNA"},
        {"type": "text", "text": " "},
        {"type": "emoji", "name": "tada"},
        {"type": "text", "text": " "},
        {"type": "link", "url": "https://x.example", "text": "qui"},
        {"type": "text", "text": " & "},
        {"type": "broadcast", "range": "here"},
    ]


def test_timestamps_are_unique_and_grow(workspace: Workspace) -> None:
    stamps = [workspace.next_ts() for _ in range(3)]
    assert stamps == ["1712345678.000100", "1712345678.000200", "1712345678.000300"]
    workspace.clock = lambda: 1.0  # a clock set back
    assert workspace.next_ts() == "1712345678.000400"
    workspace.clock = lambda: 1_712_345_680.0
    assert workspace.next_ts() == "1712345680.000100"


def section(text: str) -> dict[str, Any]:
    """A section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(**keys: Any) -> dict[str, Any]:
    """An actions block with one button."""
    one = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    return {"type": "actions", "elements": [one | keys]}


@pytest.mark.parametrize(
    ("blocks", "why"),
    [
        ([section("x" * 3001)], "must be less than 3001 characters"),
        ([section("")], "must be more than 0 characters"),
        ([{"type": "section"}], "needs text or fields"),
        ([{"type": "divider"}] * 51, "no more than 50 items"),
        ([{"type": "nonsense"}], "unsupported type"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "plain_text"),
        ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], "less than 151"),
        ([{"type": "actions", "elements": []}], "no fewer than 1"),
        ([button(text={"type": "plain_text", "text": "x" * 76})], "less than 76"),
        ([button(value="x" * 2001)], "2000"),
        ([button(action_id="x" * 256)], "255"),
        ([section("a") | {"block_id": "b"}] * 2, "must be unique"),
        ([{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}], "no more than 10"),
        ([{"type": "input"}], "needs a label and an element"),
    ],
)
def test_blocks_that_slack_refuses(blocks: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(SlackError) as refused:
        check_blocks(blocks)
    assert refused.value.code == "invalid_blocks"
    assert why in refused.value.extra["response_metadata"]["messages"][0]


def test_blocks_that_slack_takes_get_an_id() -> None:
    taken = check_blocks([section("x" * 3000), button(), {"type": "divider", "block_id": "mine"}])
    assert [block["block_id"] for block in taken] == ["b00", "b01", "mine"]
    assert element(taken, "go")["block_id"] == "b01"


def test_of_two_buttons_with_one_action_the_value_tells() -> None:
    taken = check_blocks([button(value="1"), button(value="2")])
    assert element(taken, "go", "2")["block_id"] == "b01"


@pytest.mark.parametrize(
    ("message", "called"),
    [
        (
            {"text": "ciao <@U0ANNA>, <!here> <!subteam^S0DESK|@desk>"},
            {"<@U0ANNA>", "<!here>", "<!subteam^S0DESK>"},
        ),
        ({"text": "&lt;!here&gt; @channel `<!here>` ```<@U0ANNA>```"}, set()),
        ({"text": "x", "blocks": [section("<!channel>")]}, {"<!channel>"}),
        ({"text": "x", "blocks": [button(text={"type": "plain_text", "text": "<!here>"})]}, set()),
        ({"text": "x", "blocks": [rich_text("<@U0ANNA> &lt;!here&gt;")]}, {"<@U0ANNA>"}),
        ({"text": "x", "attachments": [{"text": "<!everyone>"}]}, {"<!everyone>"}),
    ],
)
def test_whom_a_message_calls(message: dict[str, Any], called: set[str]) -> None:
    assert pings(message) == called
