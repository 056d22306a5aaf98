"""deskd.yaml: what it sets, what it defaults to, and what the rest of deskd asks of it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from deskd.config import (
    AfterFetch,
    Listen,
    MailChannel,
    Settings,
    SlackChannel,
    Span,
    config_schema,
    find_config,
    load_config,
    schema_text,
    settings_from,
)
from deskd.config.explain import SECRET_KEYS
from deskd.config.file import DeskFile
from deskd.errors import ConfigError
from deskd.yamlfile import read_yaml_text

REPOSITORY = Path(__file__).parents[2]
COMMENTED = REPOSITORY / "config" / "deskd.yaml"
MINIMAL = REPOSITORY / "config" / "minimal.yaml"
SECRETS = {
    name: f"secret of {name}"
    for name in ("SMTP_PASSWORD", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "TELEGRAM_TOKEN")
}


def desk(text: str, env: Mapping[str, str] = SECRETS, path: Path = Path("/desk/deskd.yaml")) -> Settings:
    return settings_from(read_yaml_text(text, path.name), env, path)


def mail(keys: str = "", rest: str = "") -> Settings:
    """A desk of one mail channel with more `keys`, one a line, and the `rest` of the file."""
    lines = "".join(f"    {line}\n" for line in keys.splitlines())
    return desk(f"channels:\n  mail:\n    type: mail\n    address: support@acme.example\n{lines}{rest}")


def test_the_commented_file_is_a_desk() -> None:
    settings = load_config(COMMENTED, SECRETS)
    support, slack = settings.channels["support-mail"], settings.channels["slack"]
    assert isinstance(support, MailChannel)
    assert isinstance(slack, SlackChannel)
    assert settings.file == COMMENTED
    assert settings.desk.name == "Acme Support"
    assert settings.desk.timezone == ZoneInfo("Europe/Rome")
    assert settings.desk.database == f"sqlite:///{COMMENTED.parent}/var/deskd.db"
    assert settings.desk.rules == (COMMENTED.parent / "../rules",)
    assert settings.desk.http is not None
    assert settings.desk.http.listen == Listen("127.0.0.1", 8080)
    assert support.smtp is not None
    assert support.smtp.max_size == 25_000_000
    assert support.send is not None
    assert support.send.password is not None
    assert support.send.password.get_secret_value() == "secret of SMTP_PASSWORD"
    assert slack.undo == timedelta(seconds=10)
    assert settings.agents["anna"].languages == ("it", "en")
    assert settings.teams["specialists"].level == 2
    assert settings.calendars["office"].week[5] == (Span(540, 720),)
    assert settings.calendars["office"].closed == (date(2026, 12, 24), date(2026, 12, 31))
    assert settings.sla["urgent"].when.priority == ("urgent",)
    assert settings.sla["urgent"].on_breach[1].after == timedelta(minutes=15)
    assert "{{ ticket.ref }}" in settings.templates["received"]["it"]
    assert settings.admins == "C0ADMINS"


def test_fifteen_lines_are_a_desk_with_mail_slack_a_team_and_an_agent() -> None:
    settings = load_config(MINIMAL, SECRETS)
    assert len(MINIMAL.read_text().splitlines()) <= 15
    assert (
        len(settings.mail_channels())
        == len(settings.slack_channels())
        == len(settings.teams)
        == len(settings.agents)
        == 1
    )


def test_what_is_left_out_has_its_default() -> None:
    settings = mail()
    assert settings.desk.prefix == "DESK"
    assert settings.desk.languages == ("en", "it", "es", "pt")
    assert settings.desk.database == "sqlite:////desk/var/deskd.db"
    assert settings.desk.rules == ()  # there is no folder `rules` beside the file
    assert settings.desk.canned == Path("/desk/canned")
    assert settings.desk.close_after == timedelta(days=14)
    assert settings.desk.http is None
    assert settings.default_team("mail") is None


def test_the_folder_of_rules_beside_the_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    text = "channels: {mail: {type: mail, address: a@b.example}}"
    assert desk(text, path=tmp_path / "deskd.yaml").desk.rules == (tmp_path / "rules",)


@pytest.mark.parametrize("section", ["agents", "teams", "calendars", "sla", "templates", "desk"])
def test_a_section_all_commented_out_is_empty(section: str) -> None:
    assert mail(rest=f"{section}:\n").agents == {}


def test_keys_that_begin_with_x_hold_anchors() -> None:
    text = """\
