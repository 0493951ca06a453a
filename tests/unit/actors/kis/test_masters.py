"""Master files, line by line."""

import pytest

from actors.kis.errors import MasterError
from actors.kis.masters import Listing, parse_master
from protocol.messages import Venue
from tests.support.masters import korean_line, us_line


def parsed(name: str, *lines: str, end: str = "\r\n") -> tuple[list[Listing], list[str]]:
    """Return the listings in *lines*, and what was refused."""
    refused: list[MasterError] = []
    content = "".join(line + end for line in lines).encode("cp949")
    return list(parse_master(name, content, refused)), [str(error) for error in refused]


@pytest.mark.parametrize(("name", "tail"), [("kospi_code.mst", 227), ("kosdaq_code.mst", 221)])
def test_a_korean_line_is_cut_from_the_right(name: str, tail: int) -> None:
    """A Hangul name takes two bytes a syllable, so whoever counts from the left cuts every column wrongly."""
    line = korean_line(tail=tail, state="YNY", warning="02", ex_code="02")

    [listing], refused = parsed(name, line)

    assert listing == Listing(
        symbol="005930",
        name="삼성전자",
        venue=Venue.KRX,
        kind="share",
        key="005930",
        base_price=103_500.0,
        is_halted=True,
        is_liquidation=False,
        is_administrative=True,
        warning=2,
        ex_code="02",
        market_value=600_000_000_000_000,
    )
    assert refused == []


@pytest.mark.parametrize(
    ("group", "kind"),
    [("ST", "share"), ("FS", "share"), ("DR", "share"), ("RT", "share"), ("EF", "etf"), ("FE", "etf"), ("EN", "etn")],
)
def test_the_group_tells_the_kind(group: str, kind: str) -> None:
    """Funds and notes have other tick sizes, and an ETN a Q before its code."""
    [listing], _ = parsed("kospi_code.mst", korean_line("Q530031", "삼성 레버리지 WTI원유 선물 ETN", group))

    assert (listing.kind, listing.key) == (kind, "Q530031")


@pytest.mark.parametrize("group", ["EW", "SW", "SR", "BC"])
def test_what_nobody_watches_is_stepped_over(group: str) -> None:
    """Thousands of warrants would hide the share of the same name."""
    assert parsed("kospi_code.mst", korean_line(group=group)) == ([], [])


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_either_line_end_and_empty_lines_do_no_harm(end: str) -> None:
    """The tail ends where the line does, and both ends have been seen."""
    listings, refused = parsed("kospi_code.mst", korean_line(), "", korean_line("0126Z0", "새내기"), "\x1a", end=end)

    assert [listing.symbol for listing in listings] == ["005930", "0126Z0"]
    assert refused == []


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        korean_line()[:200],
        korean_line(group="  "),
        korean_line(group="st"),
        korean_line(symbol="00593"),
        korean_line(name=""),
        korean_line(base_price="1,035,000"),
        korean_line(state="?NN"),
        korean_line(warning="xx"),
        korean_line()[:-1],
        korean_line() + " ",
    ],
)
def test_a_damaged_line_is_counted_and_the_others_go_on(damaged: str) -> None:
    """One bad line a day must not cost 2,500 names."""
    listings, refused = parsed("kospi_code.mst", korean_line("000660", "SK하이닉스"), damaged or "?", korean_line())

    assert [listing.symbol for listing in listings] == ["000660", "005930"]
    assert len(refused) == 1
    assert refused[0].startswith("kospi_code.mst:2: expected ")


def test_a_line_that_is_no_cp949_is_damaged() -> None:
    """Half a syllable at the end of a cut file."""
    refused: list[MasterError] = []
    content = korean_line().encode("cp949") + b"\n\xff\xff\xff\n"

    assert len(list(parse_master("kospi_code.mst", content, refused))) == 1
    assert len(refused) == 1


def test_a_us_line_has_the_korean_name_and_the_key() -> None:
    """The family says 애플; the WebSocket says DNASAAPL."""
    [listing], refused = parsed("nasmst.cod", us_line())

    assert listing == Listing(
        symbol="AAPL",
        name="애플",
        english_name="APPLE INC",
        venue=Venue.NASDAQ,
        kind="share",
        key="DNASAAPL",
        base_price=270.0,
    )
    assert refused == []


@pytest.mark.parametrize(
    ("sort", "product", "kind"), [("2", "", "share"), ("3", "001", "etf"), ("3", "002", "etn"), ("3", "", "etf")]
)
def test_the_type_of_a_us_line_tells_the_kind(sort: str, product: str, kind: str) -> None:
    """Source: KIS documents of overseas_stock_code, columns 9 and 23."""
    [listing], _ = parsed("amsmst.cod", us_line("SOXL", exchange="AMS", sort=sort, product=product))

    assert (listing.kind, listing.venue) == (kind, Venue.AMEX)


def test_us_indices_and_warrants_are_stepped_over() -> None:
    """Nobody can buy an index."""
    assert parsed("nysmst.cod", us_line(exchange="NYS", sort="1"), us_line(exchange="NYS", sort="4")) == ([], [])


def test_a_us_instrument_without_a_korean_name_keeps_its_english_one() -> None:
    """New listings have none for some days, and a nameless alert would help nobody."""
    [listing], _ = parsed("nasmst.cod", us_line(korean=" "))

    assert listing.name == "APPLE INC"


@pytest.mark.parametrize(
    "damaged",
    [
        us_line(exchange="NYS"),
        us_line(sort="9"),
        us_line(symbol=""),
        us_line(symbol="AA PL"),
        us_line(korean="", english=""),
        us_line(base_price="nan"),
        us_line(base_price="-1"),
        us_line(base_price="x"),
        us_line() + "\t",
        "AAPL",
    ],
)
def test_a_damaged_us_line_is_counted(damaged: str) -> None:
    """A file of another exchange, a column more: better no listing than a wrong one."""
    listings, refused = parsed("nasmst.cod", damaged)

    assert listings == []
    assert len(refused) == 1
