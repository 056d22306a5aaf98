"""A second rule set beside the live one: it judges everything, does nothing, and says what it would have made otherwise."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from deskd.config import Settings
from deskd.events import Events
from deskd.rules import Facts, Verdict
from deskd.shadow import Shadow, differences
from deskd.store import Store
from tests.support.daemon import until
from tests.support.desk import SETTINGS, ruleset
from tests.support.mailroom import Mailroom, mail

LIVE = "rules: [{name: a, when: {subject: {words: fattura}}, then: [{tag: billing}]}]"
OTHER = "rules: [{name: a, when: {subject: {words: fattura}}, then: [{tag: money}, {reply: received}, {note: x}]}]"


class Log:
    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, level: str) -> Any:
        return lambda event, **facts: self.lines.append((event, facts))


def candidates(folder: Path) -> Settings:
    desk = SETTINGS.desk.model_copy(update={"rules_candidate": (folder,)})
    return Settings(
        SETTINGS.file, desk, SETTINGS.channels, SETTINGS.agents, SETTINGS.teams, SETTINGS.calendars
    )


def test_it_acts_on_nothing_and_says_what_differs(store: Store) -> None:
    desk = Mailroom(store, rules=ruleset(LIVE))
    desk.candidate = ruleset(OTHER)
    filed = desk.arrive(mail())
    assert [(change.field, change.before, change.after) for change in filed.shadow] == [
        ("tags", ["billing"], ["money"]),
        ("replies", [], ["received"]),
        ("notes", [], ["x"]),
    ]
    shown = desk.shown(filed.ticket)
    assert (shown["tags"], len(shown["messages"])) == (["billing"], 1)
    assert desk.arrive(mail(subject="Ciao")).shadow == ()


def test_what_differs_is_logged_and_counted(store: Store) -> None:
    desk = Mailroom(store, rules=ruleset(LIVE))
    desk.candidate = ruleset(OTHER)
    log, registry = Log(), CollectorRegistry()
    events = Events(log, registry)
    for filed in (desk.arrive(mail()), desk.arrive(mail(subject="Ciao"))):
        events.candidate_differs(filed.shadow, 1, filed.ticket)
    assert [facts["fields"] for event, facts in log.lines if event == "candidate_differs"] == [
        ["tags", "replies", "notes"]
    ]
    assert registry.get_sample_value("deskd_rules_candidate_differences_total", {"field": "tags"}) == 1


def test_the_last_good_candidate_stays(tmp_path: Path) -> None:
    log = Log()
    shadow = Shadow(candidates(tmp_path), Events(log))
    (tmp_path / "a.yaml").write_text(OTHER)
    asyncio.run(shadow.load())
    good = shadow.ruleset
    assert good is not None
    (tmp_path / "a.yaml").write_text("rules: [{name: a, then: [{assign: nobody}]}]")
    asyncio.run(shadow.load())
    assert shadow.ruleset is good
    assert [event for event, _ in log.lines] == ["candidate_loaded", "candidate_refused"]


def test_a_changed_candidate_is_loaded(tmp_path: Path) -> None:
    async def watched() -> None:
        shadow = Shadow(candidates(tmp_path), Events(Log()))
        (tmp_path / "a.yaml").write_text(LIVE)
        task = asyncio.create_task(shadow.watch(0.01))
        await until(lambda: shadow.ruleset)
        first = shadow.ruleset
        (tmp_path / "a.yaml").write_text(OTHER)
        await until(lambda: shadow.ruleset is not first)
        shadow.stop()
        await task

    asyncio.run(watched())


def test_a_desk_without_a_candidate() -> None:
    shadow = Shadow(SETTINGS, Events(Log()))
    asyncio.run(shadow.watch(0.01))
    assert shadow.ruleset is None
    nothing = Verdict((), (), Facts().ticket, None, "")
    assert differences(None, Facts(), nothing) == ()


def test_what_fails_in_it_fails_nothing_else() -> None:
    broken: Any = object()
    [change] = differences(broken, Facts(), Verdict((), (), Facts().ticket, None, ""))
    assert "deskd failed on it" in change.because
