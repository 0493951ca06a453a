"""A stock's day as a picture, what one's money buys, and a test alert: what is asked of whom, and what is answered."""

from decimal import Decimal
from pathlib import Path

import pytest

from actors.market.amounts import whole_market
from actors.runtime.errors import CommandRefused
from actors.runtime.store import open_store
from actors.telegram.config import SeededWatch
from actors.telegram.people.person import Watch
from actors.telegram.people.register import Register
from protocol.messages import Market, Venue
from tests.support.actor import make_settings
from tests.support.reception import Reception, typed
from tests.support.town import ANNA, BORA, find, seeded

SAMSUNG = SeededWatch(symbol="005930", name="삼성전자", venue=Venue.KRX)
SOXL = SeededWatch(symbol="SOXL", name="SOXL", venue=Venue.AMEX)
KRX, US = whole_market(Market.KRX), whole_market(Market.US)


@pytest.fixture
def reception(tmp_path: Path) -> Reception:
    """Return the desk of Anna, who watches two stocks, and of Bora, who may only receive."""
    return Reception(tmp_path, seeded(ANNA, "operator", SAMSUNG, SOXL), seeded(BORA, "viewer"))


def said(reception: Reception, text: str) -> str:
    """Return what Anna is answered; nothing where she is not."""
    reception.said.clear()
    reception.bring(typed(ANNA, text))
    return reception.said[0][1] if reception.said else ""


def listen(reception: Reception, actor: str, command: str) -> list[dict[str, object]]:
    """Let *actor* do what it is asked for, and return with what it is asked."""
    asked: list[dict[str, object]] = []

    def do(**arguments: object) -> dict[str, object]:
        asked.append(arguments)
        return {}

    reception.ports.answers[actor, command] = do
    return asked


def amounts(reception: Reception) -> dict[str, Decimal]:
    """Return Anna's amounts."""
    return reception.register.amounts_of(1)


@pytest.mark.parametrize("argument", ["삼성전자", "005930", "삼성", "ㅅㅅㅈㅈ"])
def test_a_chart_is_ordered_of_analyst_for_whoever_asks(reception: Reception, argument: str) -> None:
    """The letter with the picture is the answer."""
    asked = listen(reception, "analyst", "chart")

    assert said(reception, f"/chart {argument}") == ""
    assert asked == [{"person": 1, "symbol": "005930"}]


def test_a_back_test_is_a_letter_and_what_takes_longer_is_said(reception: Reception) -> None:
    """Of any stock that is listed: whoever wonders whether to watch it wants to know first."""
    asked = listen(reception, "analyst", "verdict")
    assert said(reception, "/backtest 삼성전자") == ""
    reception.ports.answers["analyst", "find"] = find
    assert said(reception, "/돌려보기 005935") == ""
    assert asked == [{"person": 1, "symbol": "005930"}, {"person": 1, "symbol": "005935"}]

    reception.ports.answers["analyst", "verdict"] = lambda **_: {"unfinished": "fetching"}
    assert said(reception, "/backtest 삼성전자").startswith("삼성전자 (005930), 지난 5년 동안")
    assert said(reception, "/backtest") == "🔎 어떤 종목인가요?"
    reception.ports.answers.clear()
    assert said(reception, "/backtest 삼성전자") == "지금은 알아볼 수가 없어요. 잠시 후에 다시 보내 주세요."


def test_without_a_name_there_are_buttons_for_what_is_watched(reception: Reception) -> None:
    """Nobody knows codes by heart."""
    said(reception, "/chart")

    labels = [label for row in reception.keyboards[-1] for label, _ in row]
    assert ["삼성전자" in label or "SOXL" in label for label in labels] == [True, True]


def test_a_chart_that_cannot_be_is_not_promised(reception: Reception) -> None:
    """What was added a moment ago has no past yet; who is silent is asked again later."""

    def refuse(**_: object) -> dict[str, object]:
        message = "expected a close"
        raise CommandRefused(message)

    reception.ports.answers["analyst", "chart"] = refuse
    assert said(reception, "/chart 005930") == "삼성전자 (005930): 아직 그릴 것이 없어요. 잠시 후에 다시 보내 주세요."
    reception.ports.answers.clear()
    assert said(reception, "/chart 005930") == "지금은 알아볼 수가 없어요. 잠시 후에 다시 보내 주세요."


def test_a_test_alert_is_a_made_up_trade_for_whoever_asks(reception: Reception) -> None:
    """Its alert is the answer; where the line is cut, that is said at once."""
    asked = listen(reception, "feed", "rehearse")

    assert said(reception, "/test") == ""
    assert asked == [{"person": 1}]
    reception.bring(typed(BORA, "/시험"))
    assert asked[1:] == [{"person": 2}]
    reception.ports.answers.clear()
    assert said(reception, "/test") == "지금은 알아볼 수가 없어요. 잠시 후에 다시 보내 주세요."


