"""What people write of their rules."""

from datetime import date

import msgspec
import pytest

from actors.telegram.chat.misused import Expected, Misused
from actors.telegram.chat.rule_words import Wanted, parse_levels, parse_number, parse_wanted, without
from actors.telegram.people.own_rules import Condition, SigmaLevel
from protocol.rules import Direction, Repetition, RuleKind

ABOVE, BELOW = Direction.ABOVE, Direction.BELOW


@pytest.mark.parametrize(
    ("text", "words", "levels"),
    [
        ("삼성전자 1 2 2.5", "삼성전자", [SigmaLevel(1), SigmaLevel(2), SigmaLevel(2.5)]),
        ("005930 2 1", "005930", [SigmaLevel(1), SigmaLevel(2)]),
        ("KODEX 200 1σ 2시그마", "KODEX 200", [SigmaLevel(1), SigmaLevel(2)]),
        ("삼성전자 1차 매수, 2차 매수", "삼성전자", [SigmaLevel(1), SigmaLevel(2)]),
        ("삼성전자 1차,2.5차", "삼성전자", [SigmaLevel(1), SigmaLevel(2.5)]),
        ("TQQQ Buy point 1, 2", "TQQQ", [SigmaLevel(1), SigmaLevel(2)]),
        ("buy point 2", "", [SigmaLevel(2)]),
        ("1 2", "", [SigmaLevel(1), SigmaLevel(2)]),
        ("TQQQ 1 +1 -2", "TQQQ", [SigmaLevel(1, ABOVE), SigmaLevel(1), SigmaLevel(2)]),
        ("삼성전자 없음", "삼성전자", []),
        ("off", "", []),
    ],
)
def test_levels_stand_behind_the_stock(text: str, words: str, levels: list[SigmaLevel]) -> None:
    """A code is a number, too, and a name may end in one: levels are those that can be σ."""
    assert parse_levels(text) == (words, levels)


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("", Expected.LEVEL, []),
        ("삼성전자", Expected.LEVEL, []),
        ("삼성전자 0", Expected.LEVEL, ["0"]),
        ("삼성전자 1 2 3 4 5 6 7", Expected.FEW_LEVELS, ["1 2 3 4 5 6 7"]),
        ("KODEX 200", Expected.LEVEL, ["200"]),
    ],
)
def test_what_has_no_levels_is_misused(text: str, expected: Expected, found: list[str]) -> None:
    """It is answered with what is wrong, and an example."""
    with pytest.raises(Misused) as caught:
        parse_levels(text)

    assert (caught.value.expected, caught.value.found) == (expected, found)


def price(level: float, direction: Direction | None = None, **changes: object) -> Condition:
    """Return the condition of a price."""
    plain = Condition(kind=RuleKind.PRICE, level=level, direction=direction)
    return msgspec.structs.replace(plain, **changes)


def change(level: float, direction: Direction) -> Condition:
    """Return the condition of a change from the previous close."""
    return Condition(kind=RuleKind.CHANGE, level=level, direction=direction)


def paid(level: float, direction: Direction, price_paid: float) -> Condition:
    """Return the condition of a change from what was paid."""
    return Condition(kind=RuleKind.PAID, level=level, direction=direction, paid=price_paid)


def volume(level: float, repetition: Repetition = Repetition.SESSION, **changes: object) -> Condition:
    """Return the condition of so many times the shares of a usual day."""
    plain = Condition(kind=RuleKind.VOLUME, level=level, direction=ABOVE, repetition=repetition)
    return msgspec.structs.replace(plain, **changes)


SINCE = Condition(kind=RuleKind.HIGH_SINCE, level=0.1, direction=BELOW, high_since=date(2026, 1, 2))


