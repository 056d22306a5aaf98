"""`channels` of deskd.yaml: the ways customers and agents reach the desk, told apart by `type`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from deskd.config.expected import expected
from deskd.config.forms import Duration, FilePath, ListenAddress, MailAddress, Size, Url
from deskd.config.section import LISTED, Flag, Port, Secret, Section, Text, Texts

Encryption = Literal["implicit", "starttls", "none"]
"""implicit: TLS from the first byte (RFC 8314, `tls: true` in the file)."""


def _encryption(value: Any) -> Encryption:
    if value is True or value == "true":
        return "implicit"
    if value is False or value in ("none", "false"):
        return "none"
    if value == "starttls":
        return "starttls"
    raise expected("one of true, starttls, none")


EncryptionChoice = Annotated[
    Encryption,
    PlainValidator(_encryption),
    PlainSerializer(lambda value: True if value == "implicit" else value, when_used="json"),
    WithJsonSchema({"enum": [True, "starttls", "none", False]}),
]


class ServerTls(Section):
    """A certificate for STARTTLS."""

    cert: FilePath
    """The certificate with its chain, PEM."""
    key: FilePath
    """Its private key, PEM."""


class SmtpListener(Section):
    """Mail comes in over SMTP. Several channels may share one listener; the recipient's address says which is meant."""

    listen: ListenAddress
    """host:port or a Unix socket's path."""
    tls: ServerTls | None = None
    """Left out: no STARTTLS is offered."""
    max_size: Size = 25_000_000
    """The largest mail that is taken; larger ones are refused with 552."""


class LmtpListener(Section):
    """Mail comes in over LMTP, from a mail server on this machine."""

    listen: ListenAddress
    """A Unix socket's path or host:port."""
    max_size: Size = 25_000_000
    """The largest mail that is taken; larger ones are refused with 552."""


@dataclass(frozen=True, slots=True)
class AfterFetch:
    """What becomes of a fetched mail in its mailbox. `folder` is where `move` takes it, else ""."""

    action: Literal["seen", "move", "delete"] = "seen"
    folder: str = ""


def _after(value: Any) -> AfterFetch:
    if value in ("seen", "delete"):
        return AfterFetch(action=value)
    if (
        isinstance(value, dict)
        and set(value) == {"move"}
        and isinstance(value["move"], str)
        and value["move"]
    ):
        return AfterFetch("move", str(value["move"]))
    raise expected("one of seen, delete, {move: FOLDER}")


_AFTER_SCHEMA = {
    "anyOf": [
        {"enum": ["seen", "delete"]},
        {
            "type": "object",
            "properties": {"move": {"type": "string"}},
            "required": ["move"],
            "additionalProperties": False,
        },
    ]
}


AfterChoice = Annotated[
    AfterFetch,
    PlainValidator(_after),
    PlainSerializer(
        lambda value: {"move": value.folder} if value.action == "move" else value.action, when_used="json"
    ),
    WithJsonSchema(_AFTER_SCHEMA),
]


class ImapAccount(Section):
    """Mail is fetched from a mailbox."""

    host: Text
    """The server's name."""
    port: Port | None = None
    """Left out: 993 with `tls: true`, else 143. `port_or_default` is the one to use."""
    tls: EncryptionChoice = "implicit"
    """true: TLS from the start; starttls: STARTTLS; none: in clear."""
    username: Text
    """The mailbox's user."""
    password: Secret
    """Its password; keep it out of this file: ${NAME} or ${file:PATH}."""
    folder: Text = "INBOX"
    """The folder that is read."""
    idle: Flag = True
    """Ask the server to tell of new mail at once (RFC 2177)."""
    poll: Duration = timedelta(seconds=60)
    """How often to look besides."""
    after: AfterChoice = AfterFetch()
    """What becomes of a mail that the desk has: seen, {move: FOLDER} or delete."""

    @property
    def port_or_default(self) -> int:
        return self.port or (993 if self.tls == "implicit" else 143)


