"""What people write."""

import pytest

from actors.telegram.chat.commands import Written, parse_called, parse_command, parse_symbol, parse_without_stroke


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("/start", Written("start")),
        ("/start BLUE-7", Written("start", "BLUE-7")),
        ("/start@Sigmabell_bot BLUE-7", Written("start", "BLUE-7", "sigmabell_bot")),
        ("  /LIST  ", Written("list")),
        ("/list@sigmabell_bot", Written("list", "", "sigmabell_bot")),
        ("/add\n005930", Written("add", "005930")),
        ("/add   KODEX   레버리지 ", Written("add", "KODEX   레버리지")),
        ("\uff0f\uff21\uff24\uff24 005930", Written("add", "005930")),
        ("/추가 삼성전자", Written("추가", "삼성전자")),
        ("/help me", Written("help", "me")),
        ("/sing", Written("sing")),
    ],
)
def test_a_text_is_the_command_that_was_meant(text: str, written: Written) -> None:
    """People type with thumbs: capitals, spaces and the bot's name change nothing."""
    assert parse_command(text) == written


@pytest.mark.parametrize("text", ["hello", "list", "", "  ", "/", "/@sigmabell_bot", "a /list"])
def test_what_begins_with_no_stroke_is_no_command(text: str) -> None:
    """In a group people speak to each other."""
    assert parse_command(text) is None


def test_among_two_the_stroke_may_be_left_out() -> None:
    """A grandmother has no stroke on the first page of her keyboard."""
    names = {"list", "목록", "추가"}

    assert parse_without_stroke(" 목록", names) == Written("목록")
    assert parse_without_stroke("추가 삼성전자", names) == Written("추가", "삼성전자")
    assert parse_without_stroke("List", names) == Written("list")


@pytest.mark.parametrize(
    ("text", "called", "said"),
    [
        ("@Sigmabell_bot 삼성전자 가격", "sigmabell_bot", "삼성전자 가격"),
        ("  \uff20BOT\n목록", "bot", "목록"),
        ("@bot", "bot", ""),
        ("삼성전자 @bot", "", "삼성전자 @bot"),
        ("", "", ""),
    ],
)
def test_who_is_called_stands_in_front(text: str, called: str, said: str) -> None:
    """Anywhere else a name is spoken of."""
    assert parse_called(text) == (called, said)


def test_among_two_what_gives_no_command_may_be_a_stock() -> None:
    """A name alone is what a phone's search takes, too; an unknown command is no name."""
    names = {"list", "목록", "추가"}

    assert parse_without_stroke(" 삼성전자\n", names) == Written("stock", "삼성전자")
    assert parse_without_stroke("목록을 보여 줘", names) == Written("stock", "목록을 보여 줘")
    assert parse_without_stroke("list@other_bot", names) == Written("stock", "list@other_bot")
    assert parse_without_stroke("x" * 4000, names) == Written("stock", "x" * 1000)
    for text in ("", " \n", "/listt 삼성전자"):
        assert parse_without_stroke(text, names) is None


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


def test_what_stands_behind_a_command_is_cut() -> None:
    """Nobody's novel is searched for, or hashed."""
    assert parse_command("/start " + "x" * 4000) == Written("start", "x" * 1000)
