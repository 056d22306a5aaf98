"""Debian's Chromium, headless, driven over its own DevTools protocol: clicks and keys as a person's, and what the page shows then.

async with chromium() as page:
    await page.go_to("http://127.0.0.1:8500/")
    await page.click("#new-mail")
    await page.type("#write-subject", "Fattura 118")
    await page.until("document.querySelectorAll('.letter').length === 2")

https://chromedevtools.github.io/devtools-protocol/
"""

import asyncio
import base64
import contextlib
import itertools
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

_PATIENCE = 60.0  # seconds for anything that must come true

_FLAGS = (
    (
        "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --no-first-run --lang=en-GB "
        "--disable-background-networking --disable-component-update --disable-sync --remote-debugging-port=0 "
        "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"  # a mouse
    ).split()
)


class Page:
    """One tab. Whatever a script of the page throws, or the Content Security Policy stops, is in `complaints`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.complaints: list[str] = []
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._session: str | None = None

    async def listen(self) -> None:
        """Take what the browser says, until it is gone."""
        async for message in self._socket:
            told = json.loads(message.data)
            waiting = self._answers.pop(told.get("id"), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(told)
            elif told.get("method") == "Runtime.exceptionThrown":
                details = told["params"]["exceptionDetails"]
                self.complaints.append(details.get("exception", {}).get("description", details["text"]))
            elif told.get("method") == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
                self.complaints.append(told["params"]["entry"]["text"])

    async def ask(self, method: str, **parameters: Any) -> Any:
        """One command of the protocol; its result. Raises `RuntimeError` when the browser refuses it."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        session = {"sessionId": self._session} if self._session else {}
        await self._socket.send_json({"id": number, "method": method, "params": parameters, **session})
        told = await asyncio.wait_for(answer, _PATIENCE)
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']['message']}")
        return told["result"]

    async def open(self) -> None:
        target = await self.ask("Target.createTarget", url="about:blank")
        attached = await self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            await self.ask(f"{domain}.enable")

    # --- what a person does

    async def resize(self, width: int, height: int, *, dark: bool = False, scale: float = 1) -> None:
        """The window's size in CSS pixels, and the colours the person prefers."""
        await self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.ask("Emulation.setEmulatedMedia", features=[scheme])

    async def go_to(self, url: str) -> None:
        await self.ask("Page.navigate", url=url)
        await self.until("document.readyState === 'complete'")

    async def click(self, selector: str, containing: str = "") -> None:
        """Click the first visible element that fits and holds this text, with the mouse in its middle."""
        find = f"find({json.dumps(selector)}, {json.dumps(containing)})"
        await self.until(f"{_FIND}; return Boolean({find})")
        place = await self.run(
            f"{_FIND}; const found = {find}; found.scrollIntoView({{block: 'center'}});"
            "const box = found.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]"
        )
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = {"button": "left", "clickCount": 1} if kind != "mouseMoved" else {}
            await self.ask("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], **button)

    async def type(self, selector: str, text: str) -> None:
        """Click into a field and type."""
        await self.click(selector)
        await self.ask("Input.insertText", text=text)

    # --- what the page shows

    async def run(self, script: str) -> Any:
        """What a function body returns in the page. Raises `RuntimeError` with what it threw."""
        result = await self.ask(
            "Runtime.evaluate", expression=f"(() => {{ {script} }})()", returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description", script))
        return result["result"].get("value")

    async def until(self, condition: str) -> Any:
        """The first true value of an expression (or of a function body that returns). Raises `TimeoutError` with what the page shows."""
        body = condition if "return " in condition else f"return ({condition})"
        look = (
            f"return new Promise(done => {{ const end = Date.now() + {int(_PATIENCE * 800)}; const look = () => {{"
            f"const value = (() => {{ {body} }})();"
            "if (value || Date.now() > end) done(value); else setTimeout(look, 20); }; look(); })"
        )
        value = await self.run(look)
        if not value:
            shown = await self.run("return document.body.innerText")
            raise TimeoutError(f"never came true: {condition}\nthe page shows:\n{shown}")
        return value

    async def until_shown(self, selector: str, text: str) -> None:
        """Wait until a visible element that fits holds this text."""
        await self.until(f"{_FIND}; return Boolean(find({json.dumps(selector)}, {json.dumps(text)}))")

    async def picture(self, file: Path) -> None:
        """What the window shows, as PNG."""
        frame = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        await self.run(f"return {frame}.then(() => {frame})")  # what was scrolled is drawn whole
        taken = await self.ask("Page.captureScreenshot", format="png")
        await asyncio.to_thread(file.write_bytes, base64.b64decode(taken["data"]))


_FIND = (
    "const find = (selector, text) => [...document.querySelectorAll(selector)]"
    ".find(one => one.checkVisibility() && one.textContent.includes(text))"
)


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Page]:
    """A fresh browser with one empty tab; gone, with its profile, at the end."""
    program = shutil.which("chromium")
    assert program is not None, "tests that ask for a browser are marked needs('chromium')"
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program,
            *_FLAGS,
            f"--user-data-dir={profile}",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            address = await asyncio.wait_for(_address(process), _PATIENCE)
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(address, max_msg_size=0) as socket,
            ):
                page = Page(socket)
                listening = asyncio.create_task(page.listen())
                await page.open()
                yield page
                listening.cancel()
        finally:
            process.terminate()
            await process.communicate()


async def _address(process: asyncio.subprocess.Process) -> str:
    """Where the browser listens: it says so on its standard error."""
    assert process.stderr is not None
    while line := (await process.stderr.readline()).decode():
        if "DevTools listening on " in line:
            return line.partition("listening on ")[2].strip()
    raise RuntimeError("chromium ended before it listened")