class MailServer(Section):
    """The server that replies are handed to."""

    host: Text
    """The server's name."""
    port: Port | None = None
    """Left out: 465 with `tls: true`, 587 with `starttls`, 25 with `none`. `port_or_default` is the one to use."""
    tls: EncryptionChoice = "starttls"
    """true: TLS from the start; starttls: STARTTLS, or nothing is sent; none: in clear."""
    username: Text | None = None
    """Left out: no login."""
    password: Secret | None = None
    """The user's password; keep it out of this file: ${NAME} or ${file:PATH}."""

    @property
    def port_or_default(self) -> int:
        return self.port or {"implicit": 465, "starttls": 587, "none": 25}[self.tls]

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        if (self.username is None) != (self.password is None):
            present, absent = ("username", "password") if self.password is None else ("password", "username")
            raise PydanticCustomError(
                "whole",
                "found {present} without {absent}, expected both or neither",
                {"present": present, "absent": absent},
            )
        return self


class MailChannel(Section):
    """A support address."""

    type: Literal["mail"]
    """mail"""
    address: MailAddress
    """The address replies come from."""
    aliases: tuple[MailAddress, ...] = ()
    """Further addresses whose mail belongs to this channel."""
    display_name: Text | None = None
    """The name beside the address; left out: the desk's."""
    team: Text | None = None
    """Where a new ticket goes when no rule says otherwise; left out: the first team of the lowest level."""
    smtp: SmtpListener | None = None
    """Mail comes in over SMTP."""
    lmtp: LmtpListener | None = None
    """Mail comes in over LMTP."""
    imap: ImapAccount | None = None
    """Mail is fetched from a mailbox."""
    send: MailServer | None = None
    """The server that replies are handed to; left out: this channel can't reply."""
    cc: Literal["propose", "trust"] = "propose"
    """What becomes of addresses in a participant's CC. propose: agents are asked; trust: they take part."""
    authserv: Annotated[Texts, LISTED] = ()
    """Mail servers whose word on DKIM, SPF and DMARC counts, by the name they begin Authentication-Results with: mx.acme.example."""

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.address, *self.aliases)


class TelegramWebhook(Section):
    """Telegram calls the desk, rather than the desk asking Telegram."""

    url: Url
    """The address Telegram calls; it must lead to desk.http.listen."""
    secret: Secret
    """What Telegram says in X-Telegram-Bot-Api-Secret-Token."""


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


class SlackChannel(Section):
    """A Slack workspace: the agents' threads, and the channels in which customers write."""

    type: Literal["slack"]
    """slack"""
    app_token: Secret | None = None
    """xapp-…: events come over socket mode."""
    signing_secret: Secret | None = None
    """Instead of app_token: events come over HTTP at /slack/events."""
    bot_token: Secret
    """xoxb-…: what the bot acts with."""
    api: Url = "https://slack.com/api/"
    """A test server goes here."""
    customers: Texts = ()
    """Channels in which customers write, by id or #name; direct messages to the bot always count."""
    direct: Flag = False
    """Agents and customers share one thread in the customers' channels: what roster people write there is public."""
    team: Text | None = None
    """Where a new ticket goes when no rule says otherwise; left out: the first team of the lowest level."""
    undo: Duration = timedelta(seconds=10)
    """How long a reply is held, so that its author can still change or stop it; 0s: not at all."""
    replies: Literal["public", "internal"] = "public"
    """public: what agents write in a thread goes to the customer; internal: only `reply:` and the Reply button send."""

    @model_validator(mode="after")
    def _events_come_somehow(self) -> Self:
        if self.app_token is None and self.signing_secret is None:
            raise PydanticCustomError(
                "whole", "found neither app_token nor signing_secret, expected one of them", {}
            )
        return self


Channel = Annotated[MailChannel | TelegramChannel | SlackChannel, Field(discriminator="type")]
CHANNEL_TYPES: dict[str, type[MailChannel] | type[TelegramChannel] | type[SlackChannel]] = {
    "mail": MailChannel,
    "telegram": TelegramChannel,
    "slack": SlackChannel,
}
