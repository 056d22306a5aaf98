"""Rules against the desk that ships as an example: its names are known, others are not."""

from __future__ import annotations

import pytest

from deskd.config import Settings, load_config
from deskd.errors import ConfigError
from deskd.rules import load_rules, run_tests
from deskd.rules.names import Names, names_of
from tests.support.needs import REPOSITORY
from tests.unit.rules.examples import DESK, Desk, rules_of
from tests.unit.rules.test_evaluate import EXAMPLE

SECRETS = (
    "SMTP_PASSWORD",
    "TELEGRAM_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_BOT_TOKEN",
    "TELEGRAM_SECRET",
    "IMAP_PASSWORD",
)
TEST = """
tests:
  - name: an Italian invoice
    message: {channel: support-mail, from: "Maria <maria@cliente.example>", subject: "Fattura 118", text: "Non torna il totale"}
    expect: {rules: [invoices], tags: [billing], priority: high, team: front-desk}
"""


@pytest.fixture
def settings() -> Settings:
    return load_config(REPOSITORY / "config" / "deskd.yaml", dict.fromkeys(SECRETS, "xoxb-made-up"))


def test_the_example_rules_fit_the_example_desk(settings: Settings) -> None:
    rules = rules_of(EXAMPLE + TEST, settings)
    assert [str(result) for result in run_tests(rules, settings) if not result.passed] == []
    with pytest.raises(ConfigError, match="did you mean 'front-desk'"):
        rules_of(EXAMPLE.replace("team: front-desk", "team: front-dsk"), settings)


def test_the_pack_fits_the_example_desk(settings: Settings) -> None:
    rules = load_rules([REPOSITORY / "rules"], settings)
    assert all(result.passed for result in run_tests(rules, settings))


def test_teams_of_agents_channels_and_levels() -> None:
    names = names_of(DESK)
    assert (names.team_of("carla"), names.team_of("nobody")) == ("specialists", None)
    assert (names.team_at(3), names.team_at(4)) == ("vendor", None)
    assert (names.level_of("specialists", 1), names.level_of(None, 3), names.level_of("gone", 4)) == (2, 3, 4)
    assert names.channels["phone"] == "front-desk"  # no team of its own: the first of the lowest level
    assert names_of(Desk()) == Names(
        channels={"phone": None},
        calendars=("always",),
        templates=("received", "resolved", "still_there", "out_of_hours", "escalated", "rate"),
    )
