"""How many deliveries may go in each lane."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from deskd.lanes import SLOW_FOR, Lanes

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_nothing_is_bounded_until_the_other_side_asks_for_it() -> None:
    lanes = Lanes()
    lanes.began("slack:post:C1")
    assert lanes.quotas(NOW) == lanes.resting(NOW) == {}


def test_a_throttled_lane_rests_and_then_goes_one_by_one() -> None:
    lanes = Lanes()
    lanes.throttled("a", NOW + SECOND)
    assert lanes.quotas(NOW) == {"a": 0}
    assert lanes.resting(NOW) == {"a": NOW + SECOND}
    assert lanes.quotas(NOW + SECOND) == {"a": 1}
    lanes.began("a")
    assert lanes.quotas(NOW + SECOND) == {"a": 0}
    lanes.ended("a")
    assert lanes.quotas(NOW + SECOND) == {"a": 1}
    assert lanes.quotas(NOW + SECOND + SLOW_FOR) == {}


def test_the_longest_rest_counts() -> None:
    lanes = Lanes()
    lanes.throttled("a", NOW + 5 * SECOND)
    lanes.throttled("a", NOW + SECOND)
    assert lanes.resting(NOW) == {"a": NOW + 5 * SECOND}
