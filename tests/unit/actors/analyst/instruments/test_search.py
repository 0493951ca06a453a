"""What somebody may have meant."""

import pytest

from actors.analyst.instruments.search import likeness
from actors.market.names import initials_of, search_key
from actors.market.naming import Candidate, Match, Searched, best, is_certain


def row(symbol: str, name: str, english: str = "", value: int = 0) -> Searched:
    """Return an instrument as the catalogue has it."""
    key = search_key(name)
    return Searched(symbol, search_key(symbol), key, search_key(english), initials_of(key), value)


ROWS = [
    row("005930", "삼성전자", value=600),
    row("005935", "삼성전자우", value=65),
    row("207940", "삼성바이오로직스", value=85),
    row("006400", "삼성SDI", value=24),
    row("000660", "SK하이닉스", value=400),
    row("034730", "SK", value=19),
    row("035420", "NAVER", value=39),
    row("122630", "KODEX 레버리지", value=3),
    row("114800", "KODEX 인버스", value=1),
    row("069500", "KODEX 200", value=11),
    row("AAPL", "애플", "APPLE INC"),
    row("NVDA", "엔비디아", "NVIDIA CORP"),
    row("TSLA", "테슬라", "TESLA INC"),
    row("BRK/B", "버크셔 해서웨이 B", "BERKSHIRE HATHAWAY INC CLASS B"),
]


def found(words: str, watched: tuple[str, ...] = ()) -> list[Candidate]:
    """Return what is found for *words*: what fits, or else what is like it."""
    key = search_key(words)
    return best(key, ROWS, watched, 5) or best(key, ROWS, watched, 5, likeness)


@pytest.mark.parametrize(
    ("words", "match", "symbols"),
    [
        ("005930", Match.WHOLE, ["005930"]),
        ("aapl", Match.WHOLE, ["AAPL"]),
        ("brk.b", Match.WHOLE, ["BRK/B"]),
        ("삼성전자", Match.WHOLE, ["005930", "005935"]),
        ("sk", Match.WHOLE, ["034730", "000660"]),
        ("삼성", Match.BEGINNING, ["005930", "207940", "005935", "006400"]),
        ("삼서", Match.BEGINNING, ["005930", "207940", "005935", "006400"]),
        ("apple", Match.BEGINNING, ["AAPL"]),
        ("하이닉스", Match.PART, ["000660"]),
        ("레버리지", Match.PART, ["122630"]),
        ("ㅅㅅㅈㅈ", Match.INITIALS, ["005930", "005935"]),
        ("삼성ㅈㅈ", Match.INITIALS, ["005930", "005935"]),
        ("ㅎㅇㄴㅅ", Match.SOME_INITIALS, ["000660"]),
        ("kodexㄹㅂㄹㅈ", Match.INITIALS, ["122630"]),
        ("삼성전지", Match.LIKE, ["005930", "005935"]),
        ("쌈성전자", Match.LIKE, ["005930", "005935"]),
        ("하이닉쓰", Match.LIKE, ["000660"]),
        ("레버러지", Match.LIKE, ["122630"]),
        ("hathawey", Match.LIKE, ["BRK/B"]),
        ("kodex 레버러지", Match.LIKE, ["122630"]),
        ("nvdia", Match.LIKE, ["NVDA"]),
        ("teslla", Match.LIKE, ["TSLA"]),
        ("네이버", Match.LIKE, []),
        ("xyzzy", Match.LIKE, []),
        ("qq", Match.LIKE, []),
        ("ㅅㅅㅈㄱ", Match.LIKE, []),
    ],
)
def test_what_is_meant_comes_first(words: str, match: Match, symbols: list[str]) -> None:
    """Exact before beginning before part before initials before likeness; worth more before worth less."""
    candidates = found(words)

    assert [candidate.symbol for candidate in candidates] == symbols
    assert [candidate.match for candidate in candidates[:1]] == [match] * len(symbols[:1])


def test_what_somebody_watches_comes_before_what_is_worth_more() -> None:
    """A family talks about few stocks, and about those again and again."""
    assert [candidate.symbol for candidate in found("삼성", ("006400",))][:2] == ["006400", "005930"]


def test_a_whole_name_comes_before_what_is_watched() -> None:
    """Who types a name in full means that one."""
    assert found("SK", ("000660",))[0].symbol == "034730"


def test_no_more_are_found_than_wanted() -> None:
    """A list of a hundred is no answer."""
    assert len(best(search_key("k"), ROWS, (), 2)) == 2


@pytest.mark.parametrize(
    ("words", "certain"),
    [
        ("삼성전자", True),
        ("ㅅㅅㅈㅈ", True),
        ("SK", True),
        ("하이닉스", True),
        ("apple", True),
        ("삼성", False),
        ("삼성전지", False),
        ("nvdia", False),
        ("xyzzy", False),
    ],
)
def test_only_what_is_surely_meant_needs_no_question(words: str, *, certain: bool) -> None:
    """A typo is asked back, even with one answer: alerts for the wrong stock are worse than a question."""
    assert is_certain(found(words)) is certain


def test_two_of_the_same_name_are_a_question() -> None:
    """Several US share classes bear one Korean name."""
    twins = [row("GOOGL", "알파벳"), row("GOOG", "알파벳")]

    assert not is_certain(best(search_key("알파벳"), twins, (), 5))
