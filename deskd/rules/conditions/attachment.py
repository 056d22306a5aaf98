"""`attachment`: `name`, `type` and `size` are asked of one and the same attachment; `count` is how many there are."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field

from deskd.config.amounts import size_text
from deskd.rules.checks import AllOf, Check, Not, Some
from deskd.rules.operators.number import NumberSpec, SizeSpec, amount_check
from deskd.rules.operators.text import TextSpec, text_check
from deskd.rules.spec import Spec
from deskd.rules.view import SeenAttachment, View
from deskd.rules.workshop import Workshop


class AttachmentSpec(Spec):
    """What the message brings along."""

    EXPECTED: ClassVar[str] = "a map of name, type, size, count"

    name: TextSpec | None = Field(None, description="The file's name.")
    type: TextSpec | None = Field(None, description="Its media type: application/pdf.")
    size: SizeSpec | None = Field(None, description="Its size, decoded: {over: 10MB}.")
    count: NumberSpec | None = Field(None, description="How many attachments there are, none being 0.")
    not_: Self | None = Field(None, alias="not", description="What no attachment may be.")


def check(spec: AttachmentSpec, shop: Workshop) -> Check[View]:
    checks: list[Check[View]] = []
    if spec.count is not None:
        checks.append(
            amount_check(spec.count, "attachment count", lambda view: (len(view.attachments),), str)
        )
    parts = _parts(spec)
    if parts:
        checks.append(Some("attachment", lambda view: view.attachments, AllOf(parts)))
    if spec.not_ is not None:
        checks.append(Not(check(spec.not_, shop)))
    return AllOf(tuple(checks))


def _parts(spec: AttachmentSpec) -> tuple[Check[SeenAttachment], ...]:
    parts: list[Check[SeenAttachment]] = []
    if spec.name is not None:
        parts.append(text_check(spec.name, "name", lambda seen: seen.name))
    if spec.type is not None:
        parts.append(text_check(spec.type, "type", lambda seen: seen.type))
    if spec.size is not None:
        parts.append(amount_check(spec.size, "size", lambda seen: seen.size, size_text))
    return tuple(parts)
