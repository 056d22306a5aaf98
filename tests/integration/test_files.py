"""Files both ways through all stages, on both databases, between accounts in memory."""

from __future__ import annotations

import itertools
from email.message import EmailMessage
from typing import Any

import pytest

from deskd import files
from deskd.errors import PermanentFailure, TemporaryFailure, UnknownOutcome, Unsupported
from deskd.model import Delivery, FetchFiles, Post, PostFiles, Receipt
from deskd.store import Store
from deskd.store.listing import ticket_whole
from deskd.store.tables import attachments, outbox
from tests.support.store import rows
from tests.support.world import SlackInMemory, World, body, question

PDF = b"%PDF-1.7 " + bytes(range(256))
PIXEL = b"GIF89a"
PICTURE = b"\x89PNG" * 1000


class SlackWithFiles(SlackInMemory):
    """Holds files that agents put there, by id."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, bytes] = {}
        self._ids = itertools.count(1)

    def _receipt(self, delivery: Delivery) -> Receipt:
        if isinstance(delivery.content, FetchFiles):
            return Receipt(files=tuple(self.held[file.id] for file in delivery.content.files))
        return super()._receipt(delivery)

    async def write_with(
        self, text: str, thread: str, given: dict[str, bytes], size: int | None = None
    ) -> str:
        ts, listed = self.next_ts(), []
        for name, content in given.items():
            file_id = f"F{next(self._ids)}"
            self.held[file_id] = content
            address = f"https://files.slack.com/{file_id}"
            listed.append(
                {
                    "id": file_id, "name": name, "mimetype": "application/pdf",
                    "size": size or len(content), "url_private": address,
                }
            )  # fmt: skip
        event: dict[str, Any] = {
            "type": "message", "subtype": "file_share", "user": "U0ANNA", "text": text, "ts": ts,
            "thread_ts": thread, "channel": "C0FRONT", "files": listed,
        }  # fmt: skip
        await self.happened(f"m:{ts}", event)
        return ts

    def posted(self) -> list[tuple[str, ...]]:
        """Posts and files as they arrived: a text, or the files' names."""
        arrived = [one.content for one in self.delivered]
        return [
            ("text", one.text) if isinstance(one, Post) else tuple(file.name for file in one.files)
            for one in arrived
            if isinstance(one, Post | PostFiles)
        ]


@pytest.fixture
async def world(store: Store) -> World:
    return await World(store, slack=SlackWithFiles()).start()


def slack_of(world: World) -> SlackWithFiles:
    assert isinstance(world.slack, SlackWithFiles)
    return world.slack


def with_files(text: str = "In allegato.") -> bytes:
    mail = EmailMessage()
    for name, value in (("From", "Maria Rossi <maria@cliente.example>"), ("To", "support@acme.example")):
        mail[name] = value
    mail["Subject"], mail["Message-ID"] = "Fattura 118", "<q1@cliente.example>"
    mail["Date"] = "Mon, 23 Nov 2026 09:00:01 +0000"
    mail.set_content(text)
    mail.add_attachment(PDF, "application", "pdf", filename="fattura.pdf")
    mail.add_attachment(b"a,b\n", "text", "csv", filename="righe.csv")
    for name, content in (("pixel.gif", PIXEL), ("foto.png", PICTURE)):
        kind = name.rpartition(".")[2]
        mail.add_attachment(content, "image", kind, filename=name, disposition="inline", cid=f"<{name}>")
    return mail.as_bytes()


def mail_row(world: World, kind: str = "mail") -> Any:
    return [row for row in rows(world.store, outbox) if row["kind"] == kind][-1]


def files_of(message: EmailMessage) -> dict[str, bytes]:
    return {part.get_filename() or "": part.get_payload(decode=True) for part in message.iter_attachments()}  # type: ignore[misc]


# ── to agents ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_customers_files_follow_their_words(world: World) -> None:
    await world.mail(with_files())
    await world.settle()
    assert slack_of(world).posted() == [("text", "In allegato."), ("fattura.pdf", "righe.csv", "foto.png")]
    (shown,) = world.slack.shown(PostFiles)
    assert [file.data for file in shown.files] == [PDF, b"a,b\n", PICTURE]
    assert shown.place.thread == world.thread()


