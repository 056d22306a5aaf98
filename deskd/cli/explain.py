"""`deskd explain`: what deskd makes of each message, storing nothing."""

from __future__ import annotations

from typing import Any

import typer

from deskd.cli import printing
from deskd.cli.options import Channel, Config, Json, Paths
from deskd.cli.rules import settings_if_any


def explain(paths: Paths, channel: Channel = None, config: Config = None, as_json: Json = False) -> None:
    """Say what deskd makes of each message: its parts, its thread, every rule with why it fired or not. Stores nothing."""
    from deskd.explaining import Explainer
    from deskd.mailfiles import read_all
    from deskd.rules import load_rule_texts, load_rules

    settings = settings_if_any(config)
    ruleset = load_rules(settings.desk.rules, settings) if settings else load_rule_texts({})
    explainer = Explainer(settings, ruleset, channel)
    well = True
    count = 0
    for found in read_all(paths):
        count += 1
        told = explainer.explain(found.name, found.data, found.error)
        well = well and told["error"] is None
        if as_json:
            printing.write_json(told)
        else:
            _say(told)
    if not count:
        printing.note("no mail was found there")
    if not well or not count:
        raise typer.Exit(1)


def _say(told: dict[str, Any]) -> None:
    def say(text: str) -> None:
        printing.say(printing.printable(text))

    say(f"── {told['file']}")
    if told["error"] is not None:
        say(f"   it can't be read: {told['error']}\n")
        return
    message, result = told["message"], told["result"]
    say(f"   from {message['from']['name']} <{message['from']['address']}>: {message['subject']}")
    say(
        f"   {message['kind']}, language {message['language'] or 'unknown'}, {len(message['attachments'])} attachments"
    )
    for line in message["text"].splitlines():
        say(f"   | {line}")
    for bounce in message["bounce"]:
        say(
            f"   bounce: {bounce['address']} {'for good' if bounce['permanent'] else 'for now'} ({bounce['status'] or '-'}): {bounce['reason']}"
        )
    for defect in message["defects"]:
        say(f"   defect: {defect}")
    say(f"   thread: {told['thread']['ticket'] or 'a new ticket'}, because {told['thread']['because']}")
    for rule in told["rules"]:
        say(f"   {'✓' if rule['fired'] else '·'} {rule['name']}: {rule['because']}")
    say(
        f"   → team {result['team'] or '-'}, level {result['level']}, {result['assignee'] or 'nobody'}, tags {', '.join(result['tags']) or '-'}, {result['priority']}, {result['status']}\n"
    )
