"""What is told of a gap."""

from actors.feed.gaps.book import Cause, GapBook
from protocol.messages import Venue

ONE, OTHER = ("005930", Venue.KRX), ("000660", Venue.KRX)


def test_a_gap_names_those_of_its_symbols_that_were_not_repaired() -> None:
    """One symbol without bars must not make the others look lost."""
    book = GapBook()
    gap = book.open(Cause.LINK, [ONE, OTHER], 0)
    book.close(gap, ONE, 5, bars=3, shares=0, reason="")
    book.close(gap, OTHER, 5, bars=0, shares=0, reason="no answer in time")

    found, lost = book.take_news()

    assert "unrepaired" not in found.details
    assert (lost.name, lost.details["symbols"], lost.details["unrepaired"]) == (
        "gap_unrepaired",
        "000660, 005930",
        "000660",
    )
    assert gap.told()["unrepaired"] == ["000660"]
