"""Every message that crosses a socket, and nothing else.

All are frozen Structs, encoded as MessagePack arrays with the type's name first (`array_like`, `tag`): small, quick to
read, and open at the end. A new field is appended with a default and no field ever changes its type or meaning, so an
old reader skips what it does not know.

Moments are tz-aware UTC `datetime`s; the one exception is `Trade`, whose moments are UTC epoch nanoseconds. A session
date is the exchange's own date. Market prices are floats: won are exact, US prices have four decimals.
"""

import enum
from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from protocol.rules import Direction, RuleKind, is_purchase

__all__ = [
    "CIRCUIT_BREAKER",
    "HALTED",
    "LOWER_LIMIT",
    "RESUMED",
    "VOLATILITY_INTERRUPTION",
    "Alert",
    "Carried",
    "ControlAnswer",
    "ControlRequest",
    "Event",
    "Heartbeat",
    "LettersWritten",
    "Market",
    "MarketStatus",
    "Message",
    "Origin",
    "Picture",
    "PictureKind",
    "PictureWanted",
    "ReachedAgain",
    "ReplayChunk",
    "ReplayRequest",
    "Session",
    "SheetWanted",
    "State",
    "Targets",
    "Trade",
    "Trades",
    "Venue",
    "WatchListChanged",
]

Moment = Annotated[datetime, Meta(tz=True)]

Number = Annotated[float, Meta(gt=-1e15, lt=1e15)]
"""A price, a change, a σ. MessagePack lets NaN and infinity through; these bounds, beyond any price, refuse both."""


class Market(enum.Enum):
    """Which exchanges keep the same calendar and the same days."""

    KRX = "KRX"
    """Korea: KRX and NXT."""
    US = "US"


class Venue(enum.Enum):
    """Where a trade was printed."""

    KRX = "KRX"
    NXT = "NXT"
    NASDAQ = "NASDAQ"
    NYSE = "NYSE"
    AMEX = "AMEX"

    @property
    def is_korean(self) -> bool:
        """Whether it trades in Korea, in won; the others are in the US and trade in dollars."""
        return self in _KOREAN_VENUES

    @property
    def market(self) -> Market:
        """Whose days it trades on."""
        return Market.KRX if self.is_korean else Market.US


_KOREAN_VENUES = frozenset({Venue.KRX, Venue.NXT})


class Session(enum.Enum):
    """The stretch of a trading day in which a trade was printed."""

    PRE_MARKET = "pre"
    REGULAR = "regular"
    AFTER_HOURS = "after"


class Origin(enum.Enum):
    """How we came to know of a trade."""

    PRINT = 0
    """Streamed: the print itself."""
    QUOTE = 1
    """Asked for: the price of the last trade so far, its moment that of the answer."""
    BAR = 2
    """The low of a minute that nobody saw, as of the minute's begin: late by nature."""
    HIGH = 3
    """A high that nobody saw: a minute's, as of its begin (which came first, low or high, nobody knows), or one between
    two prices that were asked for, as of the first; late by nature."""


class State(enum.Enum):
    """Where an actor is in its life; `Heartbeat` shows it to everybody.

    starting --ports bound, state loaded--> running <--> degraded (the outside world is down) --SIGTERM--> stopping
    """

    STARTING = "starting"
    RUNNING = "running"
    DEGRADED = "degraded"
    STOPPING = "stopping"


