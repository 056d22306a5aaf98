"""`reply`: a template, by name, sent to the customer in the ticket's language. Automatic mail is never answered, whatever rules say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from deskd.rules.spec import name_check
from deskd.rules.view import State

TemplateName = Annotated[str, AfterValidator(name_check("a template", lambda names: names.templates))]


@dataclass(frozen=True, slots=True)
class Reply:
    template: str

    def change(self, state: State) -> State:
        return state

    def __str__(self) -> str:
        return f"reply {self.template}"
