"""One symbol on one venue during one session: its trades and what a trade record tells about the day so far.

Every trade steps cumulative volume and value by exactly itself. The volume-weighted average leaves out the shares that
changed hands at the fixed price before the open, as KRX's does. Trades of the evening go on with the day's volume and
day's low; the day's bar is that of the regular hours.
"""

import random
from datetime import date

from msgspec import Struct

from simulator.config import SymbolProfile
from simulator.market.bars import Bar
from simulator.market.calendar import AFTER, PRE, REGULAR, Calendar, Session, Stretch
from simulator.market.minutes import MinuteBar, MinuteBook
from simulator.market.path import DayPath
from simulator.market.prices import limits, quote, tick_size

__all__ = ["BUYER", "CROSS", "SELLER", "DayState", "Instrument", "Print"]

BUYER, SELLER, CROSS = "1", "5", ""
"""Whose initiative a trade was; a cross has none."""

_SECOND_NS = 1_000_000_000
_PATH_STEP_NS = 100_000_000
"""The path is looked at so often, world time, on a fixed grid: a restart must see the same prices."""
_PREOPEN_PART = 400
_CLOSE = "5"
"""MARKET_CLS_CODE of the closing cross."""
_STATES = {PRE: "10", REGULAR: "20", AFTER: "30", _CLOSE: "21"}
"""NEW_MKOP_CLS_CODE by MARKET_CLS_CODE."""


class DayState(Struct, kw_only=True):
    """The day so far: what a restart of the simulator must not forget. Moments are whole seconds, epoch nanoseconds."""

    session_date: date
    base_price: float
    previous_volume: int
    preopen_volume: int = 0
    open: float = 0
    high: float = 0
    low: float = 0
    last: float = 0
    opened_at_ns: int = 0
    high_at_ns: int = 0
    low_at_ns: int = 0
    volume: int = 0
    value: float = 0
    sells: int = 0
    buys: int = 0
    sell_volume: int = 0
    buy_volume: int = 0
    stretch: int = 0
    """Which stretch of the session goes on or comes next."""
    is_open: bool = False
    """Whether trades may come at any moment."""
    moved_sigma: float = 0.0
    """How far events have moved the price off its path, in σ."""
    bar: Bar | None = None
    """The regular hours, once they are over."""
    minute: MinuteBar | None = None
    """The running minute."""


class Print(Struct, frozen=True, gc=False):
    """One trade with the day as it stood after it. `traded_at_ns` is cut to whole seconds, as the frame tells it."""

    index: int
    symbol: str
    venue: str
    traded_at_ns: int
    session_date: date
    price: float
    base_price: float
    volume: int
    side: str
    ask: float
    bid: float
    average: float
    open: float
    high: float
    low: float
    opened_at_ns: int
    high_at_ns: int
    low_at_ns: int
    cumulative_volume: int
    cumulative_value: float
    previous_volume: int
    sells: int
    buys: int
    sell_volume: int
    buy_volume: int
    depth: int
    market_class: str = REGULAR
    """KIS's MARKET_CLS_CODE: 1 before, 2 during, 3 after the regular hours, 5 the closing cross."""
    state: str = "20"
    """KIS's NEW_MKOP_CLS_CODE."""
    at_limit: int = 0
    """1 at the day's upper limit, -1 at the lower one."""


