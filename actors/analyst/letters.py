"""What analyst writes to people. An id is made from the letter's causes alone, so that none goes twice. Pure."""

from collections.abc import Mapping
from datetime import date

from protocol.letters import THE_OPERATOR, BasePriceReset, Letter, NoTarget, OpenDaysDiffer, TradingHalted
from protocol.messages import Targets

__all__ = ["base_price_reset", "no_target", "open_days_differ", "trading_halted"]


def base_price_reset(targets: Targets, close: float, person_id: int) -> Letter:
    """Return what is told, once a session, when the exchange measures it from another price than the last *close*."""
    matter = BasePriceReset(
        symbol=targets.symbol, name=targets.name, venue=targets.venue, close=close, base_price=targets.base_price
    )
    letter_id = f"analyst:base_price_reset:{targets.symbol}:{targets.session_date}:{person_id}"
    return Letter(id=letter_id, person_id=person_id, matter=matter)


def no_target(targets: Targets, person_id: int) -> Letter:
    """Return what is told when something stands in the way of a target: once, and each month that it lasts."""
    matter = NoTarget(symbol=targets.symbol, name=targets.name, obstacle=targets.obstacle, returns=targets.returns)
    month = f"{targets.bars_until:%Y-%m}"
    letter_id = f"analyst:no_target:{targets.symbol}:{targets.obstacle}:{month}:{person_id}"
    return Letter(id=letter_id, person_id=person_id, matter=matter)


def trading_halted(targets: Targets, person_id: int) -> Letter:
    """Return what is told when trading is halted: once, however many mornings it lasts without a bar."""
    matter = TradingHalted(symbol=targets.symbol, name=targets.name)
    letter_id = f"analyst:trading_halted:{targets.symbol}:{targets.bars_until}:{person_id}"
    return Letter(id=letter_id, person_id=person_id, matter=matter)


def open_days_differ(is_open: Mapping[date, bool]) -> Letter:
    """Return what the operator is told when KIS knows days otherwise than the calendar; *is_open* is KIS's word."""
    matter = OpenDaysDiffer(
        closed=sorted(on for on, told in is_open.items() if not told),
        open=sorted(on for on, told in is_open.items() if told),
    )
    days = ",".join(f"{on}{'+' if told else '-'}" for on, told in sorted(is_open.items()))
    return Letter(id=f"analyst:open_days_differ:{days}", person_id=THE_OPERATOR, matter=matter)
