"""The simulated exchanges: all trades of all symbols in the order in which they happen.

Everything random comes from one stream whose state is part of `MarketState`, so that a simulator that was killed makes
the same trades with the same numbers again. Each stretch of a symbol's session goes through these events:

    OPEN (opening cross, continuous trading) --> PAUSE (no trades) --> CLOSE (closing cross, bar finished) --> OPEN …

A symbol that an event has suspended (a volatility interruption, a halt) trades nothing until RESUME, a cross. What NXT
lists is an instrument of its own, `005930@NXT`, whose base price is KRX's.
"""

import bisect
import enum
import heapq
import itertools
import math
import random
from collections.abc import Collection
from datetime import date

import msgspec
from msgspec import Struct

from simulator.chance import stream
from simulator.config import SimulatorConfig, SymbolProfile
from simulator.market.bars import Bar, PastBars, one_year_before
from simulator.market.calendar import Session, calendar_of
from simulator.market.instrument import DayState, Instrument, Print
from simulator.market.path import DayPath
from simulator.market.prices import quote
from simulator.market.profiles import profiles_of

__all__ = ["Exchange", "MarketState", "SymbolState", "on_nxt"]

_SECOND_NS = 1_000_000_000
_ON_NXT = "@NXT"


def on_nxt(code: str) -> str:
    """Return the name of the instrument that is *code* on NXT."""
    return code + _ON_NXT


class SymbolState(Struct, kw_only=True):
    """One symbol: when its world began, its session so far and the bars of the sessions before, as traded."""

    first_date: date
    day: DayState
    bars: list[Bar] = []
    resets: dict[date, float] = {}
    """By which ratio the exchange has set the base price of a session anew: what lies before it is adjusted by it."""


class Stage(enum.IntEnum):
    """The events of a session; at one instant they happen in this order."""

    CLOSE = 1
    PAUSE = 2
    OPEN = 3
    RESUME = 4


class MarketState(Struct, kw_only=True):
    """The whole market between two trades. `moment_ns` is the instant up to which it has traded."""

    next_index: int = 1
    moment_ns: int = 0
    symbols: dict[str, SymbolState] = {}
    events: list[tuple[int, int, str]] = []
    trading: list[str] = []
    suspended: dict[str, int] = {}
    """Until when nothing trades, by instrument; epoch nanoseconds."""
    next_trade_ns: int = 0
    chance: tuple[int, tuple[int, ...], float | None] | None = None
    records_per_frame: tuple[int, int] = (1, 1)


