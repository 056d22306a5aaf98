"""What an admin is told about a mistake: the place, what was found, what was expected, what to do. All of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskd.config import settings_from
from deskd.errors import ConfigError, Problem
from deskd.yamlfile import read_yaml_text

BASE = (Path(__file__).parents[2] / "config" / "deskd.yaml").read_text()
ENV = dict.fromkeys(("SMTP_PASSWORD", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "TELEGRAM_TOKEN"), "s3cret") | {
    "PORT": "s3cret",
    "EMPTY": "",
}


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        settings_from(read_yaml_text(text, "deskd.yaml"), ENV, Path("/desk/deskd.yaml"))
    return caught.value.problems


def place_of(text: str, mark: str) -> tuple[int, int]:
    before = text[: text.index(mark)].split("\n")
    return len(before), len(before[-1]) + 1


# (what stands in config/deskd.yaml, what an admin writes there with ¦ where the problem is, what the message says).
# Where the problem is at another place, the ¦ is put there by a second pair.
MISTAKES = [
    # holidays nobody knows
    ("holidays: {country: IT}", "holidays: {country: IT, subdivision: ¦XX}", "found XX, expected "),
    ("holidays: {country: IT}", "holidays: {country: ¦TA}", "found TA, whose holidays aren't known"),
    # a key nobody knows
    ("    address: support@acme.example ", "    ¦adress: support@acme.example ", "found the key 'adress' in channels.support-mail, expected one of type, address, aliases, display_name, team, smtp, lmtp, imap, send, cc, authserv, quote, signature, dkim, verp, authenticity; did you mean 'address'?"),
    ("desk:\n", "¦desks:\n", "found the key 'desks', expected one of desk, channels, agents, teams, calendars, sla, templates; did you mean 'desk'?"),
    ("{priority: urgent}", "{¦prio: urgent}", "found the key 'prio' in sla.urgent.when, expected one of priority, urgency,"),
    ("http: {listen", "http: {¦lisen", "found the key 'lisen' in desk.http, expected listen; did you mean 'listen'?"),
    ("name: Bruno Sá,", "name: Bruno, ¦Sá,", "found the key 'Sá' in agents.bruno, expected one of name, slack, telegram, email"),
    # a wrong type or form
    ("\n  name: Acme Support", "\n  name: ¦2026", 'found 2026 for desk.name, expected text; put it in quotes: "2026"'),
    ("\n  name: Acme Support", "\n  name: ¦012", 'found 012 for desk.name, expected text; put it in quotes: "012"'),
    ("\n  name: Acme Support", "\n  ¦name:", "found nothing for desk.name, expected text"),
    ("\n  name: Acme Support", "\n  name: ¦[Acme]", "found a list for desk.name, expected text"),
    ("prefix: ACME", "prefix: ¦acme", "found 'acme' for desk.prefix, expected 1 to 16 capital letters and digits, a letter first, such as ACME; write ACME"),
    ("timezone: Europe/Rome", "timezone: ¦Europe/Roma", "found 'Europe/Roma' for desk.timezone, expected a time zone such as Europe/Rome; did you mean 'Europe/Rome'?"),
    ("languages: [it, en, es, pt]", "languages: [¦EN]", "found 'EN' for desk.languages[0], expected a language's two letters (ISO 639-1) such as it; write en"),
    ("languages: [it, en, es, pt]", "languages: ¦[]", "found an empty list for desk.languages, expected at least one"),
    ("sqlite:///var/deskd.db", "¦mysql://root:s3cret@db", "found a value that is not shown for desk.database, expected sqlite:///PATH or postgresql+psycopg://"),
    ("sqlite:///var/deskd.db", '¦"sqlite:///:memory:"', "a desk in memory would lose all it acknowledged"),
    ("close_after: 14d", "close_after: ¦14", "found 14 for desk.close_after, expected a duration such as 90s, 30m, 8h or 2d; give the unit: 14s, 14m, 14h or 14d"),
    ("close_after: 14d", "close_after: ¦2 weeks", "found '2 weeks' for desk.close_after, expected a duration"),
    ("agent_language: en", "agent_language: ¦fr", "found 'fr' for desk.agent_language, expected one of en, it, es, pt"),
    ("listen: 127.0.0.1:8080", "listen: ¦8080", "found 8080 for desk.http.listen, expected an address such as 127.0.0.1:8080 or [::1]:8080; say on which address too: 127.0.0.1:8080"),
    ("listen: 127.0.0.1:8080", "listen: ¦127.0.0.1:80800", "expected a port up to 65535"),
    ("[help@acme.example, billing@acme.example]", "¦help@acme.example", "expected a list; write [help@acme.example]"),
    ("address: support@acme.example ", "address: ¦Acme <support@acme.example> ", "write the address alone: support@acme.example"),
    ("max_size: 25MB", "max_size: ¦25", "expected a size such as 500KB, 25MB or 25MiB; give the unit: 25B"),
    ("tls: starttls  ", "tls: ¦ssl  ", "found 'ssl' for channels.support-mail.send.tls, expected one of true, starttls, none"),
    ("port: 587", 'port: ¦"587"', "found '587' for channels.support-mail.send.port, expected a whole number; leave the quotes out"),
    ("port: 587", "port: ¦99999", "found 99999 for channels.support-mail.send.port, expected at most 65535"),
    ("port: 587", "port: ¦true", "found true for channels.support-mail.send.port, expected a whole number"),
    ("replies: public", "replies: ¦intern", "found 'intern' for channels.slack.replies, expected one of public, internal; did you mean 'internal'?"),
    ("undo: 10s", "undo: ¦no", "found 'no' for channels.slack.undo, expected a duration"),
    ("level: 2", "level: ¦7", "found 7 for teams.specialists.level, expected at most 4"),
    ("sticky: true", "sticky: ¦yes", "found 'yes' for teams.front-desk.sticky, expected true or false; write true"),
    ("assign: least_busy", "assign: ¦least-busy", "did you mean 'least_busy'?"),
    ("{country: IT}", "{country: ¦it}", "expected a country's two letters (ISO 3166-1) such as IT; write IT"),
    ('"2026-12-24', '¦"24.12.2026', "expected a date such as 2026-12-24"),
    ("      mon-fri:", "      ¦monday:", "found the key 'monday' in calendars.office.open, expected a day or days such as sat or mon-fri"),
    ('"14:00-18:00', '¦"14:00-24:30', "expected hours up to 24:00"),
    ('"14:00-18:00', '¦"22:00-06:00', "expected hours that end later the same day; split a night in two"),
    ("{priority: urgent}", "{priority: ¦high-ish}", "found 'high-ish' for sla.urgent.when.priority, expected one of low, normal, high, urgent; did you mean 'high'?"),
    ("warn: 75%", "warn: ¦75", "found 75 for sla.standard.warn, expected a percentage from 1% to 99%; write 75%"),
    ('    it: "Gra', '    ¦italiano: "Gra', "found the key 'italiano' in templates.received, expected a language's two letters"),
    ("type: mail", "type: ¦email", "found 'email' for channels.support-mail.type, expected one of mail, telegram, slack; did you mean 'mail'?"),
    ("    type: mail", "    ¦typ: mail", "found no 'type' in channels.support-mail, expected one of mail, telegram, slack; did you mean 'type' where 'typ' stands?"),
    ("  slack:\n    type", "  ¦phone:\n    type", "found the name 'phone' in channels, which is built in, expected another"),
    ("  bruno: ", "  ¦bruno sá: {name: Bruno}\n  bruno: ", "found the name 'bruno sá' in agents, expected letters, digits, '-', '_' and '.'"),
    ("level: 2", "level: 2\n    ¦level: 3", "found the key 'level' a second time"),
    # something missing
    ("{name: Carla Ruiz, slack: U0CARLA,", "{slack: U0CARLA,", "found no 'name' in agents.carla, expected one", "  carla:", "  ¦carla:"),
    ('      password: "${SMTP_PASSWORD}"\n', "", "found username without password, expected both or neither, in channels.support-mail.send", "    send:", "    ¦send:"),
    ('    app_token: "${SLACK_APP_TOKEN}" ', "    #", "found neither app_token nor signing_secret, expected one of them, in channels.slack", "  slack:\n    type", "  ¦slack:\n    type"),
    ('    app_token: "${SLACK_APP_TOKEN}" ', '    signing_secret: x\n    app_token: "${SLACK_APP_TOKEN}" ', "found both app_token and signing_secret, expected one of them: events come one way, in channels.slack", "  slack:\n    type", "  ¦slack:\n    type"),
    ('app_token: "${SLACK_APP_TOKEN}"', "¦signing_secret: x", "found signing_secret without desk.http", "  http: {listen: 127.0.0.1:8080}", ""),
    ("    slack: C0SPECIAL\n", "", "found no 'slack' in teams.specialists, expected the channel in which its tickets are threads", "  specialists:\n", "  ¦specialists:\n"),
    ("{notify: lead}", "¦{after: 1h}", "found a step that does nothing, expected notify or escalate"),
    # names that lead nowhere
    ("team: front-desk    ", "team: ¦frontdesk    ", "found 'frontdesk' for channels.support-mail.team, which teams doesn't define, expected one of front-desk, specialists; did you mean 'front-desk'?"),
    ("members: [anna, bruno]", "members: [¦ana, bruno]", "found 'ana' for teams.front-desk.members[0], which agents doesn't define, expected one of anna, bruno, carla; did you mean 'anna'?"),
    ("lead: anna", "lead: ¦dora", "found 'dora' for teams.front-desk.lead, which agents doesn't define"),
    ("escalates_to: specialists", "escalates_to: ¦special", "did you mean 'specialists'?"),
    ("hours: office", "hours: ¦ofice", "found 'ofice' for teams.front-desk.hours, which calendars doesn't define, expected one of office, always; did you mean 'office'?"),
    ("calendar: office", "calendar: ¦offices", "found 'offices' for sla.standard.calendar, which calendars doesn't define"),
    ("{priority: urgent}", "{team: [¦frontdesk]}", "found 'frontdesk' for sla.urgent.when.team[0], which teams doesn't define"),
    ("{notify: lead}", "{notify: ¦boss}", "found 'boss' for sla.urgent.on_breach[0].notify, expected a Slack channel or one of lead, assignee, team, anna,"),
    # what doesn't go together
    ("anna@acme.example", "¦Support@acme.example", "which is the desk's own address (channels.support-mail)"),
    ("U0BRUNO", "¦U0ANNA", "found 'U0ANNA', which agents.anna has already"),
    ("escalates_to: specialists", "escalates_to: ¦front-desk", "found front-desk of level 1 for teams.front-desk.escalates_to, expected a team of a level above 1"),
    # levels
    ("    assign: least_busy", "    role: dispatcher\n    assign: ¦least_busy", "found least_busy for teams.front-desk.assign, expected manual: dispatchers are given no tickets; leave assign out"),
    ("    hours: office", "    accept_within: ¦2d\n    hours: office", "found '2d' for teams.front-desk.accept_within, expected hours, since the calendar office closes"),
    ("skills: [install]", "skills: [install], hours: ¦offices", "found 'offices' for agents.bruno.hours, which calendars doesn't define, expected one of office, always; did you mean 'office'?"),
    ("    level: 2", "    email: ¦help@acme.example\n    level: 2", "found help@acme.example, which is the desk's own address (channels.support-mail), expected the team's"),
    ("    level: 2", "    email: ¦carla@acme.example\n    level: 2", "found carla@acme.example, which agents.carla has already, expected an address of its own"),
    ("    level: 2", "    ¦redact: [notes]\n    level: 2", "found redact in teams.specialists, of whom nobody gets handoffs by mail, expected email, or members without slack; leave redact out, or add email: …"),
    ("    level: 2", "    email: x@vendor.example\n    redact: [¦note]\n    level: 2", "expected one of name, address, phone, notes, files, agents, tags, timeline; did you mean 'notes'?"),
    ("    warn: 75%", "    pause: [pending, ¦open]\n    warn: 75%", "found 'open' for sla.standard.pause[1], expected one of pending, hold"),
    ("first_response: 4h", "first_response: ¦1d", "found '1d' for sla.standard.first_response, expected hours, since the calendar office closes"),
    ("  office:\n", '  ¦always: {open: {mon: "09:00-10:00"}}\n  office:\n', "found the name 'always' in calendars, which is built in"),
    ("listen: 127.0.0.1:8025", "listen: ¦127.0.0.1:8080", "found 127.0.0.1:8080, where desk.http listens already"),
    ("      sat: [", "      fri: [", "found fri in both mon-fri and fri, expected each day once, in calendars.office", "  office:", "  ¦office:"),
    ("14:00-18:00", "12:00-18:00", "found 09:00-13:00 and 12:00-18:00 of mon-fri, which overlap", "  office:", "  ¦office:"),
    ("  received:\n    it: ", "  ¦welcome:\n    de: ", "found templates.welcome without it, the desk's default language"),
    ("  telegram:\n", "  other: {type: mail, address: ¦HELP@acme.example}\n  telegram:\n", "which channels.support-mail has already, expected each address in one channel"),
    ("      # tls: {cert", "      tls: {cert: a.pem, key: a.key}\n  other:\n    type: mail\n    address: x@acme.example\n    smtp:\n      listen: 127.0.0.1:8025\n      ¦tls: {cert: b.pem, key: a.key}\n      # tls: {cert", "found another certificate than channels.support-mail has on the same address"),
    # secrets and the environment
    ('"${TELEGRAM_TOKEN}"', '¦"${TELEGRAM_TOKN}"', "found ${TELEGRAM_TOKN}, but the environment variable TELEGRAM_TOKN is not set; did you mean 'TELEGRAM_TOKEN'?"),
    ('"${TELEGRAM_TOKEN}"', '¦"${file:/none/token}"', "found the secret's file /none/token, but it can't be read: No such file or directory"),
    ('"${TELEGRAM_TOKEN}"', '¦"${file:/dev/zero}"', "found the secret's file /dev/zero, which is not a file"),
    ('"${TELEGRAM_TOKEN}"', '¦"${TELEGRAM TOKEN}"', "expected ${NAME}, ${NAME:-default} or ${file:PATH}; write $${ for a literal ${"),
    ('"${TELEGRAM_TOKEN}"', '¦"${TELEGRAM_TOKEN"', "expected ${NAME}, ${NAME:-default} or ${file:PATH}"),
    ('"${TELEGRAM_TOKEN}"', '¦"${NONE:-x"', "found '${' that no '}' closes"),
    ('"${TELEGRAM_TOKEN}"', '¦"${EMPTY}"', "found an empty text for channels.telegram.token, expected some text"),
    ('"${TELEGRAM_TOKEN}"', "¦12345", "found a value that is not shown for channels.telegram.token, expected text"),
    ("port: 587", "port: ¦${PORT}", "found what ${PORT} expands to for channels.support-mail.send.port, expected a whole number"),
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{row[1].strip()[:40]!r}" for row in MISTAKES])
def test_a_mistake_is_told_with_its_place(mistake: tuple[str, ...]) -> None:
    old, new, message, *elsewhere = mistake
    assert old in BASE
    marked = BASE.replace(old, new, 1)
    if elsewhere:
        marked = marked.replace(elsewhere[0], elsewhere[1], 1)
    found = problems(marked.replace("¦", ""))
    assert len(found) == 1, [str(problem) for problem in found]
    assert message in str(found[0])
    assert (found[0].line, found[0].column) == place_of(marked, "¦")
    assert "s3cret" not in str(found[0])


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = """\
desk: {prefix: acme}
channels:
  mail: {type: mail, adress: a@b.example, team: nobody, send: {host: h, username: u, password: "${NONE}"}}
  chat: {type: telegramm}
