"""What `explain` tells of a message: its parts, its thread among those given with it, every rule, the result."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskd.config import Settings, load_config
from deskd.errors import UsageError
from deskd.explaining import Explainer
from deskd.rules import load_rule_texts
from tests.support.cli import MAIL, RULES, make_desk


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str) -> Settings:
    return load_config(make_desk(tmp_path, sqlite_url).config, {})


@pytest.fixture
def explainer(settings: Settings) -> Explainer:
    return Explainer(settings, load_rule_texts({"r.yaml": RULES}, settings), None)


def mail(name: str, *, subject: str = "Invoice 118", headers: str = "") -> bytes:
    return (headers + MAIL.format(subject=subject, id=name, text=f"It is {name}.")).encode()


def test_a_message_with_its_rules_and_result(explainer: Explainer) -> None:
    told = explainer.explain("a.eml", mail("a"))
    assert list(told) == ["file", "error", "message", "thread", "rules", "result"]
    message = told["message"]
    assert message["from"] == {"name": "Maria Rossi", "address": "maria@cliente.example"}
    assert message["to"] == [{"name": "", "address": "support@acme.example"}]
    assert (message["subject"], message["text"], message["message_id"]) == (
        "Invoice 118",
        "It is a.",
        "a@cliente.example",
    )
    assert message["date"] == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert (message["cc"], message["references"], message["bounce"], message["defects"]) == ([], [], [], [])
    assert told["thread"] == {"ticket": None, "because": "it names no ticket"}
    assert [(rule["name"], rule["fired"]) for rule in told["rules"]] == [
        ("invoices", True), ("newsletters", False), ("acknowledge", True),
    ]  # fmt: skip
    assert all(rule["because"] for rule in told["rules"])
    result = told["result"]
    assert [result[key] for key in ("team", "level", "assignee", "tags", "priority", "status")] == [
        "front-desk", 1, None, ["billing"], "high", "new",
    ]  # fmt: skip


def test_an_answer_joins_the_thread_of_the_file_before(explainer: Explainer) -> None:
    explainer.explain("a.eml", mail("a"))
    answer = mail("b", headers="In-Reply-To: <a@cliente.example>\n")
    assert explainer.explain("b.eml", answer)["thread"] == {
        "ticket": "a.eml", "because": "the contact brings an id the ticket knows",
    }  # fmt: skip
    assert explainer.explain("c.eml", answer)["thread"] == {
        "ticket": "a.eml", "because": "the same mail is here already",
    }  # fmt: skip


def test_an_answer_may_come_before_its_question(explainer: Explainer) -> None:
    explainer.explain("b.eml", mail("b", headers="References: <a@cliente.example>\n"))
    assert explainer.explain("a.eml", mail("a"))["thread"]["ticket"] == "b.eml"


def test_a_stranger_joins_nothing(explainer: Explainer) -> None:
    explainer.explain("a.eml", mail("a"))
    stranger = mail("b", headers="References: <a@cliente.example>\n").replace(b"maria@", b"mallory@")
    assert explainer.explain("b.eml", stranger)["thread"]["ticket"] is None


def test_what_can_t_be_read_says_why(explainer: Explainer) -> None:
    told = explainer.explain("x.eml", b"\0" * 100)
    assert (told["error"], told["message"], told["thread"], told["result"]) == (
        "it has no header and is not text", None, None, None,
    )  # fmt: skip
    assert (
        explainer.explain("gone.eml", b"", "No such file or directory")["error"]
        == "No such file or directory"
    )


def test_a_parser_that_fails_is_told_too(explainer: Explainer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr("deskd.explaining.parse_mail", fails)
    assert explainer.explain("a.eml", mail("a"))["error"] == "deskd failed on it: RuntimeError: odd"


def test_without_a_configuration_there_are_defaults() -> None:
    told = Explainer(None, load_rule_texts({}), None).explain("a.eml", mail("a"))
    assert told["error"] is None
    assert (told["rules"], told["result"]["team"], told["result"]["priority"]) == ([], None, "normal")


def test_a_channel_that_isn_t_there_is_wrong_usage(settings: Settings) -> None:
    with pytest.raises(UsageError, match="no mail channel is called 'phone'"):
        Explainer(settings, load_rule_texts({}), "phone")
