"""A small made-up world for oracle and checker: one symbol, two people, and alerts as they would be written."""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from protocol.rules import Direction, RuleKind
from simulator.judgement.alert_text import parse_alert
from simulator.judgement.evidence import SECOND_NS, TradeLine, Watcher
from simulator.judgement.oracle import Circumstances, ExpectedAlert
from simulator.judgement.rules import RuleLine
from simulator.judgement.verdict import AcceptedAlert

__all__ = [
    "NINE_NS",
    "SESSION",
    "SYMBOL",
    "accepted_of",
    "circumstances",
    "closes",
    "price_rule",
    "text_of",
    "trade",
    "volumes",
]

SYMBOL = "122630"
SESSION = date(2025, 11, 28)
_message_ids = itertools.count(1)
NINE_NS = int(datetime(2025, 11, 28, 0, 0, tzinfo=UTC).timestamp()) * SECOND_NS
"""09:00:00 in Seoul."""
BASE = 10_000.0


def closes() -> dict[date, float]:
    """Return a history whose daily returns are 1 % up and down in turn: σ is a little above 1 %."""
    history, close = {}, BASE
    for number in range(100):
        history[date(2025, 11, 27) - timedelta(days=number)] = close
        close *= 1.01 if number % 2 else 1 / 1.01
    return history


def volumes() -> dict[date, int]:
    """Return the shares of that history's days: the median of the last twenty is 490."""
    return {on: 300 + 20 * (on.toordinal() % 23) for on in closes()}


def trade(price: float, second: float, **others: object) -> TradeLine:
    """Return a trade of `SYMBOL` so many seconds after nine; *others* are fields of `TradeLine`."""
    at_ns = NINE_NS + int(second * SECOND_NS)
    fields: dict[str, object] = {
        "index": int(second * 1000),
        "symbol": SYMBOL,
        "traded_at_ns": at_ns // SECOND_NS * SECOND_NS,
        "session_date": SESSION,
        "price": price,
        "base_price": BASE,
        "written_at_ns": at_ns,
    }
    return TradeLine(**(fields | others))  # type: ignore[arg-type]  # fields by name, checked by the tests that use them


def circumstances(
    *trades: TradeLine, watchers: list[Watcher] | None = None, rules: Sequence[RuleLine] = ()
) -> Circumstances:
    """Return these trades with one person, 7 in chat 1007, or with the *watchers* given, and more *rules*.

    Each session's high is its close.
    """
    people = [Watcher(person_id=7, chat_id=1007, symbols=[SYMBOL])] if watchers is None else watchers
    return Circumstances(
        trades, people, {SYMBOL: closes()}, rules=rules, highs={SYMBOL: closes()}, volumes={SYMBOL: volumes()}
    )


def price_rule(level: float, **others: object) -> RuleLine:
    """Return what person 7 waits for: `SYMBOL` at that price or lower; *others* are fields of `RuleLine`."""
    fields: dict[str, object] = {
        "id": f"7-{SYMBOL}-n1",
        "person_id": 7,
        "chat_id": 1007,
        "symbol": SYMBOL,
        "level": level,
        "kind": RuleKind.PRICE,
    }
    return RuleLine(**(fields | others))  # type: ignore[arg-type]  # fields by name, checked by the tests that use them


def text_of(due: ExpectedAlert, *, is_repeat: bool = False, late_now: float | None = None) -> str:
    """Return *due*, so many σ below or a price, as the README shows it; *late_now* is the price that revealed it."""
    moment = datetime.fromtimestamp(due.traded_at_ns // SECOND_NS, ZoneInfo("Asia/Seoul"))
    price = due.price if late_now is None else late_now
    is_purchase = (due.kind, due.direction) == (RuleKind.SIGMA, Direction.BELOW)
    side = "이하" if due.direction is Direction.BELOW else "이상"
    lines = [
        f"🚨 매수 알림! {due.level:g}차 매수 시점 도달" if is_purchase else f"🔔 가격 알림! {due.level:,.0f}원 {side}",
        "",
        f"📊 KODEX 레버리지 ({due.symbol})",
        f"💰 현재가: {price:,.0f}원 (전일대비 {(price / due.base_price - 1) * 100:+.2f}%)",
        f"🎯 목표가: {due.target_price:,.0f}원",
        *([f"📉 하락률: {due.level * due.sigma:.2%}"] if is_purchase else []),
        "",
        f"⏰ {moment:%Y-%m-%d %H:%M:%S}",
    ]
    if late_now is not None:
        lines.insert(
            1, f"🕰 늦은 알림: {moment:%H:%M:%S}에 목표가에 닿았어요. 그때 {due.price:,.0f}원, 지금 {late_now:,.0f}원"
        )
    return "\n".join(["🔁 다시 보냅니다.", "", *lines] if is_repeat else lines)


def accepted_of(text: str, chat_id: int = 1007, at_ns: int = NINE_NS, message_id: int = 0) -> AcceptedAlert:
    """Return a message that the simulated Telegram took, by default one of its own."""
    message_id = message_id or next(_message_ids)
    return AcceptedAlert(message_id=message_id, chat_id=chat_id, accepted_at_ns=at_ns, shown=parse_alert(text))
