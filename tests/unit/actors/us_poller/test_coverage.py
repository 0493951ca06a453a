"""Which symbols flow, as the feeds say."""

from actors.us_poller.coverage import Coverage
from protocol.messages import Carried


def test_a_feed_is_believed_as_long_as_it_goes_on_saying_so() -> None:
    """A feed that died has said nothing of it."""
    coverage = Coverage(now=0.0)
    coverage.hear("feed-1", Carried(symbols=["SOXL"]), 10.0)

    assert coverage.carried(12.9) == frozenset({"SOXL"})
    assert coverage.carried(13.0) == frozenset()


def test_several_feeds_carry_together() -> None:
    """A second app key carries what the first has no room for; its death must not take the other's along."""
    coverage = Coverage(now=0.0)
    coverage.hear("feed-1", Carried(symbols=["SOXL"]), 10.0)
    coverage.hear("feed-2", Carried(symbols=["TQQQ"]), 12.0)

    assert coverage.carried(12.5) == frozenset({"SOXL", "TQQQ"})
    assert coverage.carried(13.5) == frozenset({"TQQQ"})


def test_just_after_the_start_nothing_is_known() -> None:
    """Nobody can have said anything yet."""
    coverage = Coverage(now=0.0)

    assert coverage.carried(2.9) is None
    assert coverage.carried(3.0) == frozenset()
