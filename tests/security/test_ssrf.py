"""THREATS, SSRF: no address in a mail is ever fetched, looked up or connected to."""

from __future__ import annotations

import socket
from typing import NoReturn

import pytest

from deskd.store import Store
from tests.support.mailroom import Mailroom, mail

INSIDE = "http://169.254.169.254/latest/meta-data/ http://127.0.0.1:8080/ http://[::1]/ file:///etc/passwd"


def test_addresses_in_a_mail_lead_nowhere(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    links = "".join(f'<img src="{url}"><a href="{url}">x</a>' for url in INSIDE.split())
    desk = Mailroom(store)
    plain = mail(text=INSIDE, List_Unsubscribe=f"<{INSIDE.split()[0]}>", X_Image_Url=INSIDE.split()[1])
    html = mail(subject="Altro", text=links).replace(b"text/plain", b"text/html")
    external = b'Content-Type: message/external-body; access-type=URL; URL="http://127.0.0.1/x"'
    body = mail(subject="Terzo").replace(b"Content-Type: text/plain; charset=utf-8", external)
    before = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and "postgresql" not in store.dialect:
            raise AssertionError(f"connected to {address}")
        before(self, address)  # type: ignore[arg-type]

    def look_up(*asked: object, **values: object) -> NoReturn:
        raise AssertionError(f"looked up {asked}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for payload in (plain, html, body):
        assert desk.arrive(payload).ticket
