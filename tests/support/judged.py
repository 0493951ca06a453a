"""What the checker says of the alerts that a feed's trades lead to: evaluator's core decides, telegram's words tell.

Everybody's history is one in which a day moves a price by a thousandth, so that a moment brings crossings enough.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from actors.evaluator.core import Evaluator
from actors.evaluator.rules import Rule
from actors.market.sigma import sample_sigma
from actors.telegram.texts.alert_texts import Reader, alert_text
from protocol.messages import Targets, Trade, Venue
from protocol.moments import from_ns, to_ns
from simulator.judgement.alert_text import parse_alert
from simulator.judgement.evidence import SECOND_NS, TradeLine, Watcher, read_trades
from simulator.judgement.holes import holes_between, read_connections
from simulator.judgement.obligations import check_obligations
from simulator.judgement.oracle import Circumstances
from simulator.judgement.verdict import AcceptedAlert, Verdict

__all__ = ["verdict_of"]

ANNA = Watcher(person_id=1, chat_id=1001, symbols=[])
LEVELS = (1.0, 2.0)
REST_S = 1
SLACK_S = 0.5
READER = Reader("ko", ZoneInfo("Asia/Seoul"))


def verdict_of(published: Sequence[Trade], world: Path, until_ns: int) -> Verdict:
    """Return the verdict over what *published* trades would have been told of, by the journals in *world*.

    Args:
        published: in order.
        world: where the journals lie.
        until_ns: when the last of the symbol that is furthest behind left the simulator: what left later need not have
            been seen.
    """
    events = read_connections(world / "connections.jsonl")
    symbols = sorted({event.symbol for event in events if event.event == "confirmed"})
    lines = [line for line in read_trades(world) if line.symbol in symbols]
    closes = {line.symbol: _history(line.session_date) for line in lines}
    circumstances = Circumstances(
        lines,
        [Watcher(person_id=ANNA.person_id, chat_id=ANNA.chat_id, symbols=symbols)],
        closes,
        levels=LEVELS,
        rest_s=REST_S,
    )
    holes = holes_between(events, slack_s=SLACK_S)
    return check_obligations(
        _accepted(published, lines, closes),
        circumstances,
        holes,
        until_ns=until_ns - int(SLACK_S * SECOND_NS),
        minute_bars=True,
    )


def _history(until: date) -> dict[date, float]:
    days = [until - timedelta(days=back) for back in range(1, 200)]
    return {day: 1_000.0 + day.toordinal() % 2 for day in days}


def _accepted(
    published: Sequence[Trade], lines: Iterable[TradeLine], closes: dict[str, dict[date, float]]
) -> list[AcceptedAlert]:
    evaluator = Evaluator(REST_S * SECOND_NS)
    evaluator.watch(_rule(symbol, level) for symbol in closes for level in LEVELS)
    for line in {(line.symbol, line.session_date): line for line in lines}.values():
        evaluator.aim(_targets(line, closes[line.symbol]))
    return [
        AcceptedAlert(
            message_id=number,
            chat_id=ANNA.chat_id,
            accepted_at_ns=to_ns(alert.decided_at),
            shown=parse_alert(alert_text(alert, READER, repeat=False)),
        )
        for number, alert in enumerate(evaluator.on_trades(published), 1)
    ]


def _rule(symbol: str, level: float) -> Rule:
    rule_id = f"{ANNA.person_id}-{symbol}-{level:g}"
    return Rule(id=rule_id, version=1, person_id=ANNA.person_id, symbol=symbol, level=level, since_ns=0)


def _targets(line: TradeLine, closes: dict[date, float]) -> Targets:
    sigma = sample_sigma(closes, line.session_date - timedelta(days=1))
    return Targets(
        symbol=line.symbol,
        name=line.symbol,
        venue=Venue(line.venue),
        session_date=line.session_date,
        base_price=line.base_price,
        sigma=sigma.value,
        returns=sigma.returns,
        bars_until=line.session_date - timedelta(days=1),
        source="test",
        computed_at=from_ns(line.traded_at_ns),
    )
