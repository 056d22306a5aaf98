"""Mails on disk, read one by one: mbox, Maildir, single files, folders."""

import io
import mailbox
import sys
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd import mailfiles
from deskd.mailfiles import read_all

FIRST = "From maria@cliente.example Sat Nov 21 10:00:00 2026\n"


def bodies(*paths: Path) -> list[bytes]:
    return [found.data for found in read_all(map(str, paths))]


def names(*paths: Path) -> list[str]:
    return [Path(found.name).name for found in read_all(map(str, paths))]


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return tmp_path / "box"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # one, two, and none but the separator's own empty line at the end
        (FIRST + "A: 1\n\nx\n\n", [b"A: 1\n\nx\n"]),
        (FIRST + "A: 1\n\nx\n\n" + FIRST + "A: 2\n\ny\n", [b"A: 1\n\nx\n", b"A: 2\n\ny\n"]),
        (FIRST + "A: 1\n\nx\n\n\n\n" + FIRST + "A: 2\n\ny\n", [b"A: 1\n\nx\n\n\n", b"A: 2\n\ny\n"]),
        # no empty line between them, as some programs write
        (FIRST + "A: 1\n\nx\n" + FIRST + "A: 2\n\ny\n", [b"A: 1\n\nx\n", b"A: 2\n\ny\n"]),
        # no date behind From, but an empty line before and a field after
        (FIRST + "A: 1\n\nx\n\nFrom -\nA: 2\n\ny\n", [b"A: 1\n\nx\n", b"A: 2\n\ny\n"]),
        # a message without a header
        (FIRST + "\nx\n\n" + FIRST + "\ny\n", [b"\nx\n", b"\ny\n"]),
        # a body's own "From ", quoted and not
        (FIRST + "A: 1\n\n>From me\n>>From you\n> From them\n", [b"A: 1\n\nFrom me\n>From you\n> From them\n"]),
        (FIRST + "A: 1\n\nFrom now on\nall is well\n", [b"A: 1\n\nFrom now on\nall is well\n"]),
        (FIRST + "A: 1\n\nx\n\nFrom now on\nall is well\n", [b"A: 1\n\nx\n\nFrom now on\nall is well\n"]),
        (FIRST + "A: 1\n\nx\nFrom 10:30 on, 4 May 2026\nwe met\n", [b"A: 1\n\nx\nFrom 10:30 on, 4 May 2026\nwe met\n"]),
        # no newline at the end
        (FIRST + "A: 1\n\nx", [b"A: 1\n\nx"]),
    ],
)  # fmt: skip
def test_an_mbox_is_split_byte_for_byte(text: str, expected: list[bytes], box: Path) -> None:
    box.write_bytes(text.encode())
    assert bodies(box) == expected
    box.write_bytes(text.replace("\n", "\r\n").encode())
    assert bodies(box) == [data.replace(b"\n", b"\r\n") for data in expected]


def test_messages_of_an_mbox_are_named_by_number(box: Path) -> None:
    box.write_text(FIRST + "A: 1\n\nx\n\n" + FIRST + "\n" + FIRST + "A: 3\n\ny\n")
    assert names(box) == ["box#1", "box#2", "box#3"]


def test_what_pythons_mailbox_wrote_is_read_back(box: Path) -> None:
    written = mailbox.mbox(box)
    for number in range(20):
        written.add(f"Subject: {number}\n\nFrom here\n\nFrom there: {number}\n".encode())
    written.flush()
    written.close()
    assert bodies(box) == [
        f"Subject: {number}\n\nFrom here\n\nFrom there: {number}\n".encode() for number in range(20)
    ]


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5))
def test_no_byte_of_an_mbox_is_lost_in_escaping(payloads: list[bytes]) -> None:
    """mboxrd: what is escaped on writing comes back as it was."""
    lines = [b"Subject: x\n\n" + payload + b"\n" for payload in payloads]
    escaped = [b"".join(_escaped(line) for line in data.splitlines(keepends=True)) for data in lines]
    stream = io.BytesIO(b"".join(FIRST.encode() + data + b"\n" for data in escaped))
    with mock.patch.object(sys, "stdin", mock.Mock(buffer=stream)):
        assert [found.data for found in read_all(["-"])] == lines


def _escaped(line: bytes) -> bytes:
    return b">" + line if line.lstrip(b">").startswith(b"From ") else line


def test_a_maildir_is_read_but_for_tmp(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"):
        (tmp_path / "mail" / folder).mkdir(parents=True)
        (tmp_path / "mail" / folder / f"1.{folder.replace('/', '')}:2,S").write_text("no header at all\n")
    (tmp_path / "mail" / "dovecot-uidlist").write_text("3 V1\n")
    assert names(tmp_path / "mail") == ["1..Sentcur:2,S", "1..Sentnew:2,S", "1.cur:2,S", "1.new:2,S"]


def test_in_a_folder_only_what_looks_like_mail_is_read(tmp_path: Path) -> None:
    mail = "Subject: x\nFrom: a@b.example\n\nhello\n"
    for name in ("a.eml", "plain", "sub/b.MSG"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(mail)
    (tmp_path / "archive").write_text(FIRST + mail)
    passed_over = {
        "note.txt": "From now on: no\n",
        "x.json": "{}",
        "y.yaml": "name: x\nother: y\n",
        ".hidden.eml": mail,
        "empty": "",
    }
    for name, text in passed_over.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert names(tmp_path) == ["a.eml", "archive#1", "plain", "b.MSG"]


def test_a_file_that_is_named_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("just text\n")
    assert bodies(file) == [b"just text\n"]


def test_what_can_t_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.eml").touch()
    (tmp_path / "b.msg").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)
    (tmp_path / "c.eml").write_bytes(b"x" * 200)
    (tmp_path / "d.mbox").write_bytes(
        FIRST.encode() + b"A: 1\n\n" + b"x" * 200 + b"\n" + FIRST.encode() + b"A: 2\n\ny\n"
    )
    (tmp_path / "e.eml").symlink_to("nowhere")
    monkeypatch.setattr(mailfiles, "LARGEST", 150)
    found = {Path(one.name).name: one.error or one.data for one in read_all([str(tmp_path), "missing"])}
    assert found == {
        "a.eml": "it is empty",
        "b.msg": "it is a file of Outlook's own form: save the mail as .eml there",
        "c.eml": "it is larger than 0 MB",
        "d.mbox#1": "it is larger than 0 MB",
        "d.mbox#2": b"A: 2\n\ny\n",
        "e.eml": "No such file or directory",
        "missing": "No such file or directory",
    }
