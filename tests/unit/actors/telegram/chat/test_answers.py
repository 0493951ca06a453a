"""What the bot answers."""

from datetime import date
from typing import Any

import msgspec
import pytest

from actors.market.obstacles import Obstacle
from actors.telegram.chat.answers import ActorReport, Answers, KnownTarget, WatchLine
from actors.telegram.chat.command_table import COMMANDS
from actors.telegram.chat.misused import Expected, Misused
from actors.telegram.people.access import MEMBERS, OPERATORS
from actors.words.catalogue import LANGUAGES
from protocol.messages import Venue

KOREAN, ENGLISH = Answers("ko"), Answers("en")
LEVERAGE = WatchLine(
    symbol="122630",
    name="KODEX 레버리지",
    venue=Venue.KRX,
    levels=(1.0, 2.0),
    target=KnownTarget(session_date=date(2025, 11, 28), base_price=72_665.0, sigma=0.01417, kind="etf"),
    price=71_900.0,
)


def line_with(price: float | None = None, **changes: Any) -> WatchLine:  # noqa: ANN401 - as many types as fields
    """Return the example's line with other *changes* to its target."""
    assert LEVERAGE.target is not None
    target = msgspec.structs.replace(LEVERAGE.target, **changes)
    return msgspec.structs.replace(LEVERAGE, target=target, price=price)


def test_the_list_shows_targets_falls_and_the_price_now() -> None:
    """The numbers of the README's example: 1차 71,635원 (1.42 %), 2차 70,606원 (2.83 %)."""
    text = KOREAN.watch_list([LEVERAGE])

    assert text.splitlines() == [
        "📋 지켜보는 종목 1개",
        "",
        "• KODEX 레버리지 (122630) 71,900원",
        "  1차 71,635원 (전일대비 -1.42%) · 0.37% 남음",
        "  2차 70,606원 (전일대비 -2.83%, 주문가 70,605원) · 1.80% 남음",
    ]


def test_a_list_that_is_longer_than_a_message_ends_with_a_whole_stock_and_how_to_see_others() -> None:
    """As many as one may watch do not fit; cut anywhere, the last target would be another number."""
    whole = KOREAN.stock(LEVERAGE)

    _, *stocks, more = KOREAN.watch_list([LEVERAGE] * 40).split("\n\n")

    assert set(stocks) == {whole}
    assert len(stocks) > 25
    assert more == "… 더 있어요. 한 종목만 보시려면: /price 삼성전자"


def test_a_target_that_no_trade_can_reach_today_says_so() -> None:
    """Who sees 34 % waits for a price that the exchange does not allow today."""
    text = KOREAN.watch_list([line_with(sigma=0.1701, kind="share", base_price=100_000.0)])

    assert text.endswith(
        "1차 82,990원 (전일대비 -17.01%, 주문가 82,900원)\n"
        "  2차 65,980원 (전일대비 -34.02%, 오늘 하한가보다 낮아서 닿지 않아요)"
    )


@pytest.mark.parametrize("obstacle", [each.value for each in Obstacle])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_why_there_is_no_target_is_said(obstacle: str, language: str) -> None:
    """Never silence: somebody waits for an alert that cannot come."""
    answers = Answers(language)
    text = answers.watch_list([line_with(71_900.0, obstacle=obstacle, sigma=0.0, returns=12)])

    assert answers.say("fact.no-target") not in text
    assert "71,900" in text
    assert "72,665" not in text


def test_what_must_be_known_of_the_day_stands_below_it() -> None:
    """A fall by the dividend is no bargain. What a newer version notes is left out."""
    text = KOREAN.watch_list([line_with(notes=("ex-dividend", "from-the-future"))])

    assert text.splitlines()[-1] == "  ✂️ 오늘은 배당락일이에요. 배당만큼 내려 시작할 수 있어요"


def test_a_symbol_without_targets_yet_says_so() -> None:
    """Newly watched, its year of bars is still being fetched."""
    unknown = WatchLine(symbol="TQQQ", name="", venue=Venue.NASDAQ, levels=(1.0,))

    assert KOREAN.watch_list([unknown]).endswith("• TQQQ (TQQQ)\n  목표가를 준비하고 있어요")


def test_a_level_between_whole_sigmas_is_named_by_its_sigma() -> None:
    """There is no half purchase."""
    line = msgspec.structs.replace(LEVERAGE, levels=(1.5,), price=None)

    assert ENGLISH.watch_list([line]).endswith("buy point 1.5 ₩71,121 (-2.13% on the previous close, order ₩71,120)")


def test_an_empty_list_says_how_to_begin() -> None:
    """A new member's first word should lead on."""
    assert "/add 005930" in KOREAN.watch_list([])