agents:
  anna: {name: 7}
teams:
  front: {level: 9, members: [ana]}
sla:
  all: {first_response: 1, calendar: nowhere}
extra: 1
"""
    told = [(problem.line, problem.message.split(",")[0]) for problem in problems(text)]
    assert told == [
        (1, "found 'acme' for desk.prefix"),
        (3, "found the key 'adress' in channels.mail"),
        (3, "found 'nobody' for channels.mail.team"),
        (3, "found ${NONE}"),
        (4, "found 'telegramm' for channels.chat.type"),
        (6, "found 7 for agents.anna.name"),
        (8, "found 9 for teams.front.level"),
        (8, "found 'ana' for teams.front.members[0]"),
        (10, "found 1 for sla.all.first_response"),
        (10, "found 'nowhere' for sla.all.calendar"),
        (11, "found the key 'extra'"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "deskd.yaml:1:1: found no channel, expected at least one"),
        ("channels:\n", "deskd.yaml:1:1: found no channel"),
        ("channels: []\n", "deskd.yaml:1:11: found an empty list for channels, expected a map of names"),
        ("- a\n", "found something else than keys with values, expected the sections of a desk"),
        ("just words\n", "found something else than keys with values"),
        ("channels: {a: 1}\n", "found 1 for channels.a, expected a map"),
        (
            "channels: {a: {type: mail, address: a@b.example}}\ndesk: []\n",
            "found an empty list for desk, expected a map",
        ),
        ("channels: {a: {type: [mail], address: a@b.example}}\n", "found a list for channels.a.type"),
    ],
)
def test_what_is_no_desk_at_all(text: str, message: str) -> None:
    assert message in "\n".join(str(problem) for problem in problems(text))


def test_one_alias_used_twice_is_told_once() -> None:
    text = """\
x-send: &send {host: h, port: no}
channels:
  a: {type: mail, address: a@b.example, send: *send}
  b: {type: mail, address: b@b.example, send: *send}
"""
    assert len({(problem.line, problem.column) for problem in problems(text)}) == 1
