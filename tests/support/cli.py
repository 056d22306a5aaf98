"""Runs the command line in this process, as a shell would: arguments in; exit status, stdout and stderr out."""

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from deskd.cli import main

DESK = """
desk: {{name: Acme, prefix: ACME, database: "{database}", languages: [en, it]}}
channels:
  support-mail: {{type: mail, address: support@acme.example, team: front-desk}}
  sales-mail: {{type: mail, address: sales@acme.example, team: front-desk}}
agents:
  anna: {{name: Anna Rossi, email: anna@acme.example}}
teams:
  front-desk: {{level: 1, members: [anna]}}
"""

RULES = """
rules:
  - name: invoices
    when: {subject: {words: [invoice]}}
    then: [{tag: [billing]}, {priority: high}]
  - name: newsletters
    when: {from: {domain: newsletter.example}}
    then: [discard]
  - name: acknowledge
    when: {kind: message}
    then: [{reply: received}]
tests:
  - name: an invoice
    message: {channel: support-mail, from: maria@cliente.example, subject: "Invoice 118", text: "wrong"}
    expect: {tags: [billing], priority: high}
"""

MAIL = """\
From: Maria Rossi <maria@cliente.example>
To: support@acme.example
Subject: {subject}
Date: Sat, 21 Nov 2026 10:00:00 +0100
Message-ID: <{id}@cliente.example>

{text}
"""


@dataclass(frozen=True, slots=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The objects of `--json`."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def object(self) -> dict[str, Any]:
        (only,) = self.lines
        return only


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk of its own: deskd.yaml and rules in a folder."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "deskd.yaml"

    def __call__(self, *arguments: str | Path) -> Ran:
        """Run `deskd ARGUMENTS -c deskd.yaml`."""
        return run(*arguments, "-c", self.config)

    def mail(self, name: str, *, subject: str = "Invoice 118", text: str = "The total is wrong.") -> Path:
        """Write a mail from Maria, whose Message-ID is its name."""
        file = self.folder / "mails" / f"{name}.eml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(MAIL.format(subject=subject, id=name, text=text))
        return file


def make_desk(folder: Path, database: str, rules: str = RULES) -> Desk:
    (folder / "rules").mkdir()
    (folder / "rules" / "rules.yaml").write_text(rules)
    desk = Desk(folder)
    desk.config.write_text(DESK.format(database=database))
    return desk


def run(*arguments: str | Path) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["deskd", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
    return Ran(status, out.getvalue(), err.getvalue())