class Exchange:
    """The market of one world.

    Args:
        config: symbols, rates, seed.
        start_ns: when this life of the world begins.
        state: the market so far; None for a new one.
        resume: whether to go on where *state* stands; otherwise the sessions that lie between it and *start_ns* are
            finished unseen, and a new life begins.
        mute_venues: venues whose trades come from elsewhere, as from a recording.
    """

    def __init__(
        self,
        config: SimulatorConfig,
        start_ns: int,
        state: MarketState | None = None,
        *,
        resume: bool = False,
        mute_venues: Collection[str] = (),
    ) -> None:
        self._config = config
        self._state = state or MarketState()
        self._mute_venues = mute_venues
        self.instruments: dict[str, Instrument] = {}
        self._past: dict[str, PastBars] = {}
        self._chance = random.Random()  # noqa: S311 - wanted: repeatable
        self._trading: list[Instrument] = []
        self._weights: list[float] = []
        self._interval_ns = 0.0
        self._add_symbols(start_ns)
        if resume and self._state.chance is not None:
            self._chance.setstate(self._state.chance)
            self._let_trade(list(self._state.trading))
        else:
            self._begin_life(start_ns)

    def due(self, until_ns: int, limit: int = 2_000) -> list[Print]:
        """Make and return the next trades up to *until_ns*; about *limit* at most, the rest remains due."""
        state = self._state
        trades: list[Print] = []
        while len(trades) < limit:
            event_ns = state.events[0][0]
            if self._trading and state.next_trade_ns < event_ns:
                if state.next_trade_ns > until_ns:
                    break
                trades += self._trades()
            elif event_ns > until_ns:
                break
            else:
                at_ns, stage, code = heapq.heappop(state.events)
                trades += self._on_event(at_ns, Stage(stage), self.instruments[code])
        return trades

    def history(self, code: str, until: date, since: date | None = None, *, is_adjusted: bool = True) -> list[Bar]:
        """Return the finished bars of *code*, oldest first, from *since* (or a year before *until*) to *until*."""
        since = since or one_year_before(until)
        known = self._state.symbols[code]
        bars = [bar for bar in (*self._past[code].since(since), *known.bars) if since <= bar.session_date <= until]
        if not (is_adjusted and known.resets):
            return bars
        digits = 0 if self.instruments[code].profile.venue == "KRX" else 2
        return [_adjusted(bar, known.resets, digits) for bar in bars]

    def first_date(self, name: str) -> date:
        """Return the first session date of the instrument *name* in this world."""
        return self._state.symbols[name].first_date

    def suspend(self, names: Collection[str], now_ns: int, until_ns: int, moved_sigma: float = 0.0) -> None:
        """Let the instruments *names* trade nothing until *until_ns*, then one cross.

        Args:
            names: of instruments; one that is suspended already stays so until the new end.
            now_ns: the world's moment.
            until_ns: when the cross comes; one at its usual time, as the closing cross, is left out until then.
            moved_sigma: by how much, in σ, the price will have moved.
        """
        for name in names:
            self._state.suspended[name] = max(until_ns, now_ns)
            self._schedule(self._state.suspended[name], Stage.RESUME, name)
            self.instruments[name].move(moved_sigma)
        self._let_trade([other.name for other in self._trading])

    def move(self, name: str, sigma: float) -> None:
        """Move the price of the instrument *name* by *sigma* from now on."""
        self.instruments[name].move(sigma)

    def reset(self, name: str, ratio: float) -> None:
        """Measure the session of the instrument *name* from *ratio* times its base price, and adjust its past so.

        Raises:
            LookupError: it has traded in this session already.
        """
        instrument, known = self.instruments[name], self._state.symbols[name]
        if known.day.last:
            message = f"expected a symbol that has not traded in its session yet, found {name}"
            raise LookupError(message)
        known.resets[known.day.session_date] = ratio * known.resets.get(known.day.session_date, 1.0)
        known.day.base_price = quote(instrument.profile, ratio * known.day.base_price)
        self._begin_session(instrument, _session_of(instrument), known.day)

    def reset_on(self, name: str, session_date: date) -> float:
        """Return by which ratio the base price of that session of *name* was set anew, 1 if it was not."""
        known = self._state.symbols[name]
        of_profile = self.instruments[name].profile.base_ratio if session_date == known.first_date else 1.0
        return known.resets.get(session_date, of_profile)

    @property
    def suspended(self) -> Collection[str]:
        """The instruments that trade nothing at the moment."""
        return self._state.suspended

    def set_records_per_frame(self, least: int, most: int) -> None:
        """Let trades come in goes of *least* to *most* from now on."""
        self._state.records_per_frame = (least, most)

    @property
    def records_per_frame(self) -> int:
        """The most trades that come in one go."""
        return self._state.records_per_frame[1]

    @property
    def next_index(self) -> int:
        """The number of the next trade."""
        return self._state.next_index

    def set_next_index(self, index: int) -> None:
        """Number the trades from *index* on."""
        self._state.next_index = index

    def take_index(self) -> int:
        """Return the number of a trade that comes from elsewhere, and count it."""
        self._state.next_index += 1
        return self._state.next_index - 1

    def snapshot(self, moment_ns: int) -> MarketState:
        """Return the state to resume from; *moment_ns* is the instant up to which trades were made."""
        state = self._state
        state.moment_ns = moment_ns
        version, internal, gauss = self._chance.getstate()
        state.chance = (version, internal, gauss)
        state.trading = [instrument.name for instrument in self._trading]
        for name, instrument in self.instruments.items():
            state.symbols[name].day.minute = instrument.minutes.running
        return state

    def _add_symbols(self, start_ns: int) -> None:
        for profile in profiles_of(self._config):
            self._add(_instrument(profile, self._config), start_ns)
            if profile.nxt:
                self._add(_instrument(profile, self._config, "NXT"), start_ns)

    def _add(self, instrument: Instrument, start_ns: int) -> None:
        name, profile, calendar = instrument.name, instrument.profile, instrument.calendar
        self.instruments[name] = instrument
        known = self._state.symbols.get(name)
        first = known.first_date if known else calendar.session_at(start_ns).session_date
        self._past[name] = PastBars(profile, calendar, first, self._config.seed)
        if known is None:
            yesterday = self._past[name].since(calendar.previous_before(first))
            volume = yesterday[-1].volume if yesterday else 0
            day = DayState(session_date=first, base_price=profile.base_price, previous_volume=volume)
            known = self._state.symbols[name] = SymbolState(first_date=first, day=day)
        self._begin_session(instrument, calendar.session_on(known.day.session_date), known.day)

    def _begin_life(self, start_ns: int) -> None:
        state, config = self._state, self._config
        self._chance = stream(config.seed, "trades", start_ns)
        state.records_per_frame = (
            config.records_per_frame_least,
            max(config.records_per_frame_least, config.records_per_frame_most),
        )
        state.events, state.suspended = [], {}
        for name, instrument in self.instruments.items():
            while (session := _session_of(instrument)).ends_ns <= start_ns:
                self._finish_session(instrument, instrument.whole_bar())
            day = state.symbols[name].day
            day.stretch = session.stretch_at(start_ns)
            if session.closes_ns <= start_ns:
                instrument.end_regular_hours(instrument.whole_bar())
            state.events.append((max(instrument.stretch.opens_ns, start_ns), Stage.OPEN, name))
        heapq.heapify(state.events)
        state.next_trade_ns = start_ns
        self._let_trade([])

    def _begin_session(self, instrument: Instrument, session: Session, day: DayState) -> None:
        profile = instrument.profile
        path = DayPath(profile, stream(self._config.seed, "path", profile.code, session.session_date))
        instrument.begin(session, day, path)

    def _finish_session(self, instrument: Instrument, bar: Bar) -> None:
        known = self._state.symbols[instrument.name]
        known.bars.append(bar)
        session = instrument.calendar.session_on(instrument.calendar.next_after(bar.session_date))
        base_price = self.history(instrument.profile.code, bar.session_date)[-1].close
        known.day = DayState(session_date=session.session_date, base_price=base_price, previous_volume=bar.volume)
        self._begin_session(instrument, session, known.day)

    def _on_event(self, at_ns: int, stage: Stage, instrument: Instrument) -> list[Print]:
        match stage:
            case Stage.OPEN:
                return self._open(at_ns, instrument)
            case Stage.PAUSE:
                self._state.symbols[instrument.name].day.is_open = False
                self._schedule(instrument.stretch.closes_ns, Stage.CLOSE, instrument.name)
                self._let_trade([other.name for other in self._trading])
                return []
            case Stage.CLOSE:
                return self._close(at_ns, instrument)
            case Stage.RESUME:
                return self._resume(at_ns, instrument)

    def _open(self, at_ns: int, instrument: Instrument) -> list[Print]:
        self._schedule(instrument.stretch.continuous_until_ns, Stage.PAUSE, instrument.name)
        if instrument.venue in self._mute_venues:
            return []
        self._state.symbols[instrument.name].day.is_open = True
        return self._begin_to_trade(at_ns, instrument, has_cross=instrument.stretch.has_crosses)

    def _begin_to_trade(self, at_ns: int, instrument: Instrument, *, has_cross: bool) -> list[Print]:
        if instrument.name in self._state.suspended:
            return []
        if not self._trading:
            self._state.next_trade_ns = at_ns
        self._let_trade([*(other.name for other in self._trading), instrument.name])
        return [instrument.cross(self.take_index(), at_ns, self._chance)] if has_cross else []

    def _close(self, at_ns: int, instrument: Instrument) -> list[Print]:
        trades = []
        has_cross = instrument.stretch.has_crosses and instrument.venue not in self._mute_venues
        if has_cross and instrument.name not in self._state.suspended:
            trades.append(instrument.cross(self.take_index(), at_ns, self._chance, is_close=True))
        session, day = _session_of(instrument), self._state.symbols[instrument.name].day
        if at_ns >= session.closes_ns and day.bar is None:
            instrument.end_regular_hours(instrument.bar() or instrument.whole_bar())
        if day.stretch + 1 < len(session.stretches):
            day.stretch += 1
        else:
            self._finish_session(instrument, instrument.bar() or instrument.whole_bar())
        self._schedule(instrument.stretch.opens_ns, Stage.OPEN, instrument.name)
        return trades

    def _resume(self, at_ns: int, instrument: Instrument) -> list[Print]:
        if self._state.suspended.get(instrument.name) != at_ns:
            return []  # another event has moved the end
        del self._state.suspended[instrument.name]
        if not self._state.symbols[instrument.name].day.is_open:
            return []
        return self._begin_to_trade(at_ns, instrument, has_cross=True)

    def _schedule(self, at_ns: int, stage: Stage, code: str) -> None:
        heapq.heappush(self._state.events, (at_ns, stage, code))

    def _let_trade(self, names: list[str]) -> None:
        symbols, suspended = self._state.symbols, self._state.suspended
        free = [name for name in names if symbols[name].day.is_open and name not in suspended]
        self._trading = [self.instruments[name] for name in free]
        rates = [instrument.profile.trades_per_second for instrument in self._trading]
        if self._config.trades_per_second:
            rates = [self._config.trades_per_second / len(free) for _ in free]
        self._weights = list(itertools.accumulate(rates))
        if not self._weights or not self._weights[-1]:
            self._trading = []
            return
        self._interval_ns = self._config.speed * _SECOND_NS / self._weights[-1]

    def _trades(self) -> list[Print]:
        state, chance = self._state, self._chance
        at_ns, index = state.next_trade_ns, state.next_index
        instrument = self._trading[bisect.bisect_right(self._weights, chance.random() * self._weights[-1])]
        least, most = state.records_per_frame
        count = least if least == most else chance.randint(least, most)
        state.next_trade_ns += int(count * self._interval_ns)
        state.next_index += count
        return [instrument.trade(index + place, at_ns, chance) for place in range(count)]


def _instrument(profile: SymbolProfile, config: SimulatorConfig, venue: str = "") -> Instrument:
    venue = venue or profile.venue
    calendar = calendar_of(venue, config.closed_days, has_after_market=profile.kind == "share")
    return Instrument(profile, calendar, venue)


def _adjusted(bar: Bar, resets: dict[date, float], digits: int) -> Bar:
    """Return *bar* as it is told after *resets*: its prices in the money of today, each rounded by itself."""
    ratio = math.prod(each for on, each in resets.items() if bar.session_date < on)
    if ratio == 1:
        return bar
    prices = {name: round(ratio * getattr(bar, name), digits) for name in ("open", "high", "low", "close")}
    return msgspec.structs.replace(bar, volume=int(bar.volume / ratio), **prices)


def _session_of(instrument: Instrument) -> Session:
    assert instrument.session is not None  # noqa: S101 - begun when the symbol was added
    return instrument.session
