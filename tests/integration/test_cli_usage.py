"""What every command promises: exit statuses, problems on stderr, no traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import Desk, make_desk, run
from tests.support.needs import REPOSITORY


@pytest.fixture
def desk(tmp_path: Path, sqlite_url: str) -> Desk:
    return make_desk(tmp_path, sqlite_url)


def test_check_says_what_would_run(desk: Desk) -> None:
    ran = desk("check", "--json")
    assert ran.status == 0
    assert ran.object["ok"]
    assert [channel["name"] for channel in ran.object["channels"]] == ["support-mail", "sales-mail"]
    assert ran.object["teams"] == [{"name": "front-desk", "level": 1, "members": ["anna"], "slack": None}]
    assert (ran.object["rules"]["rules"], ran.object["rules"]["tests"]) == (3, 1)
    assert "all is well" in desk("check").out


def test_check_tells_every_problem_of_a_configuration(desk: Desk) -> None:
    text = desk.config.read_text().replace("team: front-desk}", "tem: front-desk}").replace("[anna]", "[ana]")
    desk.config.write_text(text)
    ran = desk("check", "--json")
    assert ran.status == 2
    problems = ran.object["problems"]
    assert not ran.object["ok"]
    assert {"file", "line", "column", "message", "remedy"} == set(problems[0])
    assert len(problems) == len(ran.err.splitlines()) == 3
    assert ran.err.startswith(f"{desk.config}:4:")


def test_templates_are_checked_before_anything_starts(desk: Desk) -> None:
    text = (
        desk.config.read_text()
        + 'templates:\n  received: {it: "Ciao {{ contct.name }}", en: "Hi {% if %}"}\n'
    )
    desk.config.write_text(text)
    line = len(text.splitlines())
    for command in ("check", "run"):
        ran = desk(command)
        assert ran.status == 2
        first, second = ran.err.splitlines()
        assert first.startswith(f"{desk.config}:{line}:")
        assert "did you mean 'contact'?" in first
        assert second.startswith(f"{desk.config}:{line}:")
        assert "templates.received.en" in second


def test_check_runs_the_rules_tests(desk: Desk) -> None:
    rules = desk.folder / "rules" / "rules.yaml"
    rules.write_text(rules.read_text().replace("tags: [billing], priority: high}", "tags: [sales]}"))
    ran = desk("check", "--json")
    assert (ran.status, ran.object["ok"], ran.object["rules"]["failed"]) == (1, False, 1)
    tested = desk("rules", "test", "--json")
    assert tested.status == 1
    assert tested.object["differences"] == [{"key": "tags", "expected": "[sales]", "found": "[billing]"}]


def test_rules_check_and_schema(desk: Desk) -> None:
    assert desk("rules", "check", "--json").object["rules"] == 3
    (desk.folder / "rules" / "z.yaml").write_text("rules: [{name: x, whenn: {}, then: [stop]}]\n")
    wrong = desk("rules", "check", "--json")
    assert wrong.status == 2
    assert "when" in wrong.object["problems"][0]["remedy"]
    schema = run("rules", "schema")
    assert "rules" in json.loads(schema.out)["properties"]


def test_rules_need_no_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESKD_CONFIG", raising=False)
    tested = run("rules", "test", REPOSITORY / "rules", "--json")
    assert tested.status == 0
    assert all(result["passed"] for result in tested.lines)


@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("run",),
        ("ingest", "x.eml"),
        ("tickets", "list"),
        ("db", "check"),
        ("inbox", "retry", "1"),
    ],
)
def test_without_a_configuration_nothing_runs(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESKD_CONFIG", raising=False)
    ran = run(*command, "-c", tmp_path / "missing.yaml")
    assert ran.status == 2
    assert "missing.yaml" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "wrong", [("frobnicate",), ("tickets",), ("tickets", "show"), ("inbox", "retry", "x"), ("check", "--odd")]
)
def test_wrong_usage_is_2(wrong: tuple[str, ...]) -> None:
    assert run(*wrong).status == 2


def test_an_unforeseen_failure_shows_no_traceback(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("something odd")

    monkeypatch.setattr("deskd.rules.load_rules", fails)
    ran = desk("check")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "deskd failed: RuntimeError: something odd (DESKD_DEBUG=1 shows where)\n"


def test_a_reader_who_leaves_is_no_failure_of_ours(desk: Desk) -> None:
    for number in range(300):
        desk.mail(f"n{number}", subject=f"{number} " + "x" * 500)
    desk("ingest", desk.folder / "mails")
    arguments = [sys.executable, "-m", "deskd", "tickets", "list", "--json", "-c", str(desk.config)]
    with subprocess.Popen(
        arguments, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        assert listing.stdout.readline().startswith('{"ref"')
        listing.stdout.close()
        assert listing.stderr.read() == ""


def test_version() -> None:
    version = run("version", "--json").object["version"]
    asked = run("--version")
    assert (asked.status, asked.out) == (0, f"deskd {version}\n")