def test_status_is_well_only_if_everybody_is() -> None:
    """A green light over a dead feed is the worst answer."""
    well = ActorReport(actor="feed", state="running", last_progress_s=0.4)
    ill = ActorReport(actor="analyst", state="degraded", reason="KIS is down")

    assert KOREAN.status([well], 0) == "✅ 모두 잘 돌아가고 있어요.\n\n✅ 국내 시세: 방금도 일했어요"
    text = KOREAN.status([well, ill, ActorReport(actor="chart"), ActorReport(actor="new", state="starting")], 3)
    assert text.splitlines() == [
        "⚠️ 잘 안 되는 것이 있어요. 스스로 고치는 중일 수 있어요.",
        "",
        "✅ 국내 시세: 방금도 일했어요",
        "⚠️ 목표가 계산: 잘 안 되고 있어요 (KIS is down)",
        "❌ 차트: 대답이 없어요",
        "⚠️ new: 준비하고 있어요",
        "보내고 있는 알림 3건",
    ]


@pytest.mark.parametrize(
    ("seconds", "said"), [(59.9, "방금도"), (60.0, "1분 전에"), (3_599.0, "59분 전에"), (31_000.0, "8시간 전에")]
)
def test_the_time_since_is_said_as_people_say_it(seconds: float, said: str) -> None:
    """At night the market rests: nobody reckons in 31,000 seconds."""
    assert said in KOREAN.status([ActorReport(actor="feed", state="running", last_progress_s=seconds)], 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_explained(language: str) -> None:
    """What can be tapped must be explained."""
    answers = Answers(language)
    names = [command.name for command in COMMANDS if command.group]
    text = answers.help([("daily", names)], takes_names=False)

    assert all(f"/{name} - {answers.description(name)}" in text for name in names)


def test_all_but_what_needs_no_telling_is_told_in_help() -> None:
    """Who forgets the group of a new row hides it: `/start` is Telegram's, `/stock` what whoever gives none gives."""
    assert {command.name for command in COMMANDS if command.group is None} == {"start", "stock"}


def test_a_misused_command_is_answered_with_its_own_example() -> None:
    """An example teaches faster than a rule."""
    assert "/add 005930" in KOREAN.misused("add")
    assert "/lang en" in KOREAN.misused("lang")
    assert "/help" in KOREAN.misused("")


@pytest.mark.parametrize("expected", Expected)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_misused_command_is_told_what_was_expected_and_found_before_its_example(
    language: str, expected: Expected
) -> None:
    """In one sentence; what somebody wrote is shown as harmless as a stock's name."""
    answers = Answers(language)
    found, missing = (answers.misused("lang", Misused(expected, *words)) for words in (("a\u202eb", "c"), ()))

    phrase, example = answers.say(f"misused.expected.{expected}"), f"\n\n{answers.misused('lang')}"
    assert phrase in found
    assert phrase in missing
    assert found.endswith(f": ab, c{example}")
    assert missing.endswith(f".{example}")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_other_answer_names_what_it_is_about(language: str) -> None:
    """A sentence that does not say which stock helps nobody with ten of them."""
    answers = Answers(language)

    assert "Anna" in answers.welcome("Anna", may_add=True)
    assert "Anna" in answers.known("Anna")
    assert "삼성전자 (005930)" in answers.added("005930", "삼성전자")
    assert "삼성전자 (005930)" in answers.watched("005930", "삼성전자")
    assert "삼성전자 (005930)" in answers.removed("005930", "삼성전자")
    assert "005930" in answers.not_watched("005930", "list")
    assert "40" in answers.too_many(40, "TQQQ")
    assert "TQQQ" in answers.too_many(40, "TQQQ")
    assert len({answers.not_allowed(MEMBERS), answers.not_allowed(OPERATORS), answers.try_again()}) == 3


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({"price": 71_635.0}, ["닿았어요", "1.44% 남음"]),
        ({"price": 70_000.0, "resting": frozenset({1.0})}, ["🔔 알림 후 쉬는 중", "닿았어요"]),
    ],
)
def test_each_target_says_how_far_away_it_is_or_what_became_of_it(changes: dict[str, Any], standing: list[str]) -> None:
    """One look at the phone in a falling market must be enough."""
    text = KOREAN.stock(msgspec.structs.replace(LEVERAGE, **changes))

    assert [line.rpartition(" · ")[2] for line in text.splitlines()[1:]] == standing


def test_a_stock_that_is_muted_says_so() -> None:
    """Who forgot his own /mute would wait in vain."""
    assert KOREAN.stock(msgspec.structs.replace(LEVERAGE, is_muted=True)).splitlines()[0].endswith("71,900원 🔕 조용히")
