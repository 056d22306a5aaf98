"""A small desk of which teams work in Telegram groups, and one in Slack."""

from __future__ import annotations

from pathlib import Path

from deskd.config import Settings, settings_from
from deskd.model import Anchor
from deskd.yamlfile import read_yaml_text

FRONT, TECH = "-1001000000001", "-1001000000002"
DESKD_YAML = """
channels:
  support-mail: {type: mail, address: support@acme.example}
  telegram: {type: telegram, token: "42:x", topics: true, undo: 5s, replies: internal}
  slack: {type: slack, app_token: xapp-test, bot_token: xoxb-test}
agents:
  anna: {name: Anna Rossi, telegram: 601}
  bruno: {name: Bruno Sá, slack: U0BRUNO, telegram: "602"}
  carla: {name: Carla Ruiz, slack: U0CARLA}
  dario: {name: Dario Neri, email: dario@acme.example}
teams:
  front-desk: {level: 1, telegram: -1001000000001, members: [anna, bruno]}
  billing: {level: 2, telegram: "-1001000000001", members: [bruno]}
  tech: {level: 2, telegram: -1001000000002, members: [anna]}
  specialists: {level: 3, slack: C0SPECIAL, members: [bruno, carla], mention: S0SPEC}
"""


def desk(text: str = DESKD_YAML) -> Settings:
    return settings_from(read_yaml_text(text, "deskd.yaml"), {}, Path("/desk/deskd.yaml"))


DESK = desk()
TOPIC = Anchor(11, "telegram", "telegram", FRONT, "40", "home", "41")