class Trade(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One print of a venue, or what stands for one: the hot message.

    Its moments are UTC epoch nanoseconds. `change` is signed and measured from the exchange's own base price, so
    `price - change` is right on split and rights days too. `day_low` is 0 where the source tells none, and
    `day_low_at_ns` where it does not tell when. It travels only in `Trades`, so it needs no name of its own.
    It begins with what evaluator looks at first (`Glance` in `protocol.wire`).
    """

    symbol: str
    price: Number
    day_low: Number
    session_date: date
    traded_at_ns: int
    venue: Venue
    session: Session
    change: Number
    volume: int
    cumulative_volume: int
    day_low_at_ns: int
    received_at_ns: int
    origin: Origin = Origin.PRINT

    @property
    def base_price(self) -> float:
        """The exchange's base price of the day: the previous close, corrected for splits and rights."""
        return self.price - self.change


class Trades(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """All trades that had arrived when the publisher looked, in order of arrival. Stream `trades`.

    Where minute bars fill a hole, they come in order of time, and the message ends, for each of their symbols, with its
    newest price.
    """

    trades: list[Trade]

    def whole(self) -> list[Trade]:
        """Return the trades, as who only glanced at them reads them."""
        return self.trades


class Targets(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """From what the targets of *symbol* on *session_date* are made; `market.sigma.target_price` makes them.

    `sigma` is a fraction (0.01417 is 1.417 %), the sample standard deviation of `returns` daily returns that end with
    the close of `bars_until`. Where something stands in the way there is no target: `sigma` is 0. Stream `targets`.
    """

    symbol: str
    name: str
    venue: Venue
    session_date: date
    base_price: Number
    sigma: Number
    returns: int
    bars_until: date
    source: str
    computed_at: Moment
    kind: str = ""
    """`share`, `etf` or `etn`, empty where no master file has told it."""
    obstacle: str = ""
    """Why there is no target, an `actors.market.obstacles.Obstacle`; empty where there is one."""
    notes: list[str] = []
    """Codes of what a reader must know of this day: `ex-dividend`, `administrative`."""
    highs: list[tuple[date, Number]] = []
    """The year's records until `bars_until`: each day whose high no later day has exceeded (`actors.market.highs`)."""
    usual_volume: int = 0
    """The shares of a usual day (`actors.market.volumes`), 0 where too few days tell."""


HALTED, VOLATILITY_INTERRUPTION, CIRCUIT_BREAKER = "halted", "vi", "circuit_breaker"
"""What may be the matter with a symbol, as `MarketStatus` and `Alert` say it; a reader skips what it does not know."""

RESUMED, LOWER_LIMIT = "resumed", "lower_limit"
"""What `Alert` alone says, too: that a halt has just ended, that the price is the lowest which the day allows."""


class MarketStatus(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """What is the matter with trading in *symbol* from now on, nothing if all is well. Stream `statuses`."""

    symbol: str
    notes: list[str]
    told_at: Moment


class Carried(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """Which US symbols flow over KIS's WebSocket, said once a second: the others must be polled. Stream `carried`."""

    symbols: list[str]


class WatchListChanged(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """Somebody's watches or rules changed: read them again from telegram's store. Stream `watches`."""

    symbols: list[str]
    """Every symbol that somebody watches now."""


class Event(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """What an operator would tell a colleague: a gap, a reconnect, a restart. Stream `events`."""

    name: str
    at: Moment
    details: dict[str, str]


class Heartbeat(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """An actor's pulse, once a second, sent from its work loop. Stream `heartbeat`, never numbered.

    `sequences` holds the last sequence number of each of the sender's streams, so that a receiver notices that it
    missed the newest messages, too.
    """

    actor: str
    instance: str
    pid: int
    state: State
    reason: str
    started_at: Moment
    beat_at: Moment
    progressed_at: Moment
    progress: int
    queue: int
    memory_mb: float
    restarts: int
    sequences: dict[str, int]


class Alert(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """The fact that a target was reached, for one person. To telegram's inbox, after it is on disk.

    `id` is made from rule, rule version, session date and firing alone, so a repeat is recognisable.
    A `late` alert is of a trade that nobody saw when it happened: `traded_at` is that trade's moment (the begin of its
    minute, where a minute bar told of it), `price` its price, and `price_now` the newest one when it was revealed;
    otherwise both prices are one. Where shares were waited for, `target_price` and `reference` are numbers of them.
    """

    id: str
    rule_id: str
    rule_version: int
    firing: int
    person_id: int
    symbol: str
    name: str
    venue: Venue
    session_date: date
    level: Number
    price: Number
    price_now: Number
    base_price: Number
    sigma: Number
    target_price: Number
    traded_at: Moment
    decided_at: Moment
    late: bool
    position: int = 0
    """Its place in evaluator's record, counted from 1; 0 before it has one."""
    notes: list[str] = []
    """What was the matter with trading in the symbol when the target was reached; see `HALTED` and its like."""
    kind: RuleKind = RuleKind.SIGMA
    """What `level` means, and what `target_price` was made from."""
    direction: Direction = Direction.BELOW
    reference: Number = 0.0
    """The price from which the level is measured; 0 in alerts of old, which were measured from the base price."""
    volume: int = 0
    """The shares traded in the session date so far, where they were waited for; 0 in other alerts."""

    @property
    def is_purchase(self) -> bool:
        """Whether it is time to buy."""
        return is_purchase(self.kind, self.direction)


class ReachedAgain(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """While the rule of an alert rests, the price went back and reached the target again. To telegram's inbox.

    It stands on no disk: the next one says all that this one said, and the alert is what it is without it.
    """

    alert_id: str
    times: int
    """How often the target was reached; the first time raised the alert."""
    venue: Venue
    price: Number
    traded_at: Moment


class LettersWritten(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """There are new letters in *writer*'s database. To telegram's inbox, after they are on disk."""

    writer: str


class PictureKind(enum.Enum):
    """What a picture of an alert shows."""

    YEAR = "year"
    """A year of daily bars."""
    DAY = "day"
    """The minutes of the alert's day, and its moment."""
    BACK_TEST = "back_test"
    """What the purchases of the last years have brought, without an alert."""


class PictureWanted(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """Draw *symbol* with its target lines and answer with a `Picture` of the same key. To chart's inbox."""

    key: str
    symbol: str
    name: str
    venue: Venue
    session_date: date
    base_price: Number
    sigma: Number
    level: Number
    """The one that was reached. 0: it was another price, `target`; or none was, and the day in which `traded_at` lies
    is shown as far as it has come."""
    price: Number
    traded_at: Moment
    kind: PictureKind = PictureKind.YEAR
    language: str = "ko"
    """Of whoever will look at it."""
    target: Number = 0.0
    """The price that was reached, where that is of no level."""


class SheetWanted(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """Draw *symbols*, ten at most, on one sheet and answer with a `Picture` of the same key. To chart's inbox."""

    key: str
    symbols: list[str]
    language: str = "ko"
    """Of whoever will look at it."""


class Picture(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """The chart asked for with *key*, or why there is none. To telegram's inbox."""

    key: str
    png: bytes
    error: str


class ReplayRequest(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """Ask a publisher for what it said on *stream* from number *first* of *epoch* on; of another epoch, for all.

    `since_ns` is how far the asker has come in the time of the trades, UTC epoch ns: what the publisher no longer has
    it fills from there. 0 asks for no filling.
    """

    stream: str
    epoch: int
    first: int
    since_ns: int = 0


class ReplayChunk(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """Part of what a publisher still has: the very frames it published, numbered from *first* without a hole.

    Ask again from the number behind the last frame until `newest` is reached. `first` above the number asked for, or
    another `epoch`, is a hole that the ring cannot fill; `filling` is what stands for it then, None where nothing can.
    """

    stream: str
    epoch: int
    first: int
    newest: int
    frames: list[bytes]
    filling: list[Trade] | None = None


Message = (
    Trades
    | Targets
    | MarketStatus
    | Carried
    | WatchListChanged
    | Event
    | Heartbeat
    | Alert
    | ReachedAgain
    | LettersWritten
    | PictureWanted
    | SheetWanted
    | Picture
    | ReplayRequest
    | ReplayChunk
)


class ControlRequest(Struct, frozen=True, kw_only=True):
    """A question to an actor, JSON on its control socket: `{"id": "1", "command": "ping", "arguments": {}}`."""

    command: str
    id: str = ""
    arguments: dict[str, object] = {}


class ControlAnswer(Struct, frozen=True, kw_only=True):
    """The answer to the `ControlRequest` of the same id; `status` is `ok`, or `error` with what was expected."""

    id: str
    actor: str
    status: str
    result: dict[str, object] = {}
    error: str = ""
