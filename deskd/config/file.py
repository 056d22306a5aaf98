"""The whole of deskd.yaml as one model: what its JSON Schema is made from."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, RootModel

from deskd.config.channels import Channel
from deskd.config.desk import Agent, Calendar, Desk, Team
from deskd.config.forms import Language
from deskd.config.section import Section, Text
from deskd.config.sla import Policy


class Template(RootModel[Annotated[dict[Language, Text], Field(min_length=1)]]):
    """What customers are sent, by language; Jinja2."""


class DeskFile(Section):
    """The whole file, as the JSON Schema describes it. Keys that begin with `x-` are free, to hold anchors."""

    desk: Desk = Field(default_factory=Desk)
    """What holds for the whole desk."""
    channels: Annotated[dict[str, Channel], Field(min_length=1)]
    """The ways customers and agents reach the desk."""
    agents: dict[str, Agent] = Field(default_factory=dict)
    """The roster: who may act on tickets."""
    teams: dict[str, Team] = Field(default_factory=dict)
    """Who takes care of tickets, level by level."""
    calendars: dict[str, Calendar] = Field(default_factory=dict)
    """Opening hours, by which teams are on duty and clocks count."""
    sla: dict[str, Policy] = Field(default_factory=dict)
    """Deadlines; the first policy that fits a ticket applies."""
    templates: dict[str, Template] = Field(default_factory=dict)
    """What customers are sent, by language; over those built in."""


SECTIONS = tuple(DeskFile.model_fields)
