"""chasquid's SMTP conversations, by their codes (the texts are chasquid's own) and by the mail that came of them."""

import re
from pathlib import Path

import pytest

from tests.support.smtp_dialogue import Desk, Dialogue, desk

NAMES = ["bad_mail_from", "data_dot_stuffing", "empty_helo", "helo", "sendmail", "unknown_command"]
SERVER = re.compile(r"c <(?:-|~|\.\.\.) ?(\d{3})")


async def play(script: str, running: Desk) -> int:
    """Plays a dialogue and returns how many replies it compared."""
    dialogue: Dialogue | None = None
    compared = 0
    for line in script.splitlines():
        if line.startswith("c tcp_connect"):
            dialogue = await running.connect()
        elif dialogue is not None and line.startswith("c close"):
            await dialogue.close()
        elif dialogue is not None and line.startswith("c ->"):
            dialogue.send(line[5:].encode() + b"\r\n")
        elif dialogue is not None and (expected := SERVER.match(line)):
            assert await dialogue.code() == int(expected[1]), line
            compared += 1
    return compared


@pytest.mark.parametrize("name", NAMES)
async def test_dialogue(name: str, corpus: Path) -> None:
    folder = corpus / "chasquid-smtp-dialogues"
    async with desk() as running:
        assert await play((folder / f"{name}.cmy").read_text(), running) >= 3
        verify = folder / f"{name}.cmy.verify"
        wanted = [verify.read_bytes().replace(b"\n", b"\r\n").rstrip(b"\r\n")] if verify.exists() else []
        assert [payload.rstrip(b"\r\n") for payload in running.kept.payloads] == wanted


def test_every_dialogue_of_the_folder_is_played(corpus: Path) -> None:
    assert sorted(path.stem for path in (corpus / "chasquid-smtp-dialogues").glob("*.cmy")) == NAMES
