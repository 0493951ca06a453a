"""What a symbol is."""

import asyncio
from pathlib import Path

import pytest

from actors.analyst.bars.history import Instrument
from actors.analyst.instruments.catalogue import Catalogue
from actors.analyst.instruments.directory import Directory, Found
from actors.kis.masters import parse_master
from actors.runtime.errors import CommandRefused, TemporaryFailure
from actors.runtime.store import open_store
from protocol.messages import Venue
from tests.support.actor import make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.history import FakeHistory
from tests.support.market import DAY, NINE
from tests.support.masters import korean_line


def directory_of(path: Path, source: FakeHistory) -> Directory:
    """Return a directory with an empty memory."""
    settings = make_settings(path)
    lay_out(settings, "analyst")
    return Directory(settings, Catalogue(open_store("analyst", settings)), source, FakeClock(NINE))


def directory_with(path: Path, source: FakeHistory, *lines: str) -> Directory:
    """Return a directory that has read a master file of *lines*, KOSPI's."""
    directory = directory_of(path, source)
    catalogue = Catalogue(open_store("analyst", make_settings(path)))
    content = "\n".join(lines).encode("cp949")
    count = catalogue.keep_listings("kospi_code.mst", parse_master("kospi_code.mst", content, []), NINE)
    catalogue.close_file("kospi_code.mst", NINE, count, 0)
    return directory


def searched(directory: Directory, words: str) -> Found:
    """Return what *directory* finds for *words*, with nobody watching anything."""
    return asyncio.run(directory.search(words, ()))


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


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("999999", "KRX, such as 005930; found 999999, which is not listed"),
        ("ZZZZZ", "AMEX, such as TQQQ; found ZZZZZ"),
        ("삼성", "005930"),
    ],
)
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


SAMSUNG, PREFERRED = korean_line(), korean_line("005935", "삼성전자우", market_value="000650000")


def test_what_a_master_file_lists_needs_no_call(tmp_path: Path) -> None:
    """Name, kind and key of every instrument cost one download a day, not one call each."""
    source = FakeHistory(DAY)
    source.is_down = True

    found = asyncio.run(directory_with(tmp_path, source, SAMSUNG).find("005930"))

    assert (found.name, found.kind, found.key, found.base_price) == ("삼성전자", "share", "005930", 103_500.0)
    assert found.marks == ()


def test_what_is_unusual_today_stands_beside_the_name(tmp_path: Path) -> None:
    """Who adds a halted stock should see that it is."""
    line = korean_line(state="YYY", warning="03", ex_code="02")

    found = asyncio.run(directory_with(tmp_path, FakeHistory(DAY), line).find("005930"))

    assert found.marks == ("halted", "liquidation", "administrative", "risk", "ex-dividend")


@pytest.mark.parametrize("words", ["삼성전자", "ㅅㅅㅈㅈ", " 005930 "])
def test_a_name_is_found_and_its_neighbours_with_it(tmp_path: Path, words: str) -> None:
    """The family knows names; codes are for machines."""
    found = searched(directory_with(tmp_path, FakeHistory(DAY), PREFERRED, SAMSUNG), words)

    assert found.is_certain
    assert found.candidates[0].symbol == "005930"


def test_a_typo_is_found_but_not_certain(tmp_path: Path) -> None:
    """The wrong stock would alert for months."""
    found = searched(directory_with(tmp_path, FakeHistory(DAY), PREFERRED, SAMSUNG), "삼성전지")

    assert [each.symbol for each in found.candidates] == ["005930", "005935"]
    assert not found.is_certain


def test_a_symbol_that_no_file_lists_is_asked_of_the_source(tmp_path: Path) -> None:
    """A stock listed this morning is in no file yet, and likeness to another must not hide it."""
    source = FakeHistory(DAY)
    source.instruments["005931"] = Instrument(symbol="005931", name="새내기", venue=Venue.KRX)

    found = searched(directory_with(tmp_path, source, SAMSUNG), "005931")

    assert found == Found([source.instruments["005931"]], is_certain=True)


def test_a_symbol_that_nobody_knows_brings_what_is_like_it(tmp_path: Path) -> None:
    """A wrong last digit."""
    found = searched(directory_with(tmp_path, FakeHistory(DAY), SAMSUNG), "005931")

    assert [each.symbol for each in found.candidates] == ["005930"]
    assert not found.is_certain


def test_what_is_like_nothing_is_found_nowhere(tmp_path: Path) -> None:
    """No answer is an answer, too."""
    assert searched(directory_with(tmp_path, FakeHistory(DAY), SAMSUNG), "꽃피는산골") == Found([], is_certain=False)


def test_before_any_file_is_read_nobody_can_tell_names(tmp_path: Path) -> None:
    """On the first morning "there is no 삼성전자" would be a lie."""
    with pytest.raises(TemporaryFailure, match="master file"):
        searched(directory_of(tmp_path, FakeHistory(DAY)), "삼성전자")


@pytest.mark.parametrize("words", ["?!", "🚀", " "])
def test_words_without_a_letter_are_refused(tmp_path: Path, words: str) -> None:
    """They would find everything."""
    with pytest.raises(CommandRefused, match="삼성전자"):
        searched(directory_of(tmp_path, FakeHistory(DAY)), words)


def test_what_is_listed_in_latin_letters_is_found_as_it_is_spoken(tmp_path: Path) -> None:
    """Nobody changes the keyboard for two letters; what is listed in Hangul goes before."""
    lines = [korean_line("035420", "NAVER"), korean_line("066570", "LG전자"), korean_line("041510", "에스엠")]
    directory = directory_with(tmp_path, FakeHistory(DAY), *lines)

    for words, symbol in (("네이버", "035420"), ("엘지", "066570"), ("엘지 전자", "066570"), ("에스엠", "041510")):
        found = searched(directory, words)
        assert ([each.symbol for each in found.candidates], found.is_certain) == ([symbol], True)


def test_a_code_that_is_another_stocks_name_can_be_said_to_be_a_code(tmp_path: Path) -> None:
    """Else Goldman Sachs could be watched by nobody: GS is a whole name, too, and asked back for ever."""
    source = FakeHistory(DAY)
    source.instruments["GS"] = Instrument(symbol="GS", name="골드만삭스", venue=Venue.NYSE)
    directory = directory_with(tmp_path, source, korean_line("078930", "GS"))
    goldman = asyncio.run(directory.find("GS"))

    both, exact = searched(directory, "gs"), searched(directory, "code:GS")

    assert (sorted(each.symbol for each in both.candidates), both.is_certain) == (["078930", "GS"], False)
    assert (exact.candidates, exact.is_certain) == ([goldman], True)
    with pytest.raises(CommandRefused, match="not listed there"):
        searched(directory, "code:ZZZZZ")