x-server: &server {host: smtp.acme.example, tls: none}
channels:
  one: {type: mail, address: one@acme.example, send: *server}
  two: {type: mail, address: two@acme.example, send: {<<: *server, port: 2525}}
"""
    servers = [channel.send for channel in desk(text).mail_channels().values()]
    assert [server.port_or_default for server in servers if server] == [25, 2525]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0s", timedelta(0)),
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("8h", timedelta(hours=8)),
        ("2d", timedelta(days=2)),
        ("1h30m", timedelta(minutes=90)),
    ],
)
def test_durations(written: str, meant: timedelta) -> None:
    assert mail(rest=f"desk: {{close_after: {written}}}").desk.close_after == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [("500B", 500), ("64KB", 64_000), ("25MB", 25_000_000), ("25MiB", 26_214_400), ("1 GB", 10**9)],
)
def test_sizes(written: str, meant: int) -> None:
    channel = mail(f"smtp: {{listen: '127.0.0.1:8025', max_size: {written}}}").mail_channels()["mail"]
    assert channel.smtp is not None
    assert channel.smtp.max_size == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("127.0.0.1:8025", Listen("127.0.0.1", 8025)),
        ("localhost:0", Listen("localhost", 0)),
        ("[::1]:8025", Listen("::1", 8025)),
        ("/run/deskd/lmtp.sock", Listen(path=Path("/run/deskd/lmtp.sock"))),
        ("./lmtp.sock", Listen(path=Path("/desk/lmtp.sock"))),
    ],
)
def test_listen_addresses(written: str, meant: Listen) -> None:
    channel = mail(f"lmtp: {{listen: '{written}'}}").mail_channels()["mail"]
    assert channel.lmtp is not None
    assert channel.lmtp.listen == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("seen", AfterFetch("seen")),
        ("delete", AfterFetch("delete")),
        ("{move: Done}", AfterFetch("move", "Done")),
    ],
)
def test_what_becomes_of_a_fetched_mail(written: str, meant: AfterFetch) -> None:
    channel = mail(f"imap: {{host: h, username: u, password: p, after: {written}}}").mail_channels()["mail"]
    assert channel.imap is not None
    assert channel.imap.after == meant


@pytest.mark.parametrize(
    ("written", "encryption", "port"),
    [
        ("tls: true", "implicit", 465),
        ("tls: starttls", "starttls", 587),
        ("tls: none", "none", 25),
        ("tls: false", "none", 25),
        ("port: 26", "starttls", 26),
    ],
)
def test_the_port_follows_the_encryption(written: str, encryption: str, port: int) -> None:
    channel = mail(f"send: {{host: h, {written}}}").mail_channels()["mail"]
    assert channel.send is not None
    assert (channel.send.tls, channel.send.port_or_default) == (encryption, port)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sqlite:///var/deskd.db", "sqlite:////desk/var/deskd.db"),
        ("sqlite:////srv/deskd.db", "sqlite:////srv/deskd.db"),
        ("postgresql+psycopg://u:p@h/db", "postgresql+psycopg://u:p@h/db"),
        ("postgresql://u:p@h/db", "postgresql+psycopg://u:p@h/db"),
    ],
)
def test_databases(written: str, meant: str) -> None:
    assert mail(rest=f"desk: {{database: '{written}'}}").desk.database == meant


def test_opening_hours() -> None:
    week = (
        mail(
            rest='calendars: {c: {open: {fri-mon: ["14:00-24:00", "9:00-12:30"], tue: "00:00-24:00", wed: []}}}'
        )
        .calendars["c"]
        .week
    )
    assert week == {day: (Span(540, 750), Span(840, 1440)) for day in (0, 4, 5, 6)} | {1: (Span(0, 1440),)}


def test_a_calendar_closes_unless_it_is_open_all_the_time() -> None:
    always = mail(rest='calendars: {c: {open: {mon-sun: "00:00-24:00"}}}').calendars["c"]
    holidays = mail(
        rest='calendars: {c: {open: {mon-sun: "00:00-24:00"}, holidays: {country: IT}}}'
    ).calendars["c"]
    assert not always.closes
    assert holidays.closes


def test_channels_may_share_a_listener_whose_certificate_one_of_them_names() -> None:
    text = """\
