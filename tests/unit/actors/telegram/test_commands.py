"""What people write."""

import pytest

from actors.telegram.commands import (
    Add,
    Command,
    Help,
    ListWatches,
    Misused,
    Remove,
    Start,
    Status,
    Today,
    parse_command,
    parse_symbol,
)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/start", Start("")),
        ("/start BLUE-7", Start("BLUE-7")),
        ("/start@sigmabell_bot BLUE-7", Start("BLUE-7")),
        ("/list", ListWatches()),
        ("  /LIST  ", ListWatches()),
        ("/list@sigmabell_bot", ListWatches()),
        ("/Today", Today()),
        ("/add 005930", Add("005930")),
        ("/add tqqq", Add("TQQQ")),
        ("/add   q530036 ", Add("Q530036")),
        ("/remove 0001a0", Remove("0001A0")),
        ("/add\n005930", Add("005930")),
        ("/add", Misused("add")),
        ("/add 삼성전자", Add("삼성전자")),
        ("/add  KODEX   레버리지 ", Add("KODEX 레버리지")),
        ("/add 005930 000660", Add("005930 000660")),
        ("/add " + "x" * 100, Add("x" * 64)),
        ("/add   ", Misused("add")),
        ("/remove 005930 000660", Misused("remove")),
        ("/status", Status()),
        ("/help me", Help()),
        ("/sing", Misused("")),
        ("hello", Misused("")),
        ("list", Misused("")),
        ("", Misused("")),
    ],
)
def test_a_text_is_the_command_that_was_meant(text: str, command: Command) -> None:
    """People type with thumbs: capitals, spaces and the bot's name change nothing."""
    assert parse_command(text) == command


@pytest.mark.parametrize("symbol", ["005930", "0001A0", "Q530036", "A", "TQQQ", "BRK.B", "BRK/B", "BF-B"])
def test_a_symbol_of_either_country_is_one(symbol: str) -> None:
    """Korean codes have had letters since 2024, ETN a Q, US tickers a class."""
    assert parse_symbol(symbol.lower()) == symbol


@pytest.mark.parametrize("text", ["", "5930", "0059301", "TOOLONGX", "BRK.", ".B", "005 930", "'; --", "00593\u0660"])
def test_what_cannot_be_a_symbol_is_none(text: str) -> None:
    """The form is checked before anybody is asked."""
    assert parse_symbol(text) is None


def test_full_width_letters_are_what_they_look_like() -> None:
    """A Korean keyboard makes them without being asked."""
    assert parse_symbol("\uff10\uff10\uff15\uff19\uff13\uff10") == "005930"


def test_a_code_is_cut_where_telegram_cuts_it() -> None:
    """Nobody's novel is hashed."""
    assert parse_command("/start " + "x" * 4000) == Start("x" * 64)
