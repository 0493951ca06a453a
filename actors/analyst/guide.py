"""What the log and the operator read of targets, in the words of the README's example. Pure.

1차 매수: 71,635원 (1.42% 하락)
"""

from actors.analyst.history import Bar
from actors.market.sigma import target_price
from protocol.messages import Targets, Venue

__all__ = ["bar_row", "buy_line", "price_text", "targets_row"]

LEVELS = (1, 2)


def price_text(price: float, venue: Venue) -> str:
    """Return *price* as people write it: won without decimals, dollars with two."""
    return f"{price:,.0f}원" if venue.is_korean else f"${price:,.2f}"


def buy_line(targets: Targets, level: int) -> str:
    """Return the line of the guide for *level* σ."""
    target = target_price(targets.base_price, targets.sigma, level)
    return f"{level}차 매수: {price_text(target, targets.venue)} ({level * targets.sigma:.2%} 하락)"


def bar_row(bar: Bar) -> list[object]:
    """Return *bar* in what JSON knows: date, open, high, low, close, volume."""
    return [bar.session_date.isoformat(), bar.open, bar.high, bar.low, bar.close, bar.volume]


def targets_row(targets: Targets) -> dict[str, object]:
    """Return *targets* with the prices made from them, in what JSON knows; falls are fractions."""
    prices = {f"target_{level}": round(target_price(targets.base_price, targets.sigma, level), 4) for level in LEVELS}
    falls = {f"fall_{level}": round(level * targets.sigma, 6) for level in LEVELS}
    return {
        "symbol": targets.symbol,
        "name": targets.name,
        "venue": targets.venue.value,
        "session_date": targets.session_date.isoformat(),
        "base_price": targets.base_price,
        "sigma": targets.sigma,
        "returns": targets.returns,
        "bars_until": targets.bars_until.isoformat(),
        "source": targets.source,
        "computed_at": targets.computed_at.isoformat(),
        **prices,
        **falls,
    }
