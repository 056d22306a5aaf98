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
from deskd.config.telegram import TelegramChannel as TelegramChannel
from deskd.config.telegram import TelegramWebhook as TelegramWebhook

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
    bare_lf: Literal["fix", "refuse"] = "fix"
    """What becomes of a mail whose lines end with a mere CR or LF. fix: they become CRLF; refuse: it is refused with 550."""


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


class OAuth(Section):
    """Login by a token in place of a password (OAuth 2.0, XOAUTH2): what Gmail and Microsoft 365 ask for."""

    provider: Literal["gmail", "microsoft365"] | None = None
    """Whose: it brings its own token_url and scope."""
    tenant: Text = "common"
    """microsoft365: the directory (tenant) id; client_credentials need it."""
    token_url: Url | None = None
    """Where tokens are fetched; left out: the provider's."""
    client_id: Text
    """The application's id, as registered with the provider."""
    client_secret: Secret | None = None
    """The application's secret, if it has one."""
    refresh_token: Secret | None = None
    """What an access token is fetched with. A newer one that the provider gives in its place is kept in the desk's database."""
    client_credentials: Flag = False
    """In place of refresh_token: the application logs in by itself."""
    scope: Text | None = None
    """What the token is to allow; left out: the provider's for mail."""

    @property
    def token_endpoint(self) -> str:
        known = {
            "gmail": "https://oauth2.googleapis.com/token",
            "microsoft365": f"https://login.microsoftonline.com/{self.tenant}/oauth2/v2.0/token",
        }
        return self.token_url or known[self.provider or ""]

    @property
    def asked_scope(self) -> str | None:
        if self.scope is not None or self.provider != "microsoft365":
            return self.scope
        if self.client_credentials:
            return "https://outlook.office365.com/.default"
        return "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.provider is None and self.token_url is None:
            raise PydanticCustomError(
                "whole", "found neither provider nor token_url, expected one of them", {}
            )
        if (self.refresh_token is None) == (not self.client_credentials):
            found = "neither" if self.refresh_token is None else "both"
            raise PydanticCustomError(
                "whole",
                "found {found} of refresh_token and client_credentials, expected one of them",
                {"found": found},
            )
        if self.client_credentials and self.client_secret is None:
            raise PydanticCustomError(
                "whole", "found client_credentials without client_secret, expected both", {}
            )
        return self


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
    password: Secret | None = None
    """Its password; keep it out of this file: ${NAME} or ${file:PATH}."""
    oauth: OAuth | None = None
    """In place of password: a token."""
    folder: Text = "INBOX"
    """The folder that is read."""
    idle: Flag = True
    """Ask the server to tell of new mail at once (RFC 2177)."""
    poll: Duration = timedelta(seconds=60)
    """How often to look besides."""
    after: AfterChoice = AfterFetch()
    """What becomes of a mail that the desk has: seen, {move: FOLDER} or delete."""
    max_size: Size = 50_000_000
    """The largest mail that is taken; a larger one stays where it is, and the admins are told."""

    @property
    def port_or_default(self) -> int:
        return self.port or (993 if self.tls == "implicit" else 143)

    @model_validator(mode="after")
    def _one_way_to_log_in(self) -> Self:
        if (self.password is None) == (self.oauth is None):
            found = "neither" if self.password is None else "both"
            raise PydanticCustomError(
                "whole", "found {found} of password and oauth, expected one of them", {"found": found}
            )
        return self

    @model_validator(mode="after")
    def _moves_elsewhere(self) -> Self:
        """A mail moved to where it is read from would come again, for ever."""
        if self.after.action == "move" and self.after.folder in (
            self.folder,
            "INBOX" if self.folder.upper() == "INBOX" else "",
        ):
            raise PydanticCustomError(
                "whole",
                "found {folder} as folder and under after: move, expected two folders",
                {"folder": self.after.folder},
            )
        return self


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
    oauth: OAuth | None = None
    """In place of password: a token. Written as under imap, it is the same token."""

    @property
    def port_or_default(self) -> int:
        return self.port or {"implicit": 465, "starttls": 587, "none": 25}[self.tls]

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        if self.password is not None and self.oauth is not None:
            raise PydanticCustomError("whole", "found both password and oauth, expected one of them", {})
        secret = "oauth" if self.oauth is not None else "password"
        if (self.username is None) != (self.password is None and self.oauth is None):
            present, absent = (secret, "username") if self.username is None else ("username", "password")
            raise PydanticCustomError(
                "whole",
                "found {present} without {absent}, expected both or neither",
                {"present": present, "absent": absent},
            )
        return self


class Authenticity(Section):
    """Whether deskd itself asks the DNS who sent a mail: DKIM, SPF and DMARC."""

    check: Literal["direct", "always", "never"] = "direct"
    """direct: where a mail comes straight from the Internet, so that no server of yours has looked before; always: every mail no relay of
    `authserv` has judged; never: no mail."""
    arc: Annotated[Texts, LISTED] = ()
    """Domains that forward your mail (mailing lists) and whose seal (ARC) counts in place of the signature that forwarding broke."""
    nameservers: Annotated[Texts, LISTED] = ()
    """DNS servers to ask, 127.0.0.1 or 127.0.0.1:5353; left out: the system's."""
    within: Duration = timedelta(seconds=5)
    """The longest a mail waits for the DNS; what isn't known then is nothing to judge."""


class DkimKey(Section):
    """Replies are signed, where no mail server does it."""

    domain: Text
    """The domain that signs: the address's own, or one above it."""
    selector: Text
    """The key's name; its public half stands in the DNS at SELECTOR._domainkey.DOMAIN."""
    key: FilePath
    """The RSA private key, PEM."""


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
    quote: Flag = False
    """true: below a reply stands the customer's mail that it answers."""
    signature: Text | None = None
    """What stands below agents' replies, behind the agent's own signature."""
    dkim: DkimKey | None = None
    """Left out: replies aren't signed here; a mail server that does it needs nothing of this."""
    verp: Flag = False
    """true: each reply leaves with an envelope sender of its own (support+bounce-…), so that whatever comes back says which it is about; the servers must take such addresses."""
    authenticity: Authenticity = Authenticity()
    """Who really sent a mail, where no such server has judged it."""

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.address, *self.aliases)


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
        if self.app_token is not None and self.signing_secret is not None:
            raise PydanticCustomError(
                "whole",
                "found both app_token and signing_secret, expected one of them: events come one way",
                {},
            )
        return self


Channel = Annotated[MailChannel | TelegramChannel | SlackChannel, Field(discriminator="type")]
CHANNEL_TYPES: dict[str, type[MailChannel] | type[TelegramChannel] | type[SlackChannel]] = {
    "mail": MailChannel,
    "telegram": TelegramChannel,
    "slack": SlackChannel,
}