@pytest.mark.parametrize(
    ("text", "words", "condition"),
    [
        ("삼성전자 70000", "삼성전자", price(70_000)),
        ("005930 70,000원 이하", "005930", price(70_000, BELOW)),
        ("005930 ₩70,000 below", "005930", price(70_000, BELOW)),
        ("005930 이상 7.5만", "005930", price(75_000, ABOVE)),
        ("KODEX 200 30000", "KODEX 200", price(30_000)),
        ("TQQQ $52.5", "TQQQ", price(52.5)),
        ("TQQQ -5%", "TQQQ", change(0.05, BELOW)),
        ("TQQQ +5%", "TQQQ", change(0.05, ABOVE)),
        ("TQQQ 5%", "TQQQ", change(0.05, ABOVE)),
        ("TQQQ 5% 이하", "TQQQ", change(0.05, BELOW)),
        ("TQQQ \uff0d\uff15\uff05", "TQQQ", change(0.05, BELOW)),
        ("삼성전자 paid 65000 -3%", "삼성전자", paid(0.03, BELOW, 65_000)),
        ("삼성전자 매수가 6.5만 +10프로", "삼성전자", paid(0.1, ABOVE, 65_000)),
        ("삼성전자 산값 65000 0%", "삼성전자", paid(0.0, ABOVE, 65_000)),
        ("005930 high -10%", "005930", Condition(kind=RuleKind.YEAR_HIGH, level=0.1, direction=BELOW)),
        ("삼성전자 고점 -10%", "삼성전자", Condition(kind=RuleKind.YEAR_HIGH, level=0.1, direction=BELOW)),
        ("삼성전자 2026-01-02부터 -10%", "삼성전자", SINCE),
        ("삼성전자 고점 since 2026-01-02 -10%", "삼성전자", SINCE),
        ("삼성전자 70000 once", "삼성전자", price(70_000, repetition=Repetition.ONCE)),
        ("삼성전자 한번 70000", "삼성전자", price(70_000, repetition=Repetition.ONCE)),
        ("삼성전자 70000 매일", "삼성전자", price(70_000, repetition=Repetition.SESSION)),
        ("삼성전자 70000 cross", "삼성전자", price(70_000, repetition=Repetition.CROSSING)),
        ("삼성전자 70000 돌파", "삼성전자", price(70_000, ABOVE, repetition=Repetition.CROSSING)),
        ("삼성전자 70000 돌파 이하", "삼성전자", price(70_000, BELOW, repetition=Repetition.CROSSING)),
        ("삼성전자 70000 하향 돌파", "삼성전자", price(70_000, BELOW, repetition=Repetition.CROSSING)),
        ("삼성전자 5% 떨어지면 알려줘", "삼성전자", change(0.05, BELOW)),
        ("삼성전자 70000원 되면 한번 알려 주세요", "삼성전자", price(70_000, repetition=Repetition.ONCE)),
        ("삼성전자 70000 넘으면", "삼성전자", price(70_000, ABOVE)),
        ("거래량 2배 삼성전자", "삼성전자", volume(2)),
        ("거래량 2배 이상 KODEX 레버리지 한번", "KODEX 레버리지", volume(2, Repetition.ONCE)),
        ("삼성전자 70000 every 30m", "삼성전자", price(70_000, rest_s=1_800)),
        ("삼성전자 70000 2시간마다", "삼성전자", price(70_000, rest_s=7_200)),
        ("삼성전자 70000 until 2026-12-31", "삼성전자", price(70_000, expires_on=date(2026, 12, 31))),
        ("삼성전자 2026-12-31까지 70000", "삼성전자", price(70_000, expires_on=date(2026, 12, 31))),
        ("삼성전자 거래량 2배", "삼성전자", volume(2)),
        ("TQQQ volume 2x", "TQQQ", volume(2)),
        ("005930 volume 2X", "005930", volume(2)),
        ("2X 거래량 삼성전자", "삼성전자", volume(2)),
        ("KODEX 200 volume 1.5", "KODEX 200", volume(1.5)),
        ("005930 거래량 평소의 0.5 배 이상 매일", "005930", volume(0.5)),
        ("005930 거래량 3배 한번 2026-12-31까지", "005930", volume(3, Repetition.ONCE, expires_on=date(2026, 12, 31))),
        ("거래량 거래량 2\u00d7", "거래량", volume(2)),
        ("off 70000", "off", price(70_000)),
        ("이상 70000", "이상", price(70_000)),
    ],
)
def test_a_rule_is_read_whatever_the_order_behind_its_stock(text: str, words: str, condition: Condition) -> None:
    """What stands first is the stock, whatever it is called; what stands last of the rest is the amount."""
    assert parse_wanted(text) == Wanted(words=words, condition=condition)


