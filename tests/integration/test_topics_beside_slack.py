"""A desk of which one team works in Slack and others in Telegram: tickets cross over, whichever way their customers write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.standins.slack import SlackStandIn
from connectors.standins.smtp import SmtpStandIn
from connectors.standins.telegram import TelegramStandIn, buttons
from tests.support.telegramdesk import ANNA, BRUNO, FRONT, PATIENCE, TelegramDesk
from tests.support.topicdesk import said

TECH, NIGHT = -1001000000002, -1001000000003
CARLA, DARIO = 603, 604
CUSTOMERS, NADIA = "C0CLIENTI", "U0NADIA"
MAIL = (
    b"From: Luca Neri <luca@cliente.example>\r\nTo: support@acme.example\r\nSubject: Fattura 118\r\n"
    b"Message-ID: <a1@cliente.example>\r\n\r\nIl totale non torna.\r\n"
)


class BothDesk(TelegramDesk):
    """Front desk in Slack; above it a team in Telegram, and one there to which Slack's customers are sent."""

    def config(self) -> Path:
        file = super().config()
        text = file.read_text()
        for old, new in (
            ("undo: 0s}", f"undo: 0s, customers: [{CUSTOMERS}], team: night}}"),
            (
                "\nteams:",
                "\n  carla: {name: Carla Neri, telegram: 603}\n  dario: {name: Dario Sá, telegram: 604}\nteams:",
            ),
        ):
            assert text.count(old) == 1
            text = text.replace(old, new)
        file.write_text(
            text
            + f"  tech: {{level: 2, telegram: {TECH}, members: [carla], assign: manual}}\n"
            + f"  night: {{level: 3, telegram: {NIGHT}, members: [dario], assign: manual}}\n"
        )
        return file

    async def topic(self, group: int, text: str) -> int:
        def found() -> int:
            return next(
                (
                    thread
                    for thread in self.telegram.topics(group)
                    if any(text in said(one) for one in self.telegram.topic(group, thread))
                ),
                0,
            )

        return await self.telegram.wait_for(found, PATIENCE)

    async def agent_writes(self, user: int, group: int, topic: int, text: str, mark: str) -> None:
        message = self.telegram.write(user, text, group, thread=topic)["message_id"]
        await self.telegram.wait_for(lambda: self.telegram.reactions(group, message) == [mark], PATIENCE)


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[BothDesk]:
    slack, telegram, mail = SlackStandIn(), TelegramStandIn(), SmtpStandIn()
    slack.add_user(ANNA, "anna", "Anna Rossi")
    slack.add_user(BRUNO, "bruno", "Bruno Sá")
    slack.add_user(NADIA, "nadia", "Nadia Blu")
    slack.add_channel(FRONT, "front-desk", [ANNA, BRUNO])
    slack.add_channel(CUSTOMERS, "clienti", [NADIA])
    telegram.add_user(CARLA, "Carla", "Neri")
    telegram.add_user(DARIO, "Dario", "Sá")
    telegram.add_group(TECH, "Tech", [CARLA], forum=True)
    telegram.add_group(NIGHT, "Night", [DARIO], forum=True)
    async with slack.running(), telegram.running(), mail.running():
        made = BothDesk(slack, telegram, mail, tmp_path, desk_url, {"topics": True, "undo": "0s"})
        await made.start()
        try:
            yield made
        finally:
            await made.stop()


async def test_a_mail_s_ticket_goes_up_from_slack_to_telegram(desk: BothDesk) -> None:
    await desk.send_mail(MAIL, "luca@cliente.example")
    card = await desk.card("Il totale non torna.")
    desk.slack.post(ANNA, FRONT, "!escalate tech serve un tecnico", card)
    topic = await desk.topic(TECH, "serve un tecnico")
    await desk.reads(card, "serve un tecnico")

    def handoff() -> list[int]:
        posts = desk.telegram.topic(TECH, topic)
        return [one["message_id"] for one in posts if any("handoff_accept" in str(b) for b in buttons(one))]

    (post,) = await desk.telegram.wait_for(handoff, PATIENCE)
    await desk.telegram.press(CARLA, post, "handoff_accept:ACME-1001", TECH, within=PATIENCE)
    await desk.telegram.wait_for(lambda: desk.tickets()[0]["assignee"] == "carla", PATIENCE)

    await desk.agent_writes(CARLA, TECH, topic, "note: provo io il <router>", "🙊")
    assert "🔒 provo io il &lt;router&gt;" in await desk.reads(card, "provo io il")
    await desk.agent_writes(CARLA, TECH, topic, "Buongiorno, sono Carla.", "👍")
    (mail,) = await desk.mail.wait_for(lambda: desk.mail.to("luca@cliente.example"), PATIENCE)
    assert b"Buongiorno, sono Carla." in mail.content
    await desk.reads(card, "Buongiorno, sono Carla.")
    await desk.reply(card, "note: grazie Carla", "lock")
    await desk.topic(TECH, "🔒 grazie Carla")

    desk.telegram.write(CARLA, "!deescalate era il cavo", TECH, thread=topic)
    await desk.reads(card, "era il cavo")
    await desk.at_rest()
    (ticket,) = desk.tickets()
    assert (ticket["team"], ticket["level"]) == ("front-desk", 1)
    assert [one["direction"] for one in ticket["messages"]] == ["in", "note", "out", "note"]
    assert len(desk.mail.to("luca@cliente.example")) == 1, "notes stay inside"


async def test_slack_s_customers_are_answered_out_of_a_topic(desk: BothDesk) -> None:
    asked = desk.slack.post(NADIA, CUSTOMERS, "Non riesco a *entrare* & uscire")
    topic = await desk.topic(NIGHT, "Non riesco a entrare & uscire")
    await desk.agent_writes(DARIO, NIGHT, topic, "Riprovi <ora>", "👍")
    answers = [str(one["text"]) for one in desk.slack.thread(CUSTOMERS, asked)[1:]]
    assert answers == ["Riprovi &lt;ora&gt;"]
    assert not desk.slack.channel_messages(FRONT)
