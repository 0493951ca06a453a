"""The simulated exchanges: all trades of all symbols in the order in which they happen.

Everything random comes from one stream whose state is part of `MarketState`, so that a simulator that was killed makes
the same trades with the same numbers again. A session of a symbol goes through these events:

    OPEN (opening cross, continuous trading) --> PAUSE (no trades) --> CLOSE (closing cross, bar finished) --> OPEN …
"""

import bisect
import enum
import heapq
import itertools
import random
from collections.abc import Collection
from datetime import date

from msgspec import Struct

from simulator.chance import stream
from simulator.config import SimulatorConfig
from simulator.market.bars import Bar, PastBars, one_year_before
from simulator.market.calendar import Session, calendar_of
from simulator.market.instrument import DayState, Instrument, Print
from simulator.market.path import DayPath
from simulator.market.profiles import profiles_of

__all__ = ["Exchange", "MarketState", "SymbolState"]

_SECOND_NS = 1_000_000_000


class SymbolState(Struct, kw_only=True):
    """One symbol: when its world began, its session so far and the bars of the sessions before."""

    first_date: date
    day: DayState
    bars: list[Bar] = []


class Stage(enum.IntEnum):
    """The events of a session; at one instant they happen in this order."""

    CLOSE = 1
    PAUSE = 2
    OPEN = 3


class MarketState(Struct, kw_only=True):
    """The whole market between two trades. `moment_ns` is the instant up to which it has traded."""

    next_index: int = 1
    moment_ns: int = 0
    symbols: dict[str, SymbolState] = {}
    events: list[tuple[int, int, str]] = []
    trading: list[str] = []
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

    def history(self, code: str, until: date, since: date | None = None) -> list[Bar]:
        """Return the finished bars of *code*, oldest first, from *since* (or a year before *until*) to *until*."""
        since = since or one_year_before(until)
        bars = [*self._past[code].since(since), *self._state.symbols[code].bars]
        return [bar for bar in bars if since <= bar.session_date <= until]

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
        state.trading = [instrument.profile.code for instrument in self._trading]
        return state

    def _add_symbols(self, start_ns: int) -> None:
        config = self._config
        for profile in profiles_of(config):
            calendar = calendar_of(profile.venue, config.closed_days)
            instrument = Instrument(profile, calendar)
            self.instruments[profile.code] = instrument
            known = self._state.symbols.get(profile.code)
            first = known.first_date if known else calendar.session_at(start_ns).session_date
            self._past[profile.code] = PastBars(profile, calendar, first, config.seed)
            if known is None:
                yesterday = self._past[profile.code].since(calendar.previous_before(first))[-1]
                day = DayState(session_date=first, base_price=profile.base_price, previous_volume=yesterday.volume)
                known = self._state.symbols[profile.code] = SymbolState(first_date=first, day=day)
            self._begin_session(instrument, calendar.session_on(known.day.session_date), known.day)

    def _begin_life(self, start_ns: int) -> None:
        state, config = self._state, self._config
        self._chance = stream(config.seed, "trades", start_ns)
        state.records_per_frame = (
            config.records_per_frame_least,
            max(config.records_per_frame_least, config.records_per_frame_most),
        )
        state.events = []
        for code, instrument in self.instruments.items():
            while (session := _session_of(instrument)).closes_ns <= start_ns:
                self._finish_session(instrument, instrument.whole_bar())
            state.events.append((max(session.opens_ns, start_ns), Stage.OPEN, code))
        heapq.heapify(state.events)
        state.next_trade_ns = start_ns
        self._let_trade([])

    def _begin_session(self, instrument: Instrument, session: Session, day: DayState) -> None:
        profile = instrument.profile
        path = DayPath(profile, stream(self._config.seed, "path", profile.code, session.session_date))
        instrument.begin(session, day, path)

    def _finish_session(self, instrument: Instrument, bar: Bar) -> None:
        known = self._state.symbols[instrument.profile.code]
        known.bars.append(bar)
        session = instrument.calendar.session_on(instrument.calendar.next_after(bar.session_date))
        known.day = DayState(session_date=session.session_date, base_price=bar.close, previous_volume=bar.volume)
        self._begin_session(instrument, session, known.day)

    def _on_event(self, at_ns: int, stage: Stage, instrument: Instrument) -> list[Print]:
        code, session = instrument.profile.code, _session_of(instrument)
        trading = [other.profile.code for other in self._trading]
        trades: list[Print] = []
        if stage is not Stage.PAUSE and instrument.profile.venue not in self._mute_venues:
            trades.append(instrument.cross(self.take_index(), at_ns, self._chance))
        if stage is Stage.OPEN:
            self._schedule(session.continuous_until_ns, Stage.PAUSE, code)
            if trades:
                self._state.next_trade_ns = self._state.next_trade_ns if trading else at_ns
                self._let_trade([*trading, code])
        elif stage is Stage.PAUSE:
            self._schedule(session.closes_ns, Stage.CLOSE, code)
            self._let_trade([other for other in trading if other != code])
        else:
            self._finish_session(instrument, instrument.bar() or instrument.whole_bar())
            self._schedule(_session_of(instrument).opens_ns, Stage.OPEN, code)
        return trades

    def _schedule(self, at_ns: int, stage: Stage, code: str) -> None:
        heapq.heappush(self._state.events, (at_ns, stage, code))

    def _let_trade(self, codes: list[str]) -> None:
        self._trading = [self.instruments[code] for code in codes]
        rates = [instrument.profile.trades_per_second for instrument in self._trading]
        if self._config.trades_per_second:
            rates = [self._config.trades_per_second / len(codes) for _ in codes]
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


def _session_of(instrument: Instrument) -> Session:
    assert instrument.session is not None  # noqa: S101 - begun when the symbol was added
    return instrument.session
