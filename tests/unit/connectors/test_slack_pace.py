"""Full speed until a 429; then as told, then one a second for a minute; each lane for itself."""

from __future__ import annotations

from connectors.slack.pace import Pace


def test_without_a_429_there_is_no_pace() -> None:
    pace = Pace()
    assert [pace.take("chat.postMessage", "C1", 0.0) for _ in range(100)] == [0.0] * 100


def test_after_a_429_as_told_then_slowly_for_a_minute() -> None:
    pace = Pace()
    pace.refused("chat.postMessage", "C1", 30.0, now=100.0)
    assert pace.take("chat.postMessage", "C1", 110.0) == 20.0
    assert pace.take("chat.postMessage", "C1", 130.0) == 0.0
    assert pace.take("chat.postMessage", "C1", 130.25) == 0.75
    assert pace.take("chat.postMessage", "C1", 131.0) == 0.0
    assert pace.take("chat.postMessage", "C1", 190.0) == 0.0
    assert [pace.take("chat.postMessage", "C1", 190.0) for _ in range(3)] == [0.0] * 3, "the minute is over"


def test_a_429_parks_one_lane() -> None:
    pace = Pace()
    pace.refused("chat.postMessage", "C1", 30.0, now=0.0)
    assert pace.take("chat.postMessage", "C2", 1.0) == 0.0
    assert pace.take("reactions.add", "C1", 1.0) == 0.0
    assert pace.take("chat.postMessage", "C1", 1.0) == 29.0


def test_a_retry_after_of_nothing_is_a_second() -> None:
    pace = Pace()
    pace.refused("chat.postMessage", "C1", 0.0, now=0.0)
    assert pace.take("chat.postMessage", "C1", 0.0) == 1.0
