"""What an alert says of trading in its symbol: the newest word, as long as it can be believed."""

from datetime import datetime, timedelta

import pytest

from actors.evaluator.statuses import Statuses
from protocol.messages import MarketStatus, Origin
from tests.support.market import NINE, trade


def status(*notes: str, told_at: datetime = NINE) -> MarketStatus:
    """Return what is the matter with 122630."""
    return MarketStatus(symbol="122630", notes=list(notes), told_at=told_at)


def told(*taken: MarketStatus) -> Statuses:
    """Return what has taken these, in their order."""
    statuses = Statuses()
    for each in taken:
        statuses.take(each)
    return statuses


def test_nothing_is_said_of_a_symbol_of_which_nothing_was_told() -> None:
    """What is the matter with one stock is not the matter with another."""
    assert told(status("vi")).notes_on(trade(98_900, symbol="005930")) == []


def test_what_is_over_is_said_no_more() -> None:
    """The newest word counts."""
    assert told(status("vi"), status()).notes_on(trade(98_900)) == []


def test_what_was_never_taken_back_is_not_believed_for_ever() -> None:
    """An interruption lasts minutes, a halt may last a day; nobody may have listened when they ended."""
    asked = trade(98_900, NINE + timedelta(minutes=10), origin=Origin.QUOTE)

    assert told(status("vi", "halted")).notes_on(asked) == ["halted"]


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize("standstill", ["halted", "circuit_breaker"])
def test_the_first_price_after_a_halt_says_that_it_is_over(standstill: str, *, is_told: bool) -> None:
    """What was halted for news moves; and what is printed trades, whether or not anybody said so."""
    end = [status(told_at=NINE + timedelta(minutes=20))] if is_told else []
    statuses = told(status(standstill), *end)

    assert statuses.notes_on(trade(98_900, NINE + timedelta(minutes=21))) == ["resumed"]
    assert statuses.notes_on(trade(98_900, NINE + timedelta(hours=20))) == []


def test_what_follows_the_end_of_a_halt_takes_its_place() -> None:
    """The newest word counts."""
    assert told(status("halted"), status("vi"), status()).notes_on(trade(98_900)) == []


def test_another_life_says_the_same() -> None:
    """What is kept of a status says by itself that a halt has just ended."""
    first = told(status("halted"), status())

    assert Statuses(first.all()).notes_on(trade(98_900)) == ["resumed"]