channels:
  one: {type: mail, address: one@acme.example, smtp: {listen: "127.0.0.1:8025", tls: {cert: a.pem, key: a.key}}}
  two: {type: mail, address: two@acme.example, smtp: {listen: "127.0.0.1:8025"}}
"""
    assert len(desk(text).mail_channels()) == 2


@pytest.mark.parametrize("notified", ["lead", "team", "anna", "front", "'#alerts'", "C0ALERTS"])
def test_who_may_be_told_of_a_missed_deadline(notified: str) -> None:
    rest = f"agents: {{anna: {{name: Anna}}}}\nteams: {{front: {{}}}}\nsla: {{all: {{resolution: 8h, on_breach: [{{notify: {notified}}}]}}}}"
    assert mail(rest=rest).sla["all"].on_breach[0].notify == notified.strip("'")


# ── what the core asks ───────────────────────────────────────────────────────────────────────────────────────────────

TWO_CHANNELS = """\
channels:
  support:
    {type: mail, address: Support@acme.example, aliases: [help@acme.example, "sales+eu@acme.example"], team: second}
  billing: {type: mail, address: billing@acme.example}
  chat: {type: telegram, token: x}
teams: {second: {level: 2}, first: {level: 1}, other: {level: 1}}
"""


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("support@acme.example", ("support", None)),
        ("SUPPORT@ACME.EXAMPLE", ("support", None)),
        ("help@acme.example", ("support", None)),
        ("support+AbC123@acme.example", ("support", "AbC123")),  # the token keeps its case
        ("help+x+y@acme.example", ("support", "x+y")),
        ("sales+eu@acme.example", ("support", None)),  # an alias that has a plus itself
        ("sales+eu+tok@acme.example", ("support", "tok")),
        ("billing@acme.example", ("billing", None)),
        ("sales@acme.example", None),
        ("support@other.example", None),
        ("support", None),
        ("@acme.example", None),
        ("", None),
    ],
)
def test_whose_address_it_is(address: str, owner: tuple[str, str | None] | None) -> None:
    assert desk(TWO_CHANNELS).mail_channel_for(address) == owner


def test_default_teams_and_channels() -> None:
    settings = desk(TWO_CHANNELS)
    assert settings.default_team("support") == "second"
    assert settings.default_team("billing") == "first"  # the first of the lowest level
    assert settings.default_team("phone") == "first"
    assert settings.first_mail_channel == "support"
    assert list(settings.telegram_channels()) == ["chat"]


def test_a_calendar_without_a_time_zone_has_the_desks() -> None:
    hours = '{mon: "09:00-12:00"}'
    settings = mail(
        rest=f"desk: {{timezone: Europe/Lisbon}}\ncalendars: {{a: {{open: {hours}}}, b: {{timezone: Asia/Tokyo, open: {hours}}}}}"
    )
    assert [settings.timezone_of(name).key for name in ("a", "b", "always")] == [
        "Europe/Lisbon",
        "Asia/Tokyo",
        "Europe/Lisbon",
    ]


def test_settings_can_not_be_changed() -> None:
    settings = load_config(MINIMAL, SECRETS)
    with pytest.raises(AttributeError):
        settings.desk = settings.desk  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        settings.desk.name = "Other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.agents["other"] = settings.agents["anna"]  # type: ignore[index]


# ── ${…} ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("${NAME}", "value"),
        ("a ${NAME} b ${NAME}", "a value b value"),
        ("${NONE:-default}", "default"),
        ("${EMPTY:-default}", "default"),
        ("${NAME:-${NONE}}", "value"),  # what stands behind :- counts only when it is needed
        ("${NONE:-${NAME}}", "value"),
        ("${NONE:-a}b", "ab"),
        ("$${NAME}", "${NAME}"),
        ("costs $5 {NAME}", "costs $5 {NAME}"),
        ("${REFERENCE}", "${NAME}"),  # what comes from outside is not read again
    ],
)
def test_expansion(written: str, meant: str) -> None:
    env = {"NAME": "value", "EMPTY": "", "REFERENCE": "${NAME}"}
    text = f"desk: {{name: '{written}'}}\nchannels: {{m: {{type: mail, address: a@b.example}}}}"
    assert desk(text, env).desk.name == meant


def test_secrets_from_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n\n")
    (tmp_path / "beside").write_text("other\r\n")
    text = "channels: {t: {type: telegram, token: '${file:${CREDENTIALS_DIRECTORY}/token}', webhook: {url: 'https://x.example', secret: '${file:beside}'}}}\ndesk: {http: {}}"
    channel = desk(
        text, {"CREDENTIALS_DIRECTORY": str(tmp_path)}, tmp_path / "deskd.yaml"
    ).telegram_channels()["t"]
    assert channel.token.get_secret_value() == "s3cret\n"  # one newline goes, not two
    assert channel.webhook is not None
    assert channel.webhook.secret.get_secret_value() == "other"


def test_numbers_and_switches_may_come_from_the_environment() -> None:
    text = "channels: {m: {type: mail, address: a@b.example, imap: {host: h, username: u, password: p, port: '${PORT}', idle: '${IDLE}', tls: '${TLS}'}}}"
    imap = desk(text, {"PORT": "1143", "IDLE": "false", "TLS": "true"}).mail_channels()["m"].imap
    assert imap is not None
    assert (imap.port, imap.idle, imap.tls) == (1143, False, "implicit")


def test_secrets_are_in_no_representation() -> None:
    settings = load_config(COMMENTED, SECRETS)
    shown = (
        repr(settings)
        + str(settings)
        + "".join(channel.model_dump_json() for channel in settings.channels.values())
    )
    assert "secret of" not in shown
    assert "p4ss" not in repr(mail(rest="desk: {database: 'postgresql://u:p4ss@h/db'}"))


def sections(model: type[BaseModel]) -> set[type[BaseModel]]:
    """The model and all models its fields lead to."""
    found = {model}
    for field in model.model_fields.values():
        for inner in models_in(field.annotation):
            found |= sections(inner)
    return found


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not get_args(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in models_in(argument)]


def test_every_secret_key_is_known_to_the_messages() -> None:
    secret = {
        name
        for model in sections(DeskFile)
        for name, field in model.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }
    assert secret == SECRET_KEYS - {"database"}
    assert SecretStr.__name__ == "SecretStr"


# ── where the file is ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_file_is_looked_for_in_order(tmp_path: Path) -> None:
    (tmp_path / "deskd.yaml").touch()
    assert find_config(Path("mine.yaml"), {"DESKD_CONFIG": "theirs.yaml"}, tmp_path) == Path("mine.yaml")
    assert find_config(None, {"DESKD_CONFIG": "theirs.yaml"}, tmp_path) == tmp_path / "theirs.yaml"
    assert find_config(None, {}, tmp_path) == tmp_path / "deskd.yaml"


def test_no_file_at_all_says_where_it_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "deskd.config.load.DEFAULT_PATHS", (Path("deskd.yaml"), tmp_path / "etc" / "deskd.yaml")
    )
    with pytest.raises(ConfigError) as caught:
        find_config(None, {}, tmp_path)
    for part in (
        "$DESKD_CONFIG",
        str(tmp_path / "deskd.yaml"),
        str(tmp_path / "etc" / "deskd.yaml"),
        "-c FILE",
    ):
        assert part in str(caught.value)


# ── for editors and readers ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_schema_file_is_fresh() -> None:
    command = "python -c \"from deskd.config import schema_text; print(schema_text(), end='')\" > config/schema/deskd.schema.json"
    assert (REPOSITORY / "config" / "schema" / "deskd.schema.json").read_text() == schema_text(), (
        f"make it anew: {command}"
    )


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """By our schema, which takes seconds to make and is itself in order."""
    schema = config_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", [COMMENTED, MINIMAL], ids=lambda path: path.name)
def test_the_schema_accepts_our_files(path: Path, validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(read_yaml_text(path.read_text(), path.name).data)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("close_after", "two weeks"),
        ("prefix", "acme"),
        ("nmae", "Acme"),
        ("agent_language", "fr"),
        ("http", {"listen": 8080}),
    ],
)
def test_the_schema_refuses_what_deskd_refuses(
    key: str, value: object, validator: jsonschema.Draft202012Validator
) -> None:
    data = json.loads(json.dumps(read_yaml_text(MINIMAL.read_text(), "minimal").data)) | {
        "desk": {key: value}
    }
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(data)


def table(page: str, model: str) -> dict[str, str]:
    """The rows of a section's table in the documentation, which stands under `<!-- model -->`: key -> the cell of its default."""
    rows = [
        line.split("|") for line in page.partition(f"<!-- {model} -->")[2].partition("<!--")[0].splitlines()
    ]
    return {row[1].strip().strip("`"): row[2] for row in rows if len(row) > 3}


