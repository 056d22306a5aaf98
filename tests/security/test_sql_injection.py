"""THREATS, SQL: what a mail holds is a value, never a statement; what PostgreSQL can't hold (NUL, half characters) poisons no mail."""

from __future__ import annotations

from deskd.store import Store
from tests.support.mailroom import Mailroom, mail

HOSTILE = ["'; DROP TABLE tickets; --", "\" OR 1=1 --", "%s %(x)s :name ?", "$1 {0} \\x00", "NUL \0 NUL", "half \ud83d character"]  # fmt: skip


def test_it_is_kept_as_a_value(store: Store) -> None:
    desk = Mailroom(store)
    for number, text in enumerate(HOSTILE, 1):
        payload = mail(subject="SUBJECT", text="prima TEXT dopo", id=f"ID{number}@x", refs=[f"REF{number}@x"])
        raw = text.encode("utf-8", "surrogatepass")
        for name in (b"SUBJECT", b"TEXT", b"ID", b"REF", b"Maria Rossi"):
            payload = payload.replace(name, raw + name)
        ended = desk.arrive(payload)
        assert ended.state == "filed", text
        (message,) = desk.shown(ended.ticket)["messages"]
        assert message["text"].startswith("prima "), text
        assert message["text"].endswith(" dopo"), text
        assert len(desk.all()) == number, text
