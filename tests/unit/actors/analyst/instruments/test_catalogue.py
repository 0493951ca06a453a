"""What is known of instruments, on disk."""

from datetime import timedelta
from pathlib import Path

from actors.analyst.bars.history import Instrument
from actors.analyst.instruments.catalogue import CHUNK, Catalogue
from actors.kis.masters import Listing
from actors.market.names import search_key
from actors.runtime.store import open_store
from protocol.messages import Venue
from tests.support.actor import make_settings
from tests.support.databases import lay_out
from tests.support.market import NINE

KOSPI, KOSDAQ = "kospi_code.mst", "kosdaq_code.mst"
TOMORROW = NINE + timedelta(days=1)


def catalogue_in(directory: Path) -> Catalogue:
    """Return an empty catalogue."""
    settings = make_settings(directory)
    lay_out(settings, "analyst")
    return Catalogue(open_store("analyst", settings))


def listing(symbol: str, name: str = "이름") -> Listing:
    """Return a share of KRX."""
    return Listing(symbol=symbol, name=name, venue=Venue.KRX, kind="share", key=symbol, base_price=1.0)


def symbols_of(catalogue: Catalogue, words: str) -> list[str]:
    """Return what a search for *words* finds."""
    key = search_key(words)
    return sorted(candidate.symbol for candidate in catalogue.fitting(key, ()) or catalogue.alike(key, ()))


def test_an_instrument_is_remembered_under_its_newest_name(tmp_path: Path) -> None:
    """Companies are renamed."""
    catalogue = catalogue_in(tmp_path)
    renamed = Instrument(symbol="122630", name="KODEX 레버리지", venue=Venue.KRX)
    catalogue.keep_instrument(Instrument(symbol="122630", name="old", venue=Venue.KRX), NINE)

    catalogue.keep_instrument(renamed, NINE)

    assert catalogue.instrument("122630") == renamed
    assert catalogue.instrument("005930") is None
    assert symbols_of(catalogue, "레버리지") == ["122630"]


def test_a_file_of_many_lines_is_kept_whole(tmp_path: Path) -> None:
    """It is written in pieces, so that nobody waits long; the last piece is seldom full."""
    catalogue = catalogue_in(tmp_path)

    count = catalogue.keep_listings(KOSPI, (listing(f"{number:06d}") for number in range(2 * CHUNK + 1)), NINE)

    assert count == 2 * CHUNK + 1
    assert catalogue.instrument(f"{2 * CHUNK:06d}") is not None


def test_what_a_file_lists_no_longer_is_forgotten_when_it_has_been_read(tmp_path: Path) -> None:
    """A delisted stock must not be offered; what another file or KIS REST told is none of this file's business."""
    catalogue = catalogue_in(tmp_path)
    catalogue.keep_instrument(Instrument(symbol="0126Z0", name="새내기", venue=Venue.KRX), NINE)
    catalogue.keep_listings(KOSPI, [listing("000001"), listing("000002")], NINE)
    catalogue.keep_listings(KOSDAQ, [listing("000003")], NINE)

    catalogue.keep_listings(KOSPI, [listing("000002", "새이름")], TOMORROW)
    before = [symbol for symbol in ("000001", "000002", "000003", "0126Z0") if catalogue.instrument(symbol)]
    catalogue.close_file(KOSPI, TOMORROW, 1, 0)
    after = [symbol for symbol in ("000001", "000002", "000003", "0126Z0") if catalogue.instrument(symbol)]

    assert before == ["000001", "000002", "000003", "0126Z0"]
    assert after == ["000002", "000003", "0126Z0"]
    assert symbols_of(catalogue, "새이름") == ["000002"]
    assert (catalogue.read_at(KOSPI), catalogue.read_at(KOSDAQ)) == (TOMORROW, None)


def test_a_move_to_another_exchange_survives_the_file_that_is_left(tmp_path: Path) -> None:
    """KOSDAQ's great ones move to KOSPI, under the same code."""
    catalogue = catalogue_in(tmp_path)
    catalogue.keep_listings(KOSDAQ, [listing("068270"), listing("000003")], NINE)

    catalogue.keep_listings(KOSPI, [listing("068270")], TOMORROW)
    catalogue.keep_listings(KOSDAQ, [listing("000003")], TOMORROW)
    catalogue.close_file(KOSDAQ, TOMORROW, 1, 0)

    assert catalogue.instrument("068270") is not None


def test_an_exact_name_is_found_among_any_number_of_longer_ones(tmp_path: Path) -> None:
    """Only ten are offered, and hundreds begin alike."""
    catalogue = catalogue_in(tmp_path)
    catalogue.keep_listings(KOSPI, (listing(f"{number:06d}", f"대한 {number}") for number in range(300)), NINE)
    catalogue.keep_listings(KOSPI, [listing("999999", "대한")], NINE)

    found = catalogue.fitting(search_key("대한"), ())

    assert len(found) == 10
    assert found[0].symbol == "999999"


def test_a_catalogue_is_filled_when_a_file_has_been_read_to_its_end(tmp_path: Path) -> None:
    """Half a file is not enough to say that a name does not exist."""
    catalogue = catalogue_in(tmp_path)
    catalogue.keep_listings(KOSPI, [listing("000001")], NINE)
    half = catalogue.is_filled()
    catalogue.close_file(KOSPI, NINE, 1, 0)

    assert not half
    assert catalogue.is_filled()
