"""Rules: what admins say about messages, in YAML -> what to do, and why.

`load_rules` compiles a folder, whole or not at all; `evaluate` runs it over the facts of one message or event and gives a `Verdict`; `explain` says of
every rule why it fired or didn't, by the same evaluator; `run_tests` runs the tests that stand beside the rules. Pure: but for `load.py`, which reads the
files, nothing here touches disk, network, clock or store.
"""

from __future__ import annotations

from deskd.rules.actions.act import Effect
from deskd.rules.actions.assign import Assign
from deskd.rules.actions.contact import ContactTag
from deskd.rules.actions.discard import Discard
from deskd.rules.actions.escalate import Escalate
from deskd.rules.actions.grading import SetImpact, SetPriority, SetUrgency
from deskd.rules.actions.language import SetLanguage
from deskd.rules.actions.note import Note
from deskd.rules.actions.notify import Notify
from deskd.rules.actions.reply import Reply
from deskd.rules.actions.status import SetStatus, Spam
from deskd.rules.actions.tags import Tag, Untag
from deskd.rules.coverage import Covered, coverage, untested
from deskd.rules.evaluate import evaluate, explain, with_ref
from deskd.rules.facts import ContactFacts, Event, Facts, TicketFacts
from deskd.rules.idling import IdleTimes
from deskd.rules.lint import lint
from deskd.rules.load import load_rule_texts, load_rules
from deskd.rules.rule import Rule
from deskd.rules.ruleset import RuleSet, Trial
from deskd.rules.schema import rules_schema, schema_text
from deskd.rules.testing import Difference, TestResult, run_tests
from deskd.rules.verdict import Act, RuleTrace, Verdict

__all__ = [
    "Act",
    "Assign",
    "ContactFacts",
    "ContactTag",
    "Covered",
    "Difference",
    "Discard",
    "Effect",
    "Escalate",
    "Event",
    "Facts",
    "IdleTimes",
    "Note",
    "Notify",
    "Reply",
    "Rule",
    "RuleSet",
    "RuleTrace",
    "SetImpact",
    "SetLanguage",
    "SetPriority",
    "SetStatus",
    "SetUrgency",
    "Spam",
    "Tag",
    "TestResult",
    "TicketFacts",
    "Trial",
    "Untag",
    "Verdict",
    "coverage",
    "evaluate",
    "explain",
    "lint",
    "load_rule_texts",
    "load_rules",
    "rules_schema",
    "run_tests",
    "schema_text",
    "untested",
    "with_ref",
]
