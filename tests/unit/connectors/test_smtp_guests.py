"""Who may come in, and who goes for whom."""

from dataclasses import dataclass

from connectors.smtp.guests import Guests
from connectors.smtp.limits import SmtpLimits


@dataclass(eq=False)
class Visitor:
    peer: str
    sent_away: bool = False

    def wind_down(self) -> None:
        raise AssertionError("nobody stops here")

    def make_room(self) -> None:
        self.sent_away = True

    def hang_up(self) -> None:
        raise AssertionError("nobody stops here")


class House:
    """Guests at a time that the test sets."""

    def __init__(self, limits: SmtpLimits) -> None:
        self.time = 100.0
        self.guests = Guests(limits, lambda: self.time)

    def knock(self, peer: str) -> Visitor | None:
        if not self.guests.has_room(peer):
            return None
        visitor = Visitor(peer)
        self.guests.enter(visitor)
        return visitor


def test_in_all_and_per_address() -> None:
    house = House(SmtpLimits(connections=3, connections_per_address=2))
    assert [house.knock(peer) is not None for peer in ("a", "a", "a", "b", "c")] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_a_local_socket_knows_no_addresses() -> None:
    house = House(SmtpLimits(connections=3, connections_per_address=1))
    assert [house.knock("") is not None for _ in range(4)] == [True, True, True, False]


def test_who_leaves_leaves_a_place_once() -> None:
    house = House(SmtpLimits(connections=2))
    first, second = house.knock("a"), house.knock("a")
    assert first is not None
    assert second is not None
    house.guests.leave(first)
    house.guests.leave(first)
    assert len(house.guests) == 1
    assert not house.guests.none_left.is_set()
    house.guests.leave(second)
    assert house.guests.none_left.is_set()
    house.knock("a")
    assert not house.guests.none_left.is_set()


def test_the_longest_silent_one_makes_room_after_a_while() -> None:
    house = House(SmtpLimits(connections=3, silence=5))
    talker, first = house.knock("a"), house.knock("a")
    house.time += 3
    second = house.knock("b")
    assert talker is not None
    assert first is not None
    assert second is not None
    house.guests.spoke(talker)
    assert house.knock("c") is None  # they had no time to speak yet
    house.time += 2
    assert house.knock("c") is not None
    assert (talker.sent_away, first.sent_away, second.sent_away) == (False, True, False)
    assert house.knock("c") is None


def test_an_address_that_is_full_makes_room_by_itself() -> None:
    house = House(SmtpLimits(connections_per_address=1, silence=5))
    other, own = house.knock("a"), house.knock("b")
    assert other is not None
    assert own is not None
    house.time += 5
    assert house.knock("b") is not None
    assert (other.sent_away, own.sent_away) == (False, True)
