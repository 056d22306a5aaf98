"""THREATS, SQL: what a mail holds is a value, never a statement; what PostgreSQL can't hold (NUL, half characters) poisons no mail."""

from __future__ import annotations

import pytest

from deskd.store import Store
from tests.support.mailroom import Mailroom, mail

HOSTILE = ["'; DROP TABLE tickets; --", "\" OR 1=1 --", "%s %(x)s :name ?", "$1 {0} \\x00", "NUL \0 NUL", "half \ud83d character"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_it_is_kept_as_a_value(store: Store, text: str) -> None:
    desk = Mailroom(store)
    payload = mail(subject="SUBJECT", text="prima TEXT dopo", id="ID@cliente.example", refs=["REF@x"])
    raw = text.encode("utf-8", "surrogatepass")
    for name in (b"SUBJECT", b"TEXT", b"ID@", b"REF@", b"Maria Rossi"):
        payload = payload.replace(name, raw + name)
    ended = desk.arrive(payload)
    assert ended.state == "filed"
    (message,) = desk.shown(ended.ticket)["messages"]
    assert message["text"].startswith("prima ")
    assert message["text"].endswith(" dopo")
    assert len(desk.all()) == 1
