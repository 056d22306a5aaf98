"""A `type: telegram` channel of deskd.yaml."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from deskd.config.forms import Duration, Url
from deskd.config.section import LISTED, Flag, Secret, Section, Text, Texts, Whole

ANY: str = "*"
"""The language of a text that is given once for all."""


def _texts(value: Any) -> Any:
    return {ANY: value} if isinstance(value, str) else value


Titles = Annotated[
    dict[Text, Text],
    Field(min_length=1),
    BeforeValidator(_texts),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
            ]
        }
    ),
]
"""A text, or one a language."""


class TelegramWebhook(Section):
    """Telegram calls the desk, rather than the desk asking Telegram."""

    url: Url
    """The address Telegram calls; it must lead to desk.http.listen."""
    secret: Secret
    """What Telegram says in X-Telegram-Bot-Api-Secret-Token."""


class SubTopic(Section):
    """A button of the second level: what it answers, or the tags of the ticket it opens."""

    title: Titles
    """What the button says: a text, or one a language (`{it: Fatture, en: Invoices}`)."""
    article: Text | None = None
    """The knowledge article that answers it."""
    tags: Annotated[Texts, LISTED] = ()
    """What the ticket is tagged with that the customer's next message opens."""


class Topic(SubTopic):
    """A button of the greeting's menu."""

    topics: Annotated[tuple[SubTopic, ...], Field(max_length=20)] = ()
    """The buttons that it leads to."""

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.topics and self.article is not None:
            raise PydanticCustomError("whole", "found both topics and article, expected one of them", {})
        return self


class Flood(Section):
    """What is more than this joins its ticket, and no longer shows in its thread."""

    messages: Annotated[Whole, Field(ge=1, le=10_000)] = 30
    """How many messages one chat may bring."""
    per: Duration = timedelta(minutes=1)
    """In which time."""


class TelegramChannel(Section):
    """A Telegram bot that customers write to."""

    type: Literal["telegram"]
    """telegram"""
    token: Secret
    """The bot's token, from @BotFather."""
    api: Url = "https://api.telegram.org"
    """A self-hosted Bot API server, or a test server."""
    team: Text | None = None
    """Where a new ticket goes when no rule says otherwise; left out: the first team of the lowest level."""
    webhook: TelegramWebhook | None = None
    """Left out: long polling."""
    reopen: Duration | None = None
    """How long after it was resolved a ticket is reopened by what its customer writes; later that opens another. Left out: until it is closed."""
    menu: Annotated[tuple[Topic, ...], Field(max_length=20)] = ()
    """The topics under the greeting, in two levels."""
    rating: Flag = True
    """Ask customers how it was, from 1 to 5, when their ticket is resolved."""
    flood: Flood = Flood()
    """How much one chat may bring at once."""
    topics: Flag = False
    """Teams may have a Telegram group in which each ticket is a topic: see `telegram` of a team."""
    undo: Duration = timedelta(seconds=10)
    """With topics: how long an agent's reply is held, so that its author can still change or stop it; 0s: not at all."""
    replies: Literal["public", "internal"] = "public"
    """With topics. public: what agents write in a topic goes to the customer; internal: only `reply:` sends."""
