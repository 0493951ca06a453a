"""The days on which a target is easily wrong, each played through the whole line to what people read.

A split, rights, a merger of shares, an ex-dividend day, a halt, a new listing, a fall to the lower limit, a volatility
interruption and wrong bars from KIS happen in one world on one morning, each to a symbol of its own, beside symbols
that are sold off, under administration, halted since the morning, or were so for long. The checker judges all alerts;
here stands what is read. Of an alert, the price and the moment are the market's own, and the checker's to judge.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actors.market.sessions import SEOUL
from protocol.messages import CIRCUIT_BREAKER
from protocol.moments import from_ns
from simulator.config import SymbolProfile
from simulator.judgement.alert_text import parse_alert
from simulator.judgement.checker import details_of
from tests.support.whole_line import ANNA, BORA, Told, WholeLine, tell

SPLIT, RIGHTS, MERGER, DIVIDEND, HALTED, NEW, FALLING, INTERRUPTED, WRONG, SOLD_OFF, WATCHED_OVER, RESTING, BACK = (
    f"1{number:04d}0" for number in range(1, 14)
)
NAMES: dict[str, tuple[str, dict[str, Any]]] = {
    SPLIT: ("한빛전자", {}),
    RIGHTS: ("두레산업", {"flng_cls_code": "01"}),
    MERGER: ("모음제약", {}),
    DIVIDEND: ("가람금융", {"flng_cls_code": "02"}),
    HALTED: ("누리바이오", {}),
    NEW: ("새싹로봇", {"listed_sessions": 20}),
    FALLING: ("높새테크", {"sigma": 0.16}),
    INTERRUPTED: ("다온화학", {}),
    WRONG: ("바로건설", {}),
    SOLD_OFF: ("저녁상사", {"marks": "NYN"}),
    WATCHED_OVER: ("조심통신", {"marks": "NNY"}),
    RESTING: ("쉼표식품", {"marks": "YNN"}),
    BACK: ("오랜만해운", {"untraded_sessions": 8}),
}
WITH_TARGETS = [symbol for symbol in NAMES if symbol not in {NEW, SOLD_OFF, BACK}]
ALERTED = [symbol for symbol in WITH_TARGETS if symbol != RESTING]
PLAIN: dict[str, Any] = {"base_price": 100_000, "sigma": 0.02, "wander_sigma": 0.0}
SYMBOLS = [SymbolProfile(code=code, name=name, **(PLAIN | others)) for code, (name, others) in NAMES.items()]
WRONG_BARS = [
    {"fault": "wrong_bar", "symbol": WRONG, "session_date": "2025-07-15", "how": "spike"},
    {"fault": "wrong_bar", "symbol": WRONG, "session_date": "2025-09-10", "how": "upside_down"},
    {"fault": "wrong_bar", "symbol": WRONG, "session_date": "2025-11-27", "how": "spike"},
]
BEFORE_THE_MORNING = "2025-11-28T08:05:00+09:00"

pytestmark = pytest.mark.timeout(240)


async def morning(line: WholeLine) -> None:
    """Let everything happen: a step begins when people have read what the one before has to tell."""
    began = line.clock.now()
    await line.until_targets(list(NAMES), began)
    line.order(fault="reset", symbol=SPLIT, ratio=0.2)
    line.jump_to("08:25:00")
    # The base price of the day is taken now; what is set anew later, the trades alone tell.
    await line.until_targets(WITH_TARGETS, line.clock.now())
    await line.until_told(ANNA, SPLIT, "✂️")
    line.order(fault="reset", symbol=RIGHTS, ratio=0.8)
    line.order(fault="reset", symbol=MERGER, ratio=5)
    line.jump_to("08:55:00")
    await line.until_streamed(list(NAMES))
    line.jump_to("08:59:58")
    await line.until_told(ANNA, RIGHTS, "✂️")
    await line.until_told(ANNA, MERGER, "✂️")
    for symbol in (SPLIT, RIGHTS, MERGER, DIVIDEND, WRONG, WATCHED_OVER):
        line.order(fault="move", symbol=symbol, sigma=-1.3)
    line.order(fault="move", symbol=FALLING, sigma=-5)
    line.order(fault="vi", symbol=INTERRUPTED, sigma=-1.3)
    line.order(fault="halt", symbol=HALTED, sigma=-1.3, seconds=300)
    await line.until_told(ANNA, HALTED, "⛔")
    # An alert that is on its way while the clock is set forward arrives late, and says so.
    await until_alerted(line, [symbol for symbol in ALERTED if symbol not in (INTERRUPTED, HALTED)])
    line.jump(timedelta(minutes=2, seconds=5))
    await until_alerted(line, [INTERRUPTED])
    line.jump(timedelta(minutes=5))
    await until_alerted(line, [HALTED])
    for chat_id in (ANNA, BORA):
        await line.say(chat_id, "/list", "📋")


async def until_alerted(line: WholeLine, symbols: list[str]) -> None:
    """Wait until both have been told that each of *symbols* has fallen."""
    for symbol in symbols:
        for chat_id in (ANNA, BORA):
            await line.until_told(chat_id, symbol, "🚨")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Play the morning, once for all."""
    world = {"start": BEFORE_THE_MORNING, "trades_per_second": 30.0}
    return tell(tmp_path_factory.mktemp("line"), morning, SYMBOLS, WRONG_BARS, **world)


