"""What the journals say that could be seen: which trades, and whose questions."""

import json
from datetime import UTC, datetime
from pathlib import Path

from simulator.judgement.evidence import SECOND_NS, TradeLine, read_trades

NINE_NS = int(datetime(2025, 11, 28, 0, 0, tzinfo=UTC).timestamp()) * SECOND_NS
NIGHT_NS = NINE_NS + 15 * 3600 * SECOND_NS
"""10:00 in New York."""


def trade(index: int, symbol: str, **changes: object) -> dict[str, object]:
    """Return a line of `trades.jsonl`."""
    line: dict[str, object] = {"index": index, "symbol": symbol, "venue": "KRX", "traded_at_ns": NINE_NS}
    line |= {"session_date": "2025-11-28", "price": 100.0, "base_price": 110.0, "day_low": 90.0}
    line |= {"day_low_at_ns": NINE_NS, "connection": None, "written_at": NINE_NS + index}
    return line | changes


def poll(
    second: int, caller: str, symbol: str = "SOXL", venue: str = "AMEX", world_ns: int = NIGHT_NS
) -> dict[str, object]:
    """Return a line of `polls.jsonl`, asked so many real seconds after the first."""
    line: dict[str, object] = {"symbol": symbol, "venue": venue, "world_ns": world_ns + second * SECOND_NS}
    line |= {"session_date": "2025-11-28", "price": 39.0, "base_price": 41.27}
    return line | {"monotonic_ns": second * SECOND_NS, "caller": caller}


def read(directory: Path, trades: list[dict[str, object]], polls: list[dict[str, object]]) -> list[TradeLine]:
    """Return what these journals tell."""
    for name, lines in (("trades", trades), ("polls", polls)):
        (directory / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return read_trades(directory)


def test_only_the_regular_session_of_krx_counts(tmp_path: Path) -> None:
    """Evenings and NXT alert nobody unless he asks for it."""
    lines = [
        trade(1, "005930"),
        trade(2, "005930", session="after_hours"),
        trade(3, "005930", venue="NXT"),
    ]

    assert [line.index for line in read(tmp_path, lines, [])] == [1]


def test_american_trades_count_from_the_first_that_somebody_got(tmp_path: Path) -> None:
    """Before it nobody had registered; behind it a trade that nobody got is lost, unless a hole explains it."""
    lines = [
        trade(number, symbol, venue="AMEX", connection=connection)
        for number, (symbol, connection) in enumerate([("SOXL", None), ("SOXL", 1), ("SOXL", None), ("TQQQ", None)])
    ]

    found = read(tmp_path, lines, [])

    assert [line.index for line in found] == [1, 2]
    assert {line.day_low_at_ns for line in found} == {0}


def test_a_caller_that_asks_again_soon_is_a_poller(tmp_path: Path) -> None:
    """He must act on what he hears; who asks once may have wanted the base price."""
    lines = [poll(0, "a"), poll(5, "b"), poll(15, "a"), poll(30, "a"), poll(1_000, "b"), poll(2_000, "c"), poll(7, "")]

    found = read(tmp_path, [], lines)

    assert [line.is_certain for line in found] == [True, False, True, True, True, False, False]


def test_a_low_and_a_high_between_two_answers_are_trades_of_the_first_ones_time(tmp_path: Path) -> None:
    """What was traded between them nobody saw, and whoever waited for it is told."""
    first = poll(0, "a") | {"day_low": 38.5, "day_high": 42.0}
    second = poll(15, "a") | {"day_low": 38.0, "day_high": 42.5}
    third = poll(30, "a") | {"day_low": 38.0, "day_high": 42.5}

    found = read(tmp_path, [], [first, second, third])

    hidden = [(line.price, line.traded_at_ns - NIGHT_NS) for line in found if line.is_hidden]
    assert hidden == [(38.0, 0), (42.5, 0)]
    assert [line.price for line in found if not line.is_hidden] == [39.0] * 3


def test_a_price_that_is_the_new_low_or_high_itself_hides_nothing(tmp_path: Path) -> None:
    """It is a trade of the answer that told it; at the earlier one the price stood elsewhere."""
    first = poll(0, "a") | {"day_low": 39.5, "day_high": 42.0}
    second = poll(15, "a") | {"day_low": 39.0, "day_high": 42.0}
    third = poll(30, "a") | {"price": 42.5, "day_low": 39.0, "day_high": 42.5}

    assert not any(line.is_hidden for line in read(tmp_path, [], [first, second, third]))


def test_a_korean_symbol_that_nobody_streams_is_what_its_polls_say(tmp_path: Path) -> None:
    """The forty-second symbol: between two polls nobody can know."""
    polls = [poll(second, "a", "005930", "KRX", NINE_NS) for second in (0, 15)]
    lines = [trade(1, "005930"), trade(2, "000660"), trade(3, "122630", connection=1)]

    found = read(tmp_path, lines, [*polls, poll(0, "a", "122630", "KRX", NINE_NS)])

    assert [line.index for line in found if not line.is_polled] == [2, 3]
    assert [(line.symbol, line.is_certain) for line in found if line.is_polled] == [
        ("005930", True),
        ("122630", False),
        ("005930", True),
    ]
