"""What a person does on the page, by area: the customers' mail, Slack, the clock, the story, the configuration.

In: the name of a deed and what it is done with, as the page sends them. Out: what the page is answered. Raises `LookupError` and `PermissionError` for what can't
be done, `TimeoutError` and `OSError` when nobody took notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskd.demo import editing, telegram, time_machine, workspace
from deskd.demo.attached import files_of

if TYPE_CHECKING:
    from deskd.demo.show import Demo

Json = dict[str, Any]
Deed = Callable[[str, Json], Awaitable[Any]]


class Deeds:
    """`by_area`: what the page's server calls."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._one_edit = asyncio.Lock()
        self.by_area: Mapping[str, Deed] = {
            "slack": self._in_slack,
            "mail": self._by_mail,
            "telegram": self._in_telegram,
            "time": self._in_time,
            "story": self._in_story,
            "config": self._in_config,
        }

    async def _in_slack(self, deed: str, asked: Json) -> Any:
        try:
            return await workspace.act(self._demo.slack, deed, asked)
        finally:
            self._demo.touch("slack")  # of a view that closes Slack tells nobody

    async def _in_telegram(self, deed: str, asked: Json) -> Any:
        return await telegram.act(self._demo.telegram, deed, asked)

    async def _by_mail(self, deed: str, asked: Json) -> None:
        demo = self._demo
        text, now, files = str(asked["text"]), demo.clock.now(), files_of(asked)
        if deed == "write":
            mail = await demo.mailboxes.write(asked["customer"], str(asked["subject"]), text, now, files)
            demo.story_mail = demo.story_mail or mail
            demo.touch("story")
        elif deed == "reply":
            await demo.mailboxes.reply(asked["customer"], asked["to"], text, now, files)
        else:
            raise LookupError(f"nobody can {deed} here")

    async def _in_time(self, deed: str, asked: Json) -> None:
        if deed != "ahead":
            raise LookupError(f"nobody can {deed} here")
        await time_machine.go(self._demo.clock, self._demo.running, self._demo.inside, asked)
        self._demo.touch("time")

    async def _in_story(self, deed: str, asked: Json) -> None:
        """`again`: the next new mail begins it anew."""
        if deed != "again":
            raise LookupError(f"nobody can {deed} here")
        self._demo.story_mail = None
        self._demo.touch("story")

    async def _in_config(self, deed: str, asked: Json) -> Json:
        """`files` lists them; `try` and `save` take a `name` and its `text`, and tell what came of it."""
        folder = self._demo.folder
        if deed == "files":
            return {"files": await asyncio.to_thread(editing.files, folder)}
        if deed not in ("try", "save"):
            raise LookupError(f"nobody can {deed} here")
        async with self._one_edit:
            return await self._edited(folder, str(asked["name"]), str(asked["text"]), save=deed == "save")

    async def _edited(self, folder: Path, name: str, text: str, *, save: bool) -> Json:
        demo = self._demo
        tried = await asyncio.to_thread(editing.attempt, folder, name, text, demo.given())
        before = await asyncio.to_thread((folder / name).read_text, encoding="utf-8")
        told = editing.told(tried, before, text) | {"loaded": False, "changes": []}
        if not tried.good or tried.settings is None or tried.ruleset is None:
            return told
        settings, ruleset, store = tried.settings, tried.ruleset, demo.running.store
        if name != editing.DESK:
            told["changes"] = await demo.inside.listed(lambda: editing.would_change(store, settings, ruleset))
        if save and text != before:
            await asyncio.to_thread(editing.save, folder, name, text)
            problems = await demo.load(anew=name == editing.DESK)
            told |= {"loaded": not problems, "problems": [editing.problem(one) for one in problems]}
        return told
