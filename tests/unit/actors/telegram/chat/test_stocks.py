"""Which stock is meant by what somebody types."""

import asyncio
from pathlib import Path

import pytest

from actors.telegram.chat.calls import Call
from actors.telegram.chat.choosing import choice_buttons
from actors.telegram.chat.stocks import any_stock, own_stock
from actors.telegram.config import SeededPerson, SeededWatch
from actors.telegram.people.watch_list import Ambiguous, NotFound, NotWatched
from protocol.messages import Venue
from tests.support.reception import Reception
from tests.support.town import ANNA, find, seeded

OWN = {
    "035720": "카카오",
    "323410": "카카오뱅크",
    "122630": "KODEX 레버리지",
    "000660": "SK하이닉스",
    "005935": "삼성전자우",
}


def anna(*names: str) -> SeededPerson:
    """Return Anna, who watches the stocks of these symbols, or all."""
    watches = [SeededWatch(symbol=symbol, name=OWN[symbol], venue=Venue.KRX) for symbol in names or OWN]
    nasdaq = [] if names else [SeededWatch(symbol="TQQQ", name="PROSHARES 울트라프로 QQQ", venue=Venue.NASDAQ)]
    return seeded(ANNA, "operator", *watches, *nasdaq)


def call_in(reception: Reception) -> Call:
    """Return a call of Anna's."""
    person = reception.register.person_of_user(ANNA)
    assert person is not None
    return Call(person=person, chat_id=ANNA, chat_type="private", argument="", office=reception.office)


@pytest.mark.parametrize(
    ("words", "symbol"),
    [
        ("카카오", "035720"),
        ("ㅋㅋㅇ", "035720"),
        ("카카오뱅", "323410"),
        ("tqqq", "TQQQ"),
        ("122630", "122630"),
        ("레버리지", "122630"),
        ("sk", "000660"),
        ("에스케이", "000660"),
        ("코덱스", "122630"),
        ("ㅎㅇㄴㅅ", "000660"),
        ("울트라", "TQQQ"),
    ],
)
def test_what_surely_fits_among_ones_own_is_taken(tmp_path: Path, words: str, symbol: str) -> None:
    """Nobody shall have to look up a code for what he has added himself."""
    assert own_stock(call_in(Reception(tmp_path, anna())), words).symbol == symbol


@pytest.mark.parametrize(
    ("words", "symbols"),
    [
        ("카카", ["035720", "323410"]),
        ("하이닉쓰", ["000660"]),
        ("래버리지", ["122630"]),
        ("", ["000660", "005935", "035720", "122630", "323410", "TQQQ"]),
    ],
)
def test_several_or_what_is_only_like_it_is_asked_back(tmp_path: Path, words: str, symbols: list[str]) -> None:
    """The wrong stock taken off the list would be an alert that never comes."""
    with pytest.raises(Ambiguous) as caught:
        own_stock(call_in(Reception(tmp_path, anna())), words, "60")

    assert sorted(choice.symbol for choice in caught.value.choices) == symbols
    assert caught.value.rest == "60"


@pytest.mark.parametrize("words", ["네이버", "?!", "ab"])
def test_what_fits_none_of_ones_own_is_not_watched(tmp_path: Path, words: str) -> None:
    """Rather than the nearest of three."""
    with pytest.raises(NotWatched):
        own_stock(call_in(Reception(tmp_path, anna())), words)


def meant(reception: Reception, words: str) -> str:
    """Return the symbol of what is meant among all stocks."""
    return asyncio.run(any_stock(call_in(reception), words)).symbol


def test_a_whole_name_of_ones_own_needs_no_directory(tmp_path: Path) -> None:
    """Which may be down just now."""
    assert meant(Reception(tmp_path, anna()), "카카오") == "035720"


def test_the_beginning_of_ones_own_does_not_hide_another_stock_of_that_name(tmp_path: Path) -> None:
    """Who watches 삼성전자우 and asks for 삼성전자 means 삼성전자."""
    reception = Reception(tmp_path, anna("005935"))
    reception.ports.answers["analyst", "find"] = find

    assert meant(reception, "삼성전자") == "005930"


def test_what_only_the_directory_knows_may_be_ambiguous_or_nothing(tmp_path: Path) -> None:
    """Its choices are asked back with the rest of the command."""
    reception = Reception(tmp_path, anna("000660"))
    reception.ports.answers["analyst", "find"] = find

    with pytest.raises(Ambiguous) as caught:
        asyncio.run(any_stock(call_in(reception), "삼성", "3%"))
    assert ([choice.symbol for choice in caught.value.choices], caught.value.rest) == (["005930", "005935"], "3%")
    with pytest.raises(NotFound):
        meant(reception, "?!")


def test_without_the_directory_what_begins_like_ones_own_is_asked_back(tmp_path: Path) -> None:
    """Better than sending somebody away who surely means his own."""
    with pytest.raises(Ambiguous) as caught:
        meant(Reception(tmp_path, anna("005935")), "삼성전자")

    assert [choice.symbol for choice in caught.value.choices] == ["005935"]


def test_of_a_code_and_a_name_that_read_alike_the_button_says_which_is_meant(tmp_path: Path) -> None:
    """Pressed, it would else be asked back again, and again."""
    own = [("078930", "GS", Venue.KRX), ("GS", "골드만삭스", Venue.NYSE)]
    watches = [SeededWatch(symbol=symbol, name=name, venue=venue) for symbol, name, venue in own]
    reception = Reception(tmp_path, seeded(ANNA, "operator", *watches))
    call = call_in(reception)
    with pytest.raises(Ambiguous) as caught:
        own_stock(call, "GS", "3%")

    buttons = choice_buttons("remove", caught.value)
    commands = sorted(button.command for row in buttons for button in row)

    assert commands == ["remove 078930 3%", "remove code:GS 3%"]
    assert own_stock(call, "code:GS").name == "골드만삭스"
    assert meant(reception, "code:GS") == "GS"
    with pytest.raises(NotWatched):
        own_stock(call, "code:KT")