def korean(text: str, symbol: str, target: str, *notes: str, fall: str = "2.00%") -> str:
    """Return the first alert of *symbol* as Anna must have read it, with the market's own figures of *text*."""
    shown = parse_alert(text)
    lines = [
        "🚨 매수 알림! 1차 매수 시점 도달",
        "",
        f"📊 {NAMES[symbol][0]} ({symbol})",
        f"💰 현재가: {shown.price.amount:,.0f}원 (전일대비 {shown.change_percent:+.2f}%)",
        f"🎯 목표가: {target}",
        f"📉 하락률: {fall}",
        *notes,
        "",
        f"⏰ {time_of(shown.traded_at_ns)}",
        "",
        "💡 1차 매수 타이밍입니다! (1배 투자)",
    ]
    return "\n".join(lines)


def english(text: str, symbol: str, target: str, *notes: str, fall: str = "2.00%") -> str:
    """Return the same for Bora."""
    shown = parse_alert(text)
    lines = [
        "🚨 Buy alert! buy point 1 reached",
        "",
        f"📊 {NAMES[symbol][0]} ({symbol})",
        f"💰 Price now: ₩{shown.price.amount:,.0f} ({shown.change_percent:+.2f}% on the previous close)",
        f"🎯 Target: ₩{target.removesuffix('원')}",
        f"📉 Fall: {fall}",
        *notes,
        "",
        f"⏰ {time_of(shown.traded_at_ns)}",
        "",
        "💡 Time to buy: buy point 1! (1× the amount)",
    ]
    return "\n".join(lines)


def reset_in_korean(symbol: str, change: str) -> str:
    """Return the one line in which Anna is told that the exchange measures *symbol* anew."""
    return (
        f"✂️ 오늘 {NAMES[symbol][0]} ({symbol})의 기준가가 바뀌었어요: {change}. "
        "액면분할이나 권리락 같은 일이라 값이 오르내린 것이 아니에요. 목표가를 다시 계산해요."
    )


def reset_in_english(symbol: str, change: str) -> str:
    """Return the same for Bora."""
    return (
        f"✂️ Today {NAMES[symbol][0]} ({symbol}) is measured from {change}: "
        "a split, rights or the like, and neither a fall nor a rise. Its targets are made anew."
    )


def time_of(moment_ns: int) -> str:
    """Return a moment as alerts show it."""
    return f"{from_ns(moment_ns).astimezone(SEOUL):%Y-%m-%d %H:%M:%S}"


Words = Callable[..., str]
READERS: list[tuple[int, Words]] = [(ANNA, korean), (BORA, english)]


def require_alert(told: Told, symbol: str, target: str, notes: dict[int, str] | None = None, **others: str) -> None:
    """Require that the last text about *symbol* is its first alert, in both languages, with the *notes* by chat."""
    for chat_id, words in READERS:
        text = told.of(symbol, chat_id)[-1]
        assert text == words(text, symbol, target, *([notes[chat_id]] if notes else []), **others)


def test_the_checker_finds_nothing_lost_wrong_or_made_up(told: Told) -> None:
    """Nine alerts for two people each, and not one for what has no target."""
    assert details_of(told.verdict) == []
    assert (told.verdict.expected, told.verdict.accepted) == (18, 18)


def test_a_split_is_told_before_the_open_and_no_crash(told: Told) -> None:
    """A fifth of the close is what was a whole one: told in one line, and the target is of the new price."""
    assert told.of(SPLIT)[:-1] == [reset_in_korean(SPLIT, "100,000원 → 20,000원")]
    assert told.of(SPLIT, BORA)[:-1] == [reset_in_english(SPLIT, "₩20,000 instead of its last close of ₩100,000")]
    require_alert(told, SPLIT, "19,600원")


