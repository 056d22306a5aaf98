"""What an admin may write of a mailbox, and what is a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deskd.config import load_config
from deskd.errors import ConfigError

BY_TOKEN = {"provider": "gmail", "client_id": "desk", "refresh_token": "r"}
ACCOUNT = {"host": "imap.acme.example", "username": "support", "password": "s3cret"}


def write(folder: Path, *accounts: dict[str, Any]) -> Path:
    channels = {
        f"mail-{number}": {
            "type": "mail",
            "address": f"support{number}@acme.example",
            "imap": account,
            "send": {"host": "mail.acme.example", "tls": "none"},
        }
        for number, account in enumerate(accounts)
    }
    whole = {
        "desk": {"name": "Acme", "database": "sqlite:///desk.db"},
        "channels": channels,
        "agents": {"anna": {"name": "Anna Rossi", "email": "anna@acme.example"}},
        "teams": {"front-desk": {"level": 1, "members": ["anna"]}},
    }
    config = folder / "deskd.yaml"
    (folder / "rules").mkdir(exist_ok=True)
    config.write_text(json.dumps(whole))
    return config


@pytest.mark.parametrize(
    "account",
    [
        ACCOUNT,
        {**ACCOUNT, "password": None, "oauth": BY_TOKEN},
        {**ACCOUNT, "after": {"move": "Processed"}},
    ],
)
def test_ways_to_read_a_mailbox(tmp_path: Path, account: dict[str, Any]) -> None:
    given = {name: value for name, value in account.items() if value is not None}
    assert load_config(write(tmp_path, given), {}).mail_channels()["mail-0"].imap is not None


@pytest.mark.parametrize(
    ("account", "message"),
    [
        ({"password": None}, "found neither of password and oauth"),
        ({"oauth": BY_TOKEN}, "found both of password and oauth"),
        ({"after": {"move": "INBOX"}}, "found INBOX as folder and under after: move"),
        ({"folder": "Support", "after": {"move": "Support"}}, "found Support as folder and under after: move"),
        ({"password": None, "oauth": {"client_id": "x", "refresh_token": "r"}}, "found neither provider nor token_url"),
        ({"password": None, "oauth": {**BY_TOKEN, "client_credentials": True}}, "found both of refresh_token and client_credentials"),
        ({"password": None, "oauth": {"provider": "gmail", "client_id": "x"}}, "found neither of refresh_token and client_credentials"),
        (
            {"password": None, "oauth": {"provider": "microsoft365", "client_id": "x", "client_credentials": True}},
            "found client_credentials without client_secret",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told(tmp_path: Path, account: dict[str, Any], message: str) -> None:
    given = {name: value for name, value in {**ACCOUNT, **account}.items() if value is not None}
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, given), {})
    (problem,) = caught.value.problems
    assert message in str(problem)
    assert "s3cret" not in str(problem)


def test_two_channels_can_not_read_one_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, ACCOUNT, {**ACCOUNT, "host": "IMAP.acme.example"}), {})
    (problem,) = caught.value.problems
    assert "found the folder INBOX that channels.mail-0 reads already" in str(problem)
    load_config(write(tmp_path, ACCOUNT, {**ACCOUNT, "folder": "Billing"}), {})
