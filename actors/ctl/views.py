"""`sigmactl targets` and `alerts`: what is waited for, and what came of it."""

import argparse

import msgspec
from msgspec import Struct

from actors.ctl.display import Cell, put, put_json, table
from actors.ctl.installation import find_settings
from actors.ctl.prices import amount, percent, reached_at, wall_clock
from actors.ledger.alerts import read_alerts
from actors.ledger.rows import AlertRow
from actors.market.backtest import HORIZONS
from actors.runtime.config import Settings
from actors.runtime.errors import ActorError
from actors.runtime.visitor import Visitor
from protocol.messages import Venue
from protocol.rules import short_name
from protocol.topology import Address

__all__ = ["show_alerts", "show_targets"]

ANSWER_S = 5.0


class TargetsRow(Struct, kw_only=True):
    """What analyst answers for one symbol, with evaluator's last price; falls and distance are fractions."""

    symbol: str
    name: str
    venue: Venue
    session_date: str
    base_price: float
    sigma: float
    target_1: float
    fall_1: float
    target_2: float
    fall_2: float
    order_1: float
    order_2: float
    out_of_reach: list[int]
    kind: str
    notes: list[str]
    returns: int
    bars_until: str
    source: str
    computed_at: str
    price: float | None = None
    traded_at: str | None = None
    distance: float | None = None
    """How much of the price now it may still fall to the 1σ target; below zero, it is past it."""


class _Told(Struct, frozen=True):
    """analyst's answer to `targets`."""

    targets: list[TargetsRow]
    reasons: dict[str, str]


class _LastPrice(Struct, frozen=True):
    """evaluator's answer to `prices`, for one symbol."""

    price: float
    traded_at: str


def show_targets(arguments: argparse.Namespace) -> int:
    """Print the newest targets of every watched symbol; 1 if one has none."""
    told = _read_targets(find_settings(arguments))
    if "json" in arguments:
        rows = [{"code": row.symbol, **msgspec.to_builtins(row)} for row in told.targets]
        put_json(rows + [{"code": symbol, "reason": reason} for symbol, reason in told.reasons.items()])
    else:
        put(table([_target_line(row) for row in told.targets]) or _without_targets(told.reasons))
        for row in told.targets:
            put("".join(f"{row.symbol}: {remark}\n" for remark in _remarks(row)))
        for symbol, reason in told.reasons.items():
            put(f"{symbol}: {reason}\n")
    return 1 if told.reasons or not told.targets else 0


def show_alerts(arguments: argparse.Namespace) -> int:
    """Print the alerts, newest last."""
    rows = read_alerts(find_settings(arguments), arguments.last)
    if "json" in arguments:
        put_json(rows)
    else:
        line = _outcome_line if arguments.outcomes else _alert_line
        put(table([line(row) for row in rows]) or "no alerts yet\n")
    return 0


def _read_targets(settings: Settings) -> _Told:
    """Return analyst's targets with evaluator's last prices, and why some symbols have none.

    Raises:
        CommandRefused: analyst refused.
        Unanswered: analyst does not answer; evaluator's silence only leaves the prices out.
    """
    with Visitor(settings) as visitor:
        told = msgspec.convert(visitor.ask(Address("analyst"), "targets", timeout_s=ANSWER_S), _Told)
        answer = visitor.ask_all([Address("evaluator")], "prices")[Address("evaluator")]
    last = {} if isinstance(answer, ActorError) else msgspec.convert(answer, dict[str, _LastPrice])
    for row in told.targets:
        if found := last.get(row.symbol):
            row.price, row.traded_at = found.price, found.traded_at
            row.distance = round((found.price - row.target_1) / found.price, 6)
    return told


def _without_targets(reasons: dict[str, str]) -> str:
    if not reasons:
        return "nobody watches anything yet\n"
    return f"watched: {len(reasons)}, with targets: none yet\n"


def _remarks(row: TargetsRow) -> list[str]:
    """Return what must be known of a symbol's day beside its prices."""
    beyond = [f"{level}σ lies below the day's lower limit: no trade can reach it" for level in row.out_of_reach]
    return beyond + [f"today: {note}" for note in row.notes]


def _target_line(row: TargetsRow) -> dict[str, Cell]:
    return {
        "code": row.symbol,
        "name": row.name,
        "base": amount(row.base_price, row.venue),
        "sigma": percent(row.sigma, decimals=3),
        "1σ": amount(row.target_1, row.venue),
        "1σ_order": amount(row.order_1, row.venue),
        "1σ_fall": percent(row.fall_1),
        "2σ": amount(row.target_2, row.venue),
        "2σ_order": amount(row.order_2, row.venue),
        "2σ_fall": percent(row.fall_2),
        "price": amount(row.price, row.venue),
        "distance": percent(row.distance, "+"),
        "session_date": row.session_date,
    }


def _alert_line(row: AlertRow) -> dict[str, Cell]:
    text, picture = row.text, row.picture
    return {
        "#": row.number,
        "id": row.id,
        "person": row.person,
        "symbol": row.symbol,
        "level": short_name(row.kind, row.direction, row.level),
        "price": amount(row.price, row.venue),
        "target": reached_at(row.kind, row.target, row.venue),
        "traded_at": wall_clock(row.traded_at),
        "decided_at": wall_clock(row.decided_at),
        "sent_at": wall_clock(text.sent_at) if text else None,
        "message_id": text.name_there if text else None,
        "picture_message_id": picture.message_id if picture else None,
    }


def _outcome_line(row: AlertRow) -> dict[str, Cell]:
    changes = {f"after {sessions}": percent(row.outcomes.get(sessions), "+") for sessions in HORIZONS}
    return {
        "#": row.number,
        "id": row.id,
        "person": row.person,
        "symbol": row.symbol,
        "name": row.name,
        "level": short_name(row.kind, row.direction, row.level),
        "price": amount(row.price, row.venue),
        "traded_at": wall_clock(row.traded_at),
        **changes,
    }