def test_rights_that_the_first_trade_tells_hold_the_targets_until_they_are_made_anew(told: Told) -> None:
    """At the open 80,000 won lay below the old target of 98,000: nobody was told to buy."""
    assert told.of(RIGHTS)[:-1] == [reset_in_korean(RIGHTS, "100,000원 → 80,000원")]
    notes = {
        ANNA: "✂️ 오늘은 권리락일이에요. 기준가가 새로 정해져요",
        BORA: "✂️ Ex-rights today: its base price is set anew",
    }
    require_alert(told, RIGHTS, "78,400원", notes)


def test_a_merger_that_the_first_trade_tells_is_noticed_far_above_the_old_targets(told: Told) -> None:
    """Five shares became one: a fall from 500,000 to 490,000 won would never have come down to 98,000."""
    assert told.of(MERGER)[:-1] == [reset_in_korean(MERGER, "100,000원 → 500,000원")]
    require_alert(told, MERGER, "490,000원")


def test_an_ex_dividend_day_is_named_in_the_alert(told: Told) -> None:
    """A fall by the dividend is no bargain."""
    assert len(told.of(DIVIDEND)) == 1
    notes = {
        ANNA: "✂️ 오늘은 배당락일이에요. 배당만큼 내려 시작할 수 있어요",
        BORA: "✂️ Ex-dividend today: it may open lower by the dividend",
    }
    require_alert(told, DIVIDEND, "98,000원", notes)


def test_a_halt_is_told_when_it_begins_and_with_the_price_that_ends_it(told: Told) -> None:
    """Who waits for an alert must know that none can come, and be warned of what the halt was about."""
    assert told.of(HALTED)[:-1] == [
        "⛔ 누리바이오 (100050)의 거래가 멈춰 있어요(거래정지). 다시 열리면 이어서 지켜볼게요."
    ]
    assert told.of(HALTED, BORA)[:-1] == [
        "⛔ Trading in 누리바이오 (100050) is halted. We go on watching once it resumes."
    ]
    notes = {
        ANNA: "🔓 거래정지가 막 풀렸어요. 가격이 크게 움직일 수 있어요.",
        BORA: "🔓 Trading has just resumed after a halt: the price may move a lot.",
    }
    require_alert(told, HALTED, "98,000원", notes)
    assert parse_alert(told.of(HALTED)[-1]).traded_at_ns >= ns_of("09:05:00")


def test_a_new_listing_has_no_target_and_a_reason(told: Told) -> None:
    """Twenty days are no year."""
    assert told.of(NEW) == ["⚠️ 새싹로봇 (100060): 거래된 날이 아직 적어서(19일) 목표가를 만들 수 없어요"]
    assert told.of(NEW, BORA) == ["⚠️ 새싹로봇 (100060): traded on too few days (19) for a target"]


def test_a_fall_to_the_lower_limit_says_so_and_what_lies_below_is_out_of_reach(told: Told) -> None:
    """Nobody should wait for a price that the exchange forbids today."""
    notes = {
        ANNA: "⬇️ 오늘 하한가예요. 오늘은 더 내려가지 않아요.",
        BORA: "⬇️ This is today's lower limit: it can fall no further today.",
    }
    require_alert(told, FALLING, "84,000원", notes, fall="16.00%")
    assert parse_alert(told.of(FALLING)[-1]).price.amount == 70_000
    assert listed(told, ANNA, FALLING) == [
        "• 높새테크 (100070) 70,000원",
        "  1차 84,000원 (전일대비 -16.00%, 주문가 83,900원) · 🔔 알림 후 쉬는 중",
        "  2차 68,000원 (전일대비 -32.00%, 오늘 하한가보다 낮아서 닿지 않아요)",
    ]
    assert listed(told, BORA, FALLING) == [
        "• 높새테크 (100070) ₩70,000",
        "  buy point 1 ₩84,000 (-16.00% on the previous close, order ₩83,900) · 🔔 alerted, resting",
        "  buy point 2 ₩68,000 (-32.00% on the previous close, below today's lower limit, out of reach)",
    ]


def test_a_price_out_of_a_volatility_interruption_says_so(told: Told) -> None:
    """Two minutes of one price: what is ordered now is matched differently."""
    notes = {
        ANNA: "⚡ VI 발동 중: 2분간 단일가로 모아서 체결돼요.",
        BORA: "⚡ Volatility interruption: orders are matched in a two-minute call auction.",
    }
    require_alert(told, INTERRUPTED, "98,000원", notes)


def test_wrong_bars_of_a_source_move_no_target(told: Told) -> None:
    """Yesterday's close told three times as high, and two days of the past: σ is that of the days that are right."""
    assert len(told.of(WRONG)) == 1
    require_alert(told, WRONG, "98,008원", fall="1.99%")