@pytest.mark.parametrize(
    "text",
    [
        "삼성전자",
        "70000",
        "삼성전자 많이",
        "삼성전자 -70000",
        "삼성전자 0",
        "삼성전자 0%",
        "삼성전자 -100%",
        "삼성전자 +5% 이하",
        "삼성전자 paid 65000 60000",
        "삼성전자 paid -3%",
        "삼성전자 70000 every 0m",
        "삼성전자 70000 every",
        "삼성전자 70000 2000분마다",
        "삼성전자 70000 until 2026-13-31",
        "삼성전자 70000 until",
        "삼성전자 1e9",
        "삼성전자 고점 70000",
        "삼성전자 고점 paid 65000 -3%",
        "삼성전자 since -3%",
        "삼성전자 nan",
        "삼성전자 2배",
        "삼성전자 거래량",
        "삼성전자 거래량 많이",
        "삼성전자 거래량 0배",
        "삼성전자 거래량 101배",
        "삼성전자 거래량 -2배",
        "삼성전자 거래량 200%",
        "삼성전자 거래량 2배 이하",
        "삼성전자 거래량 2배 30분마다",
        "삼성전자 거래량 2배 돌파",
        "삼성전자 고점 거래량 2배",
        "삼성전자 거래량 매수가 65000 2배",
    ],
)
def test_what_cannot_be_waited_for_is_misused(text: str) -> None:
    """It is answered with an example, and nothing is put down."""
    with pytest.raises(Misused):
        parse_wanted(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("삼성전자 -5% 이상 이하", ["이상", "이하"]),
        ("삼성전자 70000 위로 below above", ["below", "above"]),
        ("삼성전자 -5% 이상", ["-5%", "이상"]),
        ("삼성전자 70000 매일 한번", ["매일", "한번"]),
        ("삼성전자 70000 매일 30분마다", ["매일", "30분마다"]),
        ("삼성전자 70000 every 30m every 1h", ["30m", "1h"]),
        ("삼성전자 70000 cross daily", ["cross", "daily"]),
        ("삼성전자 70000 until 2026-12-31 2027-01-31까지", ["2026-12-31", "2027-01-31까지"]),
        ("삼성전자 since 2026-01-02 2026-02-02부터 -5%", ["2026-01-02", "2026-02-02부터"]),
        ("삼성전자 산값 65000 평단 60000 -5%", ["산값 65000", "평단 60000"]),
        ("삼성전자 고점 산값 65000 -3%", ["산값 65000", "고점"]),
        ("삼성전자 고점 70000", ["고점", "70000"]),
        ("삼성전자 70000 60000", ["70000", "60000"]),
        ("KODEX 200 -5% 3만", ["-5%", "3만"]),
        ("70000 60000원 삼성전자", ["60000원", "70000"]),
        ("005930 100000 90000", ["100000", "90000"]),
        ("삼성전자 거래량 2배 3배", ["2배", "3배"]),
        ("TQQQ volume 2X 3X", ["2X", "3X"]),
        ("삼성전자 거래량 2배 돌파", ["2배", "돌파"]),
        ("삼성전자 거래량 2배 이하", ["이하", "2배"]),
        ("삼성전자 많이", ["많이"]),
        ("삼성전자 70000 될때", ["될때"]),
        ("삼성전자 -100%", ["-100%"]),
        ("삼성전자 70000 until", []),
        ("삼성전자", []),
    ],
)
def test_what_was_not_understood_is_named(text: str, words: list[str]) -> None:
    """A word that is dropped in silence is an alert that somebody else would have wanted."""
    with pytest.raises(Misused) as caught:
        parse_wanted(text)

    assert caught.value.found == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("삼성전자", Expected.AMOUNT),
        ("005930", Expected.AMOUNT),
        ("70000", Expected.STOCK),
        ("-5%", Expected.STOCK),
        ("삼성전자 거래량", Expected.TIMES),
        ("거래량 2배", Expected.STOCK),
        ("삼성전자 70000 될때", Expected.AMOUNT),
        ("삼성전자 매수가 많이 -3%", Expected.PRICE),
        ("삼성전자 -100%", Expected.PERCENT),
        ("삼성전자 거래량 101배", Expected.TIMES),
        ("삼성전자 70000 2000분마다", Expected.REST),
        ("삼성전자 70000 until", Expected.DATE),
        ("삼성전자 70000 매일 한번", Expected.ONE_OF_THESE),
    ],
)
def test_what_was_expected_in_its_place_is_named(text: str, expected: Expected) -> None:
    """An example alone leaves the reader to find the difference."""
    with pytest.raises(Misused) as caught:
        parse_wanted(text)

    assert caught.value.expected is expected


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("삼성전자 70000 이상 위 이상", price(70_000, ABOVE)),
        ("삼성전자 70000 매일 daily", price(70_000, repetition=Repetition.SESSION)),
        ("삼성전자 70000 매일 돌파", price(70_000, ABOVE, repetition=Repetition.SESSION)),
        ("삼성전자 70000 돌파 30분마다", price(70_000, ABOVE, rest_s=1_800)),
        ("삼성전자 70000 하향 돌파 한번", price(70_000, BELOW, repetition=Repetition.ONCE)),
    ],
)
def test_what_is_said_twice_in_one_sense_does_no_harm(text: str, condition: Condition) -> None:
    """And 돌파 says which way where another word says how often."""
    assert parse_wanted(text).condition == condition


