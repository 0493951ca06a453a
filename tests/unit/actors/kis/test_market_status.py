"""What KIS tells of halts, interruptions and circuit breakers."""

from datetime import UTC, datetime

import pytest

from actors.kis.errors import FrameError
from actors.kis.market_status import parse_market_status
from protocol.messages import CIRCUIT_BREAKER, HALTED, VOLATILITY_INTERRUPTION, MarketStatus

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)


def record(halted: str = "N", phase: str = "112", vi: str = "N", evening_vi: str = "N", symbol: str = "005930") -> str:
    """Return one record as KIS writes it."""
    return f"{symbol}^{halted}^(null)^{phase}^^^^55^{vi}^{evening_vi}^KRX"


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (record(), []),
        (record(vi="Y"), [VOLATILITY_INTERRUPTION]),
        (record(evening_vi="Y"), [VOLATILITY_INTERRUPTION]),
        (record(halted="Y"), [HALTED]),
        (record(halted="Y", vi="Y"), [HALTED, VOLATILITY_INTERRUPTION]),
        (record(halted="Y", phase="174"), [CIRCUIT_BREAKER]),
        (record(halted="Y", phase="AF8"), [CIRCUIT_BREAKER]),
        (record(phase="175"), []),
        (record(phase="AF1"), []),
        (record() + "^appended", []),
    ],
)
def test_each_state_is_one_note(text: str, notes: list[str]) -> None:
    """A circuit breaker halts the symbol, too: said once, in the words that explain it."""
    assert parse_market_status(text, 1, NOW) == [MarketStatus(symbol="005930", notes=notes, told_at=NOW)]


def test_a_frame_may_hold_several_records() -> None:
    """A circuit breaker comes for every symbol at once."""
    text = f"{record(phase='174')}^{record(phase='174', symbol='Q530036')}"

    assert [status.symbol for status in parse_market_status(text, 2, NOW)] == ["005930", "Q530036"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("005930^N", "status_width"),
        (record() + "^" + record(), "status_width"),
        (record(symbol="DROP TABLE"), "status_symbol"),
        (record(halted="X"), "status_mark"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_kind(text: str, kind: str) -> None:
    """Ten fields without a code, as documented of another TR, must not become a halt of something else."""
    with pytest.raises(FrameError) as refused:
        parse_market_status(text, 1, NOW)

    assert refused.value.kind == kind
