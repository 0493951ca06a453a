"""What a symbol is."""

import asyncio
from pathlib import Path

import pytest

from actors.analyst.directory import Directory, possible_venues
from actors.analyst.history import Instrument
from actors.analyst.store import AnalystStore
from actors.runtime.errors import CommandRefused, TemporaryFailure
from actors.runtime.store import open_store
from protocol.messages import Venue
from tests.support.actor import make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.history import FakeHistory
from tests.support.market import DAY, NINE

US = (Venue.NASDAQ, Venue.NYSE, Venue.AMEX)


def directory_of(path: Path, source: FakeHistory) -> Directory:
    """Return a directory with an empty memory."""
    settings = make_settings(path)
    lay_out(settings, "analyst")
    return Directory(AnalystStore(open_store("analyst", settings)), source, FakeClock(NINE))


@pytest.mark.parametrize(
    ("symbol", "venues"),
    [
        ("005930", (Venue.KRX,)),
        ("0126Z0", (Venue.KRX,)),
        ("00593K", (Venue.KRX,)),
        ("Q500001", (Venue.KRX,)),
        ("TQQQ", US),
        ("F", US),
        ("BRK.B", US),
        ("", ()),
        ("5930", ()),
        ("0059300", ()),
        ("ABCDEF", ()),
        ("A005930", ()),
        ("삼성전자", ()),
        ("٠٠٥٩٣٠", ()),
        ("005930\n", ()),
    ],
)
def test_the_form_of_a_symbol_tells_where_it_may_be_listed(symbol: str, venues: tuple[Venue, ...]) -> None:
    """What cannot be a symbol must not cost a call, and a code with letters in it is one since 2024."""
    assert possible_venues(symbol) == venues


def test_what_somebody_types_is_found_in_any_case_and_with_blanks(tmp_path: Path) -> None:
    """A phone's keyboard writes `tqqq ` and means TQQQ."""
    source = FakeHistory(DAY)
    source.instruments["TQQQ"] = Instrument(symbol="TQQQ", name="TQQQ", venue=Venue.NASDAQ)

    found = asyncio.run(directory_of(tmp_path, source).find(" tqqq "))

    assert found == source.instruments["TQQQ"]


def test_what_was_found_once_is_known_while_the_source_is_down(tmp_path: Path) -> None:
    """The second person to watch a stock needs nobody's answer."""
    source = FakeHistory(DAY)
    directory = directory_of(tmp_path, source)
    first = asyncio.run(directory.find("005930"))
    source.is_down = True

    assert asyncio.run(directory.find("005930")) == first


@pytest.mark.parametrize(("text", "reason"), [("999999", "not listed"), ("ZZZZZ", "NASDAQ"), ("삼성", "005930")])
def test_an_unknown_symbol_is_refused_with_an_example(tmp_path: Path, text: str, reason: str) -> None:
    """The person must see that the mistake is theirs, and how it is written."""
    with pytest.raises(CommandRefused, match=reason):
        asyncio.run(directory_of(tmp_path, FakeHistory(DAY)).find(text))


def test_a_source_that_is_down_is_no_unknown_symbol(tmp_path: Path) -> None:
    """Told "no such stock" in an outage, people give up on one that exists."""
    source = FakeHistory(DAY)
    source.is_down = True

    with pytest.raises(TemporaryFailure):
        asyncio.run(directory_of(tmp_path, source).find("005930"))