@pytest.mark.parametrize(
    ("argument", "kept"),
    [
        ("1000000", {KRX: Decimal(1_000_000)}),
        ("100만원", {KRX: Decimal(1_000_000)}),
        ("$500", {US: Decimal(500)}),
        ("삼성전자 50만", {"005930": Decimal(500_000)}),
        ("SOXL 500", {"SOXL": Decimal(500)}),
        ("soxl $500.50", {"SOXL": Decimal("500.50")}),
        ("50만원 삼성전자", {"005930": Decimal(500_000)}),
        ("50만원 005930", {"005930": Decimal(500_000)}),
        ("500000 삼성전자", {"005930": Decimal(500_000)}),
    ],
)
def test_an_amount_is_for_a_stock_or_for_a_market(
    reception: Reception, argument: str, kept: dict[str, Decimal]
) -> None:
    """The currency of a stock is its market's."""
    assert said(reception, f"/amount {argument}").startswith("💵 ")
    assert amounts(reception) == kept


def test_what_is_known_is_shown_and_ends_with_off(reception: Reception) -> None:
    """One amount for all, another for one stock, and neither any more."""
    assert said(reception, "/amount").startswith("정해 둔 금액이 없어요")
    said(reception, "/amount 100만")
    said(reception, "/amount $500")
    said(reception, "/amount 삼성전자 50만")

    assert said(reception, "/amount").splitlines()[2:5] == ["국내: 1,000,000원", "미국: $500.00", "삼성전자: 500,000원"]
    assert "삼성전자" not in said(reception, "/amount 삼성전자 off").split("없애려면")[0]
    assert said(reception, "/amount 0").startswith("🗑 금액을 지웠어요.\n\n정해 둔 금액이 없어요")
    assert amounts(reception) == {}
    assert said(reception, "/amount off").startswith("정해 둔 금액이 없어요")


@pytest.mark.parametrize("argument", ["삼성전자", "삼성전자 많이", "-5", "삼성전자 $500", "SOXL 50만원"])
def test_what_is_no_amount_changes_nothing_and_gets_an_example(reception: Reception, argument: str) -> None:
    """A misread amount would tell somebody to buy too much."""
    assert "예: /amount 1000000" in said(reception, f"/amount {argument}")
    assert amounts(reception) == {}


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [
        ("005930 많이", "🤔 한 번에 살 금액이 있어야 하는데, 이렇게 적혀 있어요: 많이"),
        ("005930", "🤔 한 번에 살 금액이 있어야 하는데, 빠져 있어요."),
        ("000660 많이", "🤔 한 번에 살 금액이 있어야 하는데, 이렇게 적혀 있어요: 많이"),
        ("122630 많이", "🤔 한 번에 살 금액이 있어야 하는데, 이렇게 적혀 있어요: 많이"),
    ],
)
def test_a_code_is_never_taken_for_an_amount(reception: Reception, argument: str, wrong: str) -> None:
    """It would be told how many shares 5,930 won buy; 122630 is watched here, and begins like an amount."""
    person = reception.register.person(1)
    assert person is not None
    reception.office.watch_list.hold(person, Watch(symbol="122630", name="KODEX 레버리지", venue=Venue.KRX))

    assert said(reception, f"/amount {argument}").startswith(wrong)
    assert amounts(reception) == {}


def test_amounts_outlive_the_process(reception: Reception, tmp_path: Path) -> None:
    """They are said once in years."""
    said(reception, "/amount SOXL 500")
    said(reception, "/amount SOXL 600")

    anew = Register(open_store("telegram", make_settings(tmp_path)), "ko", "Asia/Seoul")
    assert anew.amounts_of(1) == {"SOXL": Decimal(600)}


def test_whether_closed_days_are_told_is_ones_own_choice(reception: Reception) -> None:
    """By default nobody is woken on a holiday."""
    assert said(reception, "/holiday").startswith("휴장일에는 조용히 있을게요")
    assert said(reception, "/holiday on").startswith("휴장일에는 개장 시간 전에 한 줄로 알려 드릴게요")
    assert said(reception, "/휴장").startswith("휴장일에는 개장 시간 전에 한 줄로 알려 드릴게요")
    assert "\n\n휴장일이면 개장 시간 전에 한 줄로 알려 드릴까요?" in said(reception, "/holiday maybe")
    assert said(reception, "/holiday 끄기").startswith("휴장일에는 조용히 있을게요")


@pytest.mark.parametrize(
    ("command", "asked_for", "told"), [("/today", "report", "reports"), ("/이번주", "week", "weeks")]
)
def test_a_report_and_a_week_are_letters_that_analyst_writes(
    reception: Reception, command: str, asked_for: str, told: str
) -> None:
    """They are the same as those of the day and of the week; who watches nothing learns how to begin."""
    answers: dict[int, dict[str, object]] = {1: {told: [{}]}}
    reception.ports.answers["analyst", asked_for] = lambda person: answers.get(person, {told: []})

    assert said(reception, command) == ""
    assert reception.texts(typed(BORA, command))[0].startswith("아직 지켜보는 종목이 없어요")
    reception.ports.answers.clear()
    assert said(reception, command) == "지금은 알아볼 수가 없어요. 잠시 후에 다시 보내 주세요."