@pytest.mark.parametrize(
    "text",
    [
        "KODEX 200 30000",
        "373220 LG에너지솔루션 350000",
        "S&P 500 70000",
        "direxion semiconductor bull 3x 30",
        "Direxion Semiconductor Bull 3X -5%",
        "반도체 레버리지 2배 15000",
    ],
)
def test_a_number_in_a_name_is_no_second_amount(text: str) -> None:
    """Nor is a code in front of its name, nor how many times its index an ETF moves."""
    assert parse_wanted(text).words == text.rpartition(" ")[0]


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("#12", 12), ("3번", 3), ("\uff13", 3)])
def test_rules_are_called_by_number(text: str, number: int) -> None:
    """As the list shows it, or as one says it."""
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "삼성전자", "-1", "1.5", "1234567"])
def test_what_is_no_number_is_misused(text: str) -> None:
    """It is answered with an example."""
    with pytest.raises(Misused):
        parse_number(text)


@pytest.mark.parametrize(
    "text", ["60,000 삼성전자", "60000원 삼성전자", "6만 삼성전자", "60000 삼성전자", "60000 삼성전자 이하"]
)
def test_an_amount_may_stand_in_front(text: str) -> None:
    """People say the price first as often as the name."""
    wanted = parse_wanted(text)

    assert (wanted.words, wanted.condition.level) == ("삼성전자", 60_000.0)


@pytest.mark.parametrize(
    ("text", "words", "condition"),
    [
        ("60000 005930", "005930", price(60_000)),
        ("6만 373220 이하", "373220", price(60_000, BELOW)),
        ("-5% 373220", "373220", change(0.05, BELOW)),
        ("200 150000", "200", price(150_000)),
        ("2배 거래량 삼성전자", "삼성전자", volume(2)),
        ("1.5 거래량 005930", "005930", volume(1.5)),
    ],
)
def test_a_code_may_stand_behind_the_amount_and_so_may_the_volume(text: str, words: str, condition: Condition) -> None:
    """A code that nobody could mean as a price: it begins with 0, or is watched."""
    assert parse_wanted(text, {"373220"}) == Wanted(words=words, condition=condition)


@pytest.mark.parametrize(
    ("text", "words", "rest"),
    [
        ("삼성 70000 이하", "삼성", "70000 이하"),
        ("70000 삼성", "삼성", "70000"),
        ("70000 이하  삼성  전자", "삼성 전자", "70000 이하"),
        ("\uff34\uff29\uff27\uff25\uff32 \uff15\uff10\uff10\uff10", "TIGER", "5000"),
        ("KODEX 매일 200 200", "KODEX 200", "매일 200"),
    ],
)
def test_what_is_said_beside_the_stock_is_kept_wherever_it_stands(text: str, words: str, rest: str) -> None:
    """It goes into the buttons with which a stock is chosen: without it they would do nothing."""
    assert parse_wanted(text).words == words
    assert without(text, words) == rest


@pytest.mark.parametrize("text", ["005930 삼성전자", "100000 삼성전자"])
def test_what_may_be_a_code_in_front_is_no_amount(text: str) -> None:
    """5,930 won is not what somebody meant who wrote a code and then the name."""
    with pytest.raises(Misused):
        parse_wanted(text)
