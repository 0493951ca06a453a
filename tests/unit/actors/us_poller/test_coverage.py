"""Which symbols flow, as feed says."""

from actors.us_poller.coverage import Coverage
from protocol.messages import Carried


def test_feed_is_believed_as_long_as_it_goes_on_saying_so() -> None:
    """A feed that died has said nothing of it."""
    coverage = Coverage(now=0.0)
    coverage.hear(Carried(symbols=["SOXL"]), 10.0)

    assert coverage.carried(12.9) == frozenset({"SOXL"})
    assert coverage.carried(13.0) == frozenset()


def test_just_after_the_start_nothing_is_known() -> None:
    """Feed cannot have said anything yet."""
    coverage = Coverage(now=0.0)

    assert coverage.carried(2.9) is None
    assert coverage.carried(3.0) == frozenset()