async def test_a_long_text_is_a_file_too(world: World) -> None:
    long = "\n".join(f"riga {number}" for number in range(3_000))
    await world.mail(question(long))
    await world.settle()
    (shown,) = world.slack.shown(PostFiles)
    (file,) = shown.files
    assert (file.name.startswith("ACME-"), file.data.decode()) == (True, long)
    assert len(world.posts()) == 1


async def test_a_mail_without_files_makes_no_post_of_files(world: World) -> None:
    await world.mail(question())
    await world.settle()
    assert not world.slack.shown(PostFiles)


async def refuse_files(world: World, failure: Any, monkeypatch: pytest.MonkeyPatch, times: int = 99) -> None:
    """Slack fails on files, and on nothing else."""
    deliver = world.slack.deliver
    left = [times]

    async def refusing(delivery: Delivery) -> Receipt:
        if isinstance(delivery.content, PostFiles | FetchFiles) and left[0] > 0:
            left[0] -= 1
            world.slack.tried.append(delivery)
            raise failure
        return await deliver(delivery)

    monkeypatch.setattr(world.slack, "deliver", refusing)


async def test_a_slack_without_files_holds_nothing_up_and_raises_no_alarm(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await refuse_files(world, Unsupported("this Slack doesn't know the method"), monkeypatch)
    await world.mail(with_files())
    await world.settle()
    await world.mail(question("E poi?", number=2, In_Reply_To="<q1@cliente.example>"))
    await world.settle()
    assert world.posts() == ["In allegato.", "E poi?"]
    (first, _) = world.slack.shown(Post)
    assert [line.partition(" ")[0] for line in first.attachments] == ["fattura.pdf", "righe.csv", "foto.png"]
    assert mail_row(world, "file")["state"] == "failed"


async def test_files_that_slack_refuses_are_told_of_in_the_thread(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await refuse_files(world, PermanentFailure("storage_limit_reached"), monkeypatch)
    await world.mail(with_files())
    await world.settle()
    assert [text for text in world.posts() if "storage_limit_reached" in text]


async def test_files_that_can_not_be_sent_now_let_words_pass_and_arrive_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await refuse_files(world, TemporaryFailure("away"), monkeypatch, 3)
    await world.mail(with_files())
    await world.settle()
    await world.mail(question("E poi?", number=2, In_Reply_To="<q1@cliente.example>"))
    for _ in range(3):
        await world.later(seconds=3)
    assert "E poi?" in world.posts()
    await world.later(seconds=60)
    assert len(world.slack.shown(PostFiles)) == 1


async def test_files_of_unknown_outcome_are_not_shown_twice(world: World) -> None:
    await world.mail(question())
    await world.settle()
    world.slack.fail_next("lost_answer", "lost_answer", "lost_answer")
    await world.mail(with_files().replace(b"<q1@", b"<q2@").replace(b"Fattura 118", b"Re: x"))
    await world.later(seconds=5)
    await world.later(seconds=5)
    assert len(world.slack.shown(PostFiles)) == 1


# ── to customers ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def opened(world: World) -> str:
    await world.mail(question())
    await world.settle()
    return world.thread()


async def test_an_agents_files_go_with_the_reply(world: World) -> None:
    thread = await opened(world)
    ts = await slack_of(world).write_with("Ecco la *copia*", thread, {"copia.pdf": PDF, "è vuoto.pdf": b""})
    await world.settle()
    assert not world.mailbox()
    await world.later(seconds=11)
    (mail,) = world.mailbox()
    assert files_of(mail) == {"copia.pdf": PDF, "è vuoto.pdf": b""}
    assert body(mail).startswith("Ecco la")
    assert world.slack.marks(ts) == ["white_check_mark"]
    message = next(one for one in world.messages() if one["direction"] == "out")
    kept = [one for one in rows(world.store, attachments) if one["message_id"] == message["id"]]
    assert [(one["name"], one["size"]) for one in kept] == [("copia.pdf", len(PDF)), ("è vuoto.pdf", 0)]


async def test_the_files_of_a_reply_are_listed_with_it(world: World) -> None:
    thread = await opened(world)
    await slack_of(world).write_with("Ecco", thread, {"copia.pdf": PDF})
    await world.later(seconds=11)
    ref = world.tickets()[0]["ref"]
    shown = await world.store.read(lambda work: ticket_whole(work, ref))
    assert shown is not None
    assert [[one["name"] for one in message["attachments"]] for message in shown["messages"]] == [[], ["copia.pdf"]]  # fmt: skip


async def test_files_alone_are_a_reply(world: World) -> None:
    thread = await opened(world)
    await slack_of(world).write_with("", thread, {"copia.pdf": PDF})
    await world.later(seconds=11)
    assert files_of(world.mailbox()[0]) == {"copia.pdf": PDF}


@pytest.mark.parametrize("text", ["note: per noi", "guardate @anna"])
async def test_a_note_keeps_its_files_inside(world: World, text: str) -> None:
    thread = await opened(world)
    await slack_of(world).write_with(text, thread, {"copia.pdf": PDF})
    await world.later(seconds=11)
    assert not world.mailbox()
    assert not world.slack.shown(FetchFiles)


async def test_a_reply_over_the_limit_is_stopped_before_anything_is_sent(world: World) -> None:
    thread = await opened(world)
    ts = await slack_of(world).write_with("Ecco", thread, {"video.mp4": PDF}, size=25_000_000)
    await world.later(seconds=11)
    assert not world.mailbox()
    assert not world.slack.shown(FetchFiles)
    assert world.slack.marks(ts) == ["warning"]
    (told,) = [text for text in world.posts() if "video.mp4" in text]
    assert "25 MB" in told
    assert "20 MB" in told
    message = world.messages()[-1]
    assert (message["delivery"], "video.mp4" in message["error"]) == ("failed", True)


async def test_a_file_that_can_not_be_had_stops_the_whole_reply(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await opened(world)
    await refuse_files(world, PermanentFailure("“copia.pdf”: Slack gave no file: HTTP 404"), monkeypatch)
    ts = await slack_of(world).write_with("Ecco", thread, {"copia.pdf": PDF})
    await world.later(seconds=11)
    await world.later(seconds=60)
    assert not world.mailbox()
    assert world.slack.marks(ts) == ["warning"]
    assert [text for text in world.posts() if "copia.pdf" in text]
    assert (world.messages()[-1]["delivery"], mail_row(world)["state"]) == ("failed", "failed")


@pytest.mark.parametrize(
    ("failure", "seconds"), [(TemporaryFailure("Slack is away"), 60), (UnknownOutcome("it broke"), 5)]
)
async def test_a_reply_waits_for_its_files(
    world: World, monkeypatch: pytest.MonkeyPatch, failure: Exception, seconds: int
) -> None:
    thread = await opened(world)
    await refuse_files(world, failure, monkeypatch, 1)
    await slack_of(world).write_with("Ecco", thread, {"copia.pdf": PDF})
    await world.later(seconds=11)
    assert not world.mailbox()
    for _ in range(3):
        await world.later(seconds=seconds)
    assert [files_of(mail) for mail in world.mailbox()] == [{"copia.pdf": PDF}]


async def test_a_daemon_that_died_while_fetching_fetches_again_and_sends_once(world: World) -> None:
    thread = await opened(world)
    await slack_of(world).write_with("Ecco", thread, {"copia.pdf": PDF})
    await world.settle()
    world.slack.fail_next("lost_answer")
    world.clock.at += await world.store.read(lambda _: world.settings.slack_channels()["slack"].undo)
    world = await world.restart()
    for _ in range(4):
        await world.later(seconds=5)
    assert [files_of(mail) for mail in world.mailbox()] == [{"copia.pdf": PDF}]
    assert len(rows(world.store, attachments)) == 1


async def test_a_stopped_reply_sends_none_of_its_files(world: World) -> None:
    thread = await opened(world)
    ts = await slack_of(world).write_with("Ecco", thread, {"copia.pdf": PDF})
    await world.settle()
    await world.slack.react("x", ts)
    await world.later(seconds=30)
    assert not world.mailbox()
    assert world.messages()[-1]["delivery"] == "cancelled"


def test_the_limits_count_all_files_of_a_message() -> None:
    class File:
        def __init__(self, name: str, size: int) -> None:
            self.name, self.size = name, size

    small, large = File("a", 12_000_000), File("b", 9_000_000)
    assert files.too_much([small], "mail") is None
    assert files.too_much([small, large], "mail") is large
    assert files.too_much([small, large], "slack") is None
