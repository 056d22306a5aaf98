"""deskd.yaml -> frozen settings, or every error in it with its file, line and column.

The way: `deskd.yamlfile` reads, `expand` fills in `${…}`, the models of `desk`, `channels` and `sla` validate each entry, `crosscheck` what they say
against each other, `explain` puts what is wrong into words, `load` joins them into `Settings`.
"""

from __future__ import annotations

from deskd.config.channels import (
    AfterFetch,
    Encryption,
    ImapAccount,
    LmtpListener,
    MailChannel,
    MailServer,
    ServerTls,
    SlackChannel,
    SmtpListener,
    TelegramChannel,
    TelegramWebhook,
)
from deskd.config.desk import Agent, Assign, Calendar, Desk, Handoff, Holidays, Http, Team
from deskd.config.endpoints import Listen
from deskd.config.load import find_config, load_config, settings_from
from deskd.config.schema import config_schema, schema_text
from deskd.config.settings import AgentsChannel, AnyChannel, Settings, TeamPlace
from deskd.config.sla import BreachStep, Policy, TicketMatch
from deskd.config.times import Span

__all__ = [
    "AfterFetch",
    "Agent",
    "AgentsChannel",
    "AnyChannel",
    "Assign",
    "BreachStep",
    "Calendar",
    "Desk",
    "Encryption",
    "Handoff",
    "Holidays",
    "Http",
    "ImapAccount",
    "Listen",
    "LmtpListener",
    "MailChannel",
    "MailServer",
    "Policy",
    "ServerTls",
    "Settings",
    "SlackChannel",
    "SmtpListener",
    "Span",
    "Team",
    "TeamPlace",
    "TelegramChannel",
    "TelegramWebhook",
    "TicketMatch",
    "config_schema",
    "find_config",
    "load_config",
    "schema_text",
    "settings_from",
]
