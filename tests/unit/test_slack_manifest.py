"""The Slack app's manifest asks for what deskd uses, and names what it answers to."""

from __future__ import annotations

from typing import Any

from connectors.slack.check import NEEDED, WANTED
from deskd.gestures.presses import MAKES_NOTE, OPENS_FROM, SENDS_MESSAGE
from deskd.yamlfile import read_yaml_text
from tests.support.needs import REPOSITORY

FILE = REPOSITORY / "config" / "slack-app.yaml"
MANIFEST: Any = read_yaml_text(FILE.read_text(), str(FILE)).data


def test_it_asks_for_the_scopes_that_doctor_looks_for() -> None:
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == {*NEEDED, *WANTED}


def test_its_shortcuts_are_those_the_desk_knows() -> None:
    shortcuts = MANIFEST["features"]["shortcuts"]
    assert {one["callback_id"] for one in shortcuts} == {SENDS_MESSAGE, MAKES_NOTE, OPENS_FROM}
    assert {one["type"] for one in shortcuts} == {"message"}


def test_it_hears_of_what_the_desk_acts_on() -> None:
    heard = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    assert {"message.channels", "message.groups", "message.im", "reaction_added", "app_home_opened"} <= heard
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"]
    assert [one["command"] for one in MANIFEST["features"]["slash_commands"]] == ["/desk"]
