"""What the log and the operator read of targets, in the words of the README's example. Pure.

1차 매수: 71,635원 (1.42% 하락)
"""

from actors.analyst.bars.history import Bar
from actors.market.money import price_text
from actors.market.obstacles import Obstacle
from actors.market.prices import Instrument, is_out_of_reach, orderable_price
from actors.market.sigma import target_price
from actors.words.catalogue import words_in
from protocol.messages import Targets

__all__ = ["bar_row", "buy_line", "obstacle_line", "targets_row"]

LEVELS = (1, 2)
OBSTACLES = {
    Obstacle.LIQUIDATION.value: "it is in liquidation trading, its last days before it is delisted",
    Obstacle.NO_RECENT_TRADES.value: "it has not traded since {until}: the first price after that is nobody's guess",
    Obstacle.SHORT_HISTORY.value: "too few daily returns up to {until}: {returns}",
    Obstacle.NEVER_MOVED.value: "its close was the same on all days up to {until}",
}


def buy_line(targets: Targets, level: int) -> str:
    """Return the line of the guide for *level* σ."""
    target = target_price(targets.base_price, targets.sigma, level)
    price, fall = price_text(target, targets.venue, "ko"), f"{level * targets.sigma:.2%}"
    return words_in("ko", "guide").say("guide.buy", level=level, price=price, fall=fall)


def obstacle_line(targets: Targets) -> str:
    """Return for the operator why there is no target."""
    pattern = OBSTACLES.get(targets.obstacle, targets.obstacle)
    return pattern.format(until=targets.bars_until, returns=targets.returns)


def bar_row(bar: Bar) -> list[object]:
    """Return *bar* in what JSON knows: date, open, high, low, close, volume."""
    return [bar.session_date.isoformat(), bar.open, bar.high, bar.low, bar.close, bar.volume]


def targets_row(targets: Targets) -> dict[str, object]:
    """Return *targets* with the prices made from them, in what JSON knows; falls are fractions."""
    base_price, venue = targets.base_price, targets.venue
    exact = {level: target_price(base_price, targets.sigma, level) for level in LEVELS}
    instrument = Instrument.of_kind(targets.kind)
    prices = {f"target_{level}": round(price, 4) for level, price in exact.items()}
    orders = {f"order_{level}": orderable_price(price, venue, instrument) for level, price in exact.items()}
    falls = {f"fall_{level}": round(level * targets.sigma, 6) for level in LEVELS}
    beyond = [level for level, price in exact.items() if is_out_of_reach(price, base_price, venue, targets.kind)]
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
        "kind": targets.kind,
        "notes": targets.notes,
        "out_of_reach": beyond,
        **prices,
        **orders,
        **falls,
    }
