"""The floor of the evaluator, a process: SUB, a look at each trade's target, one commit, PUSH.

`python -m benchmarks.floors.evaluator TRADES_ENDPOINT ALERTS_ENDPOINT DATABASE TALLY REST_S`. It blocks until there is
something, drains what is ready, and commits the alerts in it with one fsync (WAL, synchronous FULL), as ours does.
"""

import sqlite3
import sys
from pathlib import Path

import msgspec
import zmq

from benchmarks.floors.alerts import FloorAlert
from benchmarks.floors.split import FloorTrade
from benchmarks.records import BASE_PRICE, SESSION_DATE, SIGMA, SYMBOLS
from benchmarks.tally import Tally

__all__: list[str] = []

MOST_AT_ONCE = 1_000
NS = 1_000_000_000
TARGET = BASE_PRICE * (1 - SIGMA)


def _evaluate(trades: "zmq.Socket[bytes]", inbox: "zmq.Socket[bytes]", rest_ns: int) -> None:
    database = _open_database(Path(sys.argv[3]))
    tally = Tally(Path(sys.argv[4]))
    decode = msgspec.msgpack.Decoder(list[FloorTrade]).decode
    encode = msgspec.msgpack.Encoder().encode
    target_by_symbol = dict.fromkeys(SYMBOLS, TARGET)
    rests_until_ns = dict.fromkeys(SYMBOLS, 0)
    count = 0
    while True:
        alerts = []
        for frame in _ready(trades):
            batch = decode(frame)
            count += len(batch)
            for trade in batch:
                if trade.price <= target_by_symbol[trade.symbol] and trade.traded_at_ns >= rests_until_ns[trade.symbol]:
                    rests_until_ns[trade.symbol] = trade.traded_at_ns + rest_ns
                    alerts.append(_alert(trade))
        if alerts:
            with database:
                database.executemany("INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?)", map(_row, alerts))
            for alert in alerts:
                inbox.send(encode(alert), zmq.NOBLOCK)
        tally.count = count


def _ready(trades: "zmq.Socket[bytes]") -> list[bytes]:
    frames = [trades.recv()]
    try:
        while len(frames) < MOST_AT_ONCE:
            frames.append(trades.recv(zmq.NOBLOCK))
    except zmq.Again:
        pass
    return frames


def _alert(trade: FloorTrade) -> FloorAlert:
    alert_id = f"{trade.symbol}:{SESSION_DATE}:{trade.traded_at_ns}"
    return FloorAlert(alert_id, trade.symbol, trade.price, TARGET, BASE_PRICE, SIGMA, trade.traded_at_ns)


def _row(alert: FloorAlert) -> tuple[object, ...]:
    return tuple(getattr(alert, name) for name in alert.__struct_fields__)


def _open_database(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE alerts (id PRIMARY KEY, symbol, price, target, base_price, sigma, traded_at_ns)")
    return database


if __name__ == "__main__":
    with zmq.Context() as _CONTEXT, _CONTEXT.socket(zmq.SUB) as _TRADES, _CONTEXT.socket(zmq.PUSH) as _INBOX:
        _TRADES.set_hwm(0)
        _TRADES.subscribe(b"")
        _TRADES.connect(sys.argv[1])
        _INBOX.connect(sys.argv[2])
        _evaluate(_TRADES, _INBOX, int(float(sys.argv[5]) * NS))