def test_what_cannot_be_waited_for_is_told_and_not_passed_over_in_silence(told: Told) -> None:
    """Sold off before it is delisted, halted since the morning, back after long; and a warning in an alert."""
    assert told.of(SOLD_OFF) == ["⚠️ 저녁상사 (100100): 정리매매 중이라 목표가를 만들지 않아요"]
    assert told.of(RESTING) == ["⛔ 쉼표식품 (100120)의 거래가 멈춰 있어요(거래정지). 다시 열리면 이어서 지켜볼게요."]
    assert told.of(BACK) == ["⚠️ 오랜만해운 (100130): 오래 거래가 없어서 오늘은 목표가가 없어요"]
    assert told.of(SOLD_OFF, BORA) == ["⚠️ 저녁상사 (100100): in liquidation trading, so it has no target"]
    assert told.of(BACK, BORA) == ["⚠️ 오랜만해운 (100130): not traded for long, so it has no target today"]
    require_alert(told, WATCHED_OVER, "98,000원", {ANNA: "⚠️ 관리종목이에요", BORA: "⚠️ An administrative issue"})


def test_an_american_split_is_told_before_the_open_in_dollars(tmp_path: Path) -> None:
    """The base price of the US is the other source: REST alone tells it."""
    symbol = SymbolProfile(code="SPLT", name="반쪽반도체", venue="NASDAQ", **(PLAIN | {"base_price": 100.0}))

    async def evening(line: WholeLine) -> None:
        await line.until_targets(["SPLT"], line.clock.now())
        line.order(fault="reset", symbol="SPLT", ratio=0.1)
        line.jump_to("22:55:00")
        await line.until_told(ANNA, "SPLT", "✂️")
        line.jump_to("23:25:00")
        await line.until_streamed(["DNASSPLT"], ["HDFSCNT0"])
        line.jump_to("23:30:05")
        line.order(fault="move", symbol="SPLT", sigma=-1.3)
        for chat_id in (ANNA, BORA):
            await line.until_told(chat_id, "SPLT", "🚨")

    told = tell(tmp_path, evening, [symbol], start="2025-11-28T21:40:00+09:00", trades_per_second=5.0)

    split, alert = told.of("SPLT")
    assert split == (
        "✂️ 오늘 반쪽반도체 (SPLT)의 기준가가 바뀌었어요: $100.00 → $10.00. "
        "액면분할이나 권리락 같은 일이라 값이 오르내린 것이 아니에요. 목표가를 다시 계산해요."
    )
    assert "🎯 목표가: $9.80" in alert.splitlines()
    assert (details_of(told.verdict), told.verdict.accepted) == ([], 2)


def test_a_circuit_breaker_halts_the_market_and_the_price_that_ends_it_says_so(tmp_path: Path) -> None:
    """Nothing is printed meanwhile, so nobody is alerted; what opens the market again may be far below.

    Before the open the self-test's trade has gone the whole way, too, and was found there; it reached nobody.
    """
    symbols = [SymbolProfile(code=f"2000{number}0", name=f"급락{number}호", **PLAIN) for number in (1, 2)]
    codes = [symbol.code for symbol in symbols]

    async def crash(line: WholeLine) -> None:
        await line.until_targets(codes, line.clock.now())
        line.jump_to("08:55:30")
        await line.until_streamed(codes)
        await line.until(lambda: [check.ok for check in line.rehearsals()] == [True])
        line.jump_to("09:10:00")
        line.order(fault="circuit_breaker", sigma=-1.3, seconds=1200)
        await line.until_noted(codes, CIRCUIT_BREAKER)
        line.jump(timedelta(minutes=20, seconds=5))
        for symbol in codes:
            for chat_id in (ANNA, BORA):
                await line.until_told(chat_id, symbol, "🚨")

    told = tell(tmp_path, crash, symbols, start="2025-11-28T08:40:00+09:00", trades_per_second=5.0)

    assert (details_of(told.verdict), told.verdict.accepted) == ([], 4)
    for code in codes:
        for chat_id, resumed in ((ANNA, "🔓 거래정지가 막 풀렸어요"), (BORA, "🔓 Trading has just resumed")):
            (alert,) = told.of(code, chat_id)
            (note,) = (line for line in alert.splitlines() if line.startswith("🔓"))
            assert note.startswith(resumed)
            assert parse_alert(alert).traded_at_ns >= ns_of("09:30:00")


def listed(told: Told, chat_id: int, symbol: str) -> list[str]:
    """Return the lines about *symbol* in the answer to /list."""
    (answer,) = (text for text in told.texts[chat_id] if text.startswith("📋"))
    (block,) = (block for block in answer.split("\n\n") if f"({symbol})" in block)
    return block.splitlines()


def ns_of(time: str) -> int:
    """Return a moment of the morning."""
    return int(datetime.fromisoformat(f"2025-11-28T{time}+09:00").timestamp()) * 1_000_000_000
