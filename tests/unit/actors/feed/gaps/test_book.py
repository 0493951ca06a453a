"""What is told of a gap."""

from actors.feed.gaps.book import Cause, GapBook
from protocol.messages import Venue
from protocol.moments import from_ns

ONE, OTHER = ("005930", Venue.KRX), ("000660", Venue.KRX)
THIRD = ("035420", Venue.KRX)


def test_a_gap_names_those_of_its_symbols_that_were_not_repaired() -> None:
    """One symbol without bars must not make the others look lost."""
    book = GapBook()
    gap = book.open(Cause.LINK, [ONE, OTHER], 0)
    book.close(gap, ONE, 5, missing_from_ns=0, bars=3, shares=0, reason="")
    book.close(gap, OTHER, 5, missing_from_ns=3, bars=0, shares=0, reason="no answer in time")

    found, lost = book.take_news()

    assert "unrepaired" not in found.details
    assert (lost.name, lost.details["symbols"], lost.details["unrepaired"]) == (
        "gap_unrepaired",
        "000660, 005930",
        "000660",
    )
    assert gap.told()["unrepaired"] == ["000660"]


def test_a_gap_says_from_when_on_the_first_of_them_is_missing() -> None:
    """Two were followed for a while; of the third nobody asks what is missing."""
    book = GapBook()
    gap = book.open(Cause.LINK, [ONE, OTHER, THIRD], 0)
    book.close(gap, ONE, 500, missing_from_ns=200, bars=2, shares=0, reason="no answer in time")
    book.close(gap, OTHER, 500, missing_from_ns=100, bars=1, shares=0, reason="no answer in time")
    book.close(gap, THIRD, 500, missing_from_ns=0, bars=5, shares=0, reason="")

    found, lost = book.take_news()

    assert "missing_from" not in found.details
    assert (lost.details["missing_from"], lost.details["minutes"]) == (from_ns(100).isoformat(), "8")
