"""A frame of market status (H0STMKO0) -> `MarketStatus`. Pure.

    0|H0STMKO0|001|005930^N^(null)^112^^^^55^Y^N^KRX

KIS sends one when something begins or ends: a halt, a volatility interruption, a circuit breaker. It has 11 fields, or
10 without the exchange; more may be appended.

Source: KIS document of H0STMKO0; AF8 and AF1 as seen at circuit breakers.
"""

import re
from datetime import datetime

from actors.kis.errors import FrameError
from protocol.messages import CIRCUIT_BREAKER, HALTED, VOLATILITY_INTERRUPTION, MarketStatus

__all__ = ["parse_market_status"]

WIDTH = 10
SYMBOL, IS_HALTED, PHASE, VI, AFTER_HOURS_VI = 0, 1, 3, 8, 9
CIRCUIT_BREAKER_PHASES = frozenset({"174", "182", "184", "AF8"})
"""Triggered, and its call auctions; 175, 185 and AF1 end it."""

_SYMBOL = re.compile("Q?[0-9A-Z]{6}")


def parse_market_status(payload: str, records: int, told_at: datetime) -> list[MarketStatus]:
    """Return what the *records* records in *payload*, the frame behind its head, tell.

    Raises:
        FrameError: it is not what KIS documents.
    """
    fields = payload.split("^")
    width, rest = divmod(len(fields), records)
    if rest or not WIDTH <= width < 2 * WIDTH:
        expected = f"{WIDTH} to {2 * WIDTH - 1} fields a record"
        raise FrameError(kind="status_width", expected=expected, found=f"{len(fields)} in {records}")
    return [_read(fields[start : start + width], told_at) for start in range(0, len(fields), width)]


def _read(record: list[str], told_at: datetime) -> MarketStatus:
    if not _SYMBOL.fullmatch(record[SYMBOL]):
        raise FrameError(kind="status_symbol", expected="a code of six letters and digits", found=record[SYMBOL])
    marks = (record[IS_HALTED], record[VI], record[AFTER_HOURS_VI])
    if not set(marks) <= {"Y", "N", "", "(null)"}:
        raise FrameError(kind="status_mark", expected="Y or N", found=" ".join(marks))
    notes = []
    if record[PHASE] in CIRCUIT_BREAKER_PHASES:
        # It halts the symbol, too: one reason is enough.
        notes.append(CIRCUIT_BREAKER)
    elif record[IS_HALTED] == "Y":
        notes.append(HALTED)
    if "Y" in marks[1:]:
        notes.append(VOLATILITY_INTERRUPTION)
    return MarketStatus(symbol=record[SYMBOL], notes=notes, told_at=told_at)