class Instrument:
    """One symbol on its exchange, or on NXT beside it.

    Args:
        profile: how it behaves.
        calendar: when it trades.
        venue: where, if not where the profile says.
    """

    def __init__(self, profile: SymbolProfile, calendar: Calendar, venue: str = "") -> None:
        self.profile = profile
        self.calendar = calendar
        self.venue = venue or profile.venue
        self.minutes = MinuteBook()
        self.session: Session | None = None
        self.day: DayState | None = None
        self._path: DayPath | None = None
        self._limits = (0.0, 0.0)
        self._price = 0.0
        self._step = 1.0
        self._looked_at_ns = 0

    def begin(self, session: Session, day: DayState, path: DayPath) -> None:
        """Begin *session*, or go on with it where *day* stands."""
        self.session, self.day, self._path = session, day, path
        self._limits = limits(self.profile, day.base_price)
        self._looked_at_ns = 0
        self.minutes.end_minute()
        self.minutes.running = day.minute

    @property
    def name(self) -> str:
        """What the exchange calls it: its code, and where it trades if that is not its home."""
        return self.profile.code if self.venue == self.profile.venue else f"{self.profile.code}@{self.venue}"

    @property
    def stretch(self) -> Stretch:
        """The stretch that goes on or comes next."""
        assert self.session is not None  # noqa: S101 - the exchange begins a session before anything else
        return self.session.stretches[self._begun().stretch]

    def move(self, sigma: float) -> None:
        """Move the price by *sigma* of the day's base price from now on."""
        self._begun().moved_sigma += sigma
        self._looked_at_ns = 0

    @property
    def last_price(self) -> float:
        """The last trade's price; before the first trade of the session, its base price."""
        assert self.day is not None  # noqa: S101 - the exchange begins a session before anything else
        return self.day.last or self.day.base_price

    @property
    def base_price(self) -> float:
        """The exchange's base price of the day."""
        return self._begun().base_price

    def cross(self, index: int, at_ns: int, chance: random.Random, *, is_close: bool = False) -> Print:
        """Return the trade of a cross, as at open and close: many shares at one price, nobody's initiative."""
        day = self._begun()
        self._look(at_ns)
        if not day.volume and self.stretch.has_crosses:
            day.preopen_volume = self.profile.average_volume // _PREOPEN_PART
            day.volume, day.value = day.preopen_volume, day.preopen_volume * day.base_price
        volume = self.profile.average_volume // 100 + chance.getrandbits(8)
        market_class = _CLOSE if is_close else self.stretch.market_class
        return self._print(index, at_ns, self._price, volume=volume, side=CROSS, market_class=market_class)

    def trade(self, index: int, at_ns: int, chance: random.Random) -> Print:
        """Return one trade of the continuous market near the path; at the day's limit, all are at the limit."""
        self._look(at_ns)
        bits = chance.getrandbits(40)
        price = self._price
        side = BUYER if bits & 0x100 else SELLER
        low, high = self._limits
        if low < price < high:
            price += (bits % 3 - 1) * self._step
            if (bits >> 9) % self.profile.half_step_one_in == 0 and self._step > 1 and self._step % 2 == 0:
                price += self._step / 2  # a mid-point order
        size = (bits >> 16) & 0xFFF
        volume = 1 + (size * size >> 14)
        return self._print(
            index,
            at_ns,
            min(max(price, low), high),
            volume=volume,
            side=side,
            depth=bits >> 28,
            market_class=self.stretch.market_class,
        )

    def take(self, at_ns: int, price: float, cumulative_volume: int, day: tuple[float, float, float]) -> None:
        """Take over a trade that was made elsewhere; *day* is open, high and low so far."""
        mine = self._begun()
        mine.value += price * (cumulative_volume - mine.volume)
        self.minutes.count(at_ns, price, max(cumulative_volume - mine.volume, 0) if mine.volume else 0, mine.value)
        mine.last, mine.volume = price, cumulative_volume
        mine.open, mine.high, mine.low = day

    def bar(self) -> Bar | None:
        """Return the bar of the regular hours so far; None before its first trade."""
        day = self._begun()
        if day.bar is not None:
            return day.bar
        if not day.last:
            return None
        return Bar(
            session_date=day.session_date,
            open=day.open,
            high=day.high,
            low=day.low,
            close=day.last,
            volume=day.volume,
            value=int(day.value),
        )

    def end_regular_hours(self, bar: Bar) -> None:
        """Keep *bar* as that of the regular hours: what is traded later today does not change it."""
        day = self._begun()
        day.bar = bar
        if not day.last:
            day.open, day.high, day.low, day.last = bar.open, bar.high, bar.low, bar.close
            day.volume, day.value = bar.volume, float(bar.value)

    def closing_price(self) -> float:
        """Return the price at which the session ends, seen or not."""
        day = self._begun()
        assert self.session is not None  # noqa: S101 - as above
        low, high = self._limits
        return min(max(self._price_at(self.session.closes_ns, day), low), high)

    def whole_bar(self) -> Bar:
        """Return the bar of the whole regular hours: what was traded, and the path of what nobody saw."""
        day = self._begun()
        if day.bar is not None:
            return day.bar
        assert self.session is not None  # noqa: S101 - as above
        step_ns = 60 * _SECOND_NS
        prices = [self._price_at(at_ns, day) for at_ns in range(self.session.nine_ns, self.session.closes_ns, step_ns)]
        close = self.closing_price()
        low, high = self._limits
        whole = [min(max(price, low), high) for price in (*prices, close)]
        volume = max(day.volume, self.profile.average_volume)
        return Bar(
            session_date=day.session_date,
            open=day.open or whole[0],
            high=max(*whole, day.high),
            low=min(*whole, day.low or whole[0]),
            close=close,
            volume=volume,
            value=int(volume * close),
        )

    def _begun(self) -> DayState:
        assert self.day is not None  # noqa: S101 - the exchange begins a session before anything else
        return self.day

    def _price_at(self, at_ns: int, day: DayState) -> float:
        assert self._path is not None  # noqa: S101 - as above
        assert self.session is not None  # noqa: S101 - as above
        place = self._path.at((at_ns - self.session.nine_ns) / _SECOND_NS) + day.moved_sigma
        return quote(self.profile, day.base_price * (1 + place * self.profile.sigma))

    def _look(self, at_ns: int) -> None:
        looked_at_ns = at_ns - at_ns % _PATH_STEP_NS
        if looked_at_ns == self._looked_at_ns:
            return
        low, high = self._limits
        self._price = min(max(self._price_at(looked_at_ns, self._begun()), low), high)
        self._step = tick_size(self.profile, self._price)
        self._looked_at_ns = looked_at_ns

    def _print(
        self, index: int, at_ns: int, price: float, *, volume: int, side: str, market_class: str, depth: int = 0
    ) -> Print:
        day = self._begun()
        price = price if self.profile.venue == "KRX" else round(price, 2)
        second_ns = at_ns - at_ns % _SECOND_NS
        _count(day, price, volume, side, second_ns)
        self.minutes.count(second_ns, price, volume, day.value)
        low, high = self._limits
        traded = day.volume - day.preopen_volume
        buying = side == BUYER
        return Print(
            index,
            self.profile.code,
            self.venue,
            second_ns,
            day.session_date,
            price,
            day.base_price,
            volume,
            side,
            price if buying else price + self._step,
            price - self._step if buying else price,
            (day.value - day.preopen_volume * day.base_price) / traded,
            day.open,
            day.high,
            day.low,
            day.opened_at_ns,
            day.high_at_ns,
            day.low_at_ns,
            day.volume,
            day.value,
            day.previous_volume,
            day.sells,
            day.buys,
            day.sell_volume,
            day.buy_volume,
            depth,
            market_class,
            _STATES[market_class],
            (price >= high) - (price <= low),
        )


def _count(day: DayState, price: float, volume: int, side: str, second_ns: int) -> None:
    day.last = price
    day.volume += volume
    day.value += price * volume
    if side == BUYER:
        day.buys += 1
        day.buy_volume += volume
    elif side == SELLER:
        day.sells += 1
        day.sell_volume += volume
    if not day.open:
        day.open = day.high = day.low = price
        day.opened_at_ns = day.high_at_ns = day.low_at_ns = second_ns
    elif price > day.high:
        day.high, day.high_at_ns = price, second_ns
    elif price < day.low:
        day.low, day.low_at_ns = price, second_ns
