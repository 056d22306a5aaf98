"""Slack and the desk side by side: each difference there can be, and none where there is none."""

from __future__ import annotations

from deskd.ports import Shown
from deskd.reconcile import Difference, Post, Thread, differences

C = "C0FRONT"
THREAD = Thread("ACME-1", "slack", C, "1.0")
CARD = Post("k1", "card", "ACME-1", C, "1.0", "1.0", "sent")
TEXT = Post("k2", "post", "ACME-1", C, "1.0", "2.0", "sent")
IN_SLACK = (
    Shown(C, "1.0", None, "k1"),
    Shown(C, "2.0", "1.0", "k2"),
    Shown(C, "3.0", "1.0", None, "m:C:3.0"),
)
RECEIVED = {"m:C:3.0"}


def said(found: list[Difference]) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.what, one.where, one.ticket, one.ts) for one in found]


def test_alike_is_no_difference() -> None:
    assert differences([THREAD], [CARD, TEXT], IN_SLACK, RECEIVED) == []


def test_a_post_deleted_in_slack_is_missing_there() -> None:
    found = differences([THREAD], [CARD, TEXT], [IN_SLACK[0], IN_SLACK[2]], RECEIVED)
    assert said(found) == [("missing", "slack", "ACME-1", "2.0")]


def test_a_whole_thread_gone_is_missing_piece_by_piece() -> None:
    assert said(differences([THREAD], [CARD, TEXT], [], set())) == [
        ("missing", "slack", "ACME-1", "1.0"),
        ("missing", "slack", "ACME-1", "2.0"),
    ]


def test_a_post_made_twice_is_found_wherever_the_second_stands() -> None:
    second_card = Shown(C, "9.0", None, "k1")
    second_text = Shown(C, "2.5", "1.0", "k2")
    found = differences([THREAD], [CARD, TEXT], [*IN_SLACK, second_text, second_card], RECEIVED)
    assert said(found) == [("twice", "slack", "ACME-1", "2.5"), ("twice", "slack", "ACME-1", "9.0")]


def test_a_post_whose_answer_was_lost_is_missing_in_the_desk() -> None:
    lost = Post("k2", "post", "ACME-1", C, "1.0", None, "unknown")
    assert said(differences([THREAD], [CARD, lost], IN_SLACK, RECEIVED)) == [
        ("missing", "desk", "ACME-1", "2.0")
    ]


def test_an_agents_message_that_never_came_is_missing_in_the_desk() -> None:
    assert said(differences([THREAD], [CARD, TEXT], IN_SLACK, set())) == [
        ("missing", "desk", "ACME-1", "3.0")
    ]


def test_what_people_write_outside_of_threads_is_nobodys_matter() -> None:
    chatter = Shown(C, "5.0", None, None, "m:C:5.0")
    elsewhere = Shown(C, "6.0", "4.0", None, "m:C:6.0")
    assert differences([THREAD], [CARD, TEXT], [*IN_SLACK, chatter, elsewhere], RECEIVED) == []


def test_another_desks_posts_are_its_own() -> None:
    assert differences([THREAD], [CARD, TEXT], [*IN_SLACK, Shown(C, "7.0", None, "theirs")], RECEIVED) == []


def test_a_ticket_without_a_card_is_missing_unless_it_is_under_way() -> None:
    unseen = Thread("ACME-2", "slack", C, None)
    assert said(differences([unseen], [], [], set())) == [("missing", "slack", "ACME-2", None)]
    coming = Post("k3", "card", "ACME-2", C, None, None, "queued")
    assert differences([unseen], [coming], [], set()) == []