def test_every_setting_is_documented_with_its_default() -> None:
    page = (REPOSITORY / "docs" / "configuration.md").read_text()
    schema = config_schema()
    assert [section for section in schema["properties"] if f"\n## `{section}`" not in page] == []
    for model, definition in schema["$defs"].items():
        rows = table(page, model)
        for key, described in definition.get("properties", {}).items():
            assert key in rows, f"{model}.{key} is not in its table"
            default = described.get("default")
            if isinstance(default, str | int):
                shown = (
                    {True: "true", False: "false"}.get(default, default)
                    if isinstance(default, bool)
                    else default
                )
                assert f"`{shown}`" in rows[key], f"{model}.{key} has the default {shown}"


# ── whatever an admin may write ──────────────────────────────────────────────────────────────────────────────────────

BASE = COMMENTED.read_text()
SCRAPS = [
    "",
    " ",
    "\n",
    "  ",
    "\t",
    ":",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "*a",
    "&a ",
    "#",
    "null",
    "12",
    "-1",
    "1e400",
    "yes",
    "${",
    "${NONE}",
    "${file:/}",
    "$${",
    "<<: ",
    "!!int ",
    "é",
    "\x00",
    "\u2028",
    "|",
    "x: y",
    "99999999999d",
    "%",
]


@given(st.integers(0, 2**32), st.integers(1, 6))
@settings(max_examples=250, deadline=None)
def test_a_mutilated_file_is_a_desk_or_a_configuration_error(seed: int, cuts: int) -> None:
    chance, text = random.Random(seed), BASE
    for _ in range(cuts):
        start = chance.randrange(len(text) + 1)
        text = text[:start] + chance.choice(SCRAPS) + text[start + chance.choice([0, 0, 1, 3, 20]) :]
    with suppress(ConfigError):
        assert isinstance(desk(text), Settings)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["${SMTP_PASSWORD}", "front-desk", "1d", "always"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "listen", "team", "move", "x"]) | st.text(max_size=3), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def all_places(value: Any) -> list[tuple[Any, Any]]:
    keys = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    return [(value, key) for key in keys] + [place for key in keys for place in all_places(value[key])]


@given(st.data(), VALUES)
@settings(max_examples=250, deadline=None)
def test_any_value_in_any_place_is_a_desk_or_a_configuration_error(
    data: st.DataObject, value: object
) -> None:
    tree = read_yaml_text(BASE, "deskd.yaml").data
    holder, key = data.draw(st.sampled_from(all_places(tree)))
    holder[key] = value
    with suppress(ConfigError):
        assert isinstance(desk(json.dumps(tree)), Settings)
