"""What an agent typed into a ticket's thread: for the customer, for the desk alone, or a command. Pure (INTERFACE.md, section 4).

In doubt a text stays inside: what was kept can still be sent, what was sent can't be taken back.
"""

from __future__ import annotations

from deskd.typed.intent import Classified, classify
from deskd.typed.table import COMMANDS, TypedCommand, read_command
from deskd.typed.whom import names

__all__ = ["COMMANDS", "Classified", "TypedCommand", "classify", "names", "read_command"]
