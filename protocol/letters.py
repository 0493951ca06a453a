"""Letters: what a person or the operator is told and that is no alert.

An actor that has something to say writes a letter into the table `letters` of its own database and rings at telegram's
inbox (`LettersWritten`). It writes what happened, not a text: the words are made when the letter is brought, in the
reader's language. A kind that a reader does not know is from a newer version; it is left out and said in the log.
"""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from protocol.messages import Market, Number, Venue
from protocol.rules import Direction, RuleKind

__all__ = [
    "REHEARSAL",
    "THE_OPERATOR",
    "Announcement",
    "AppKeyInUse",
    "BackTested",
    "BasePriceReset",
    "ChatChange",
    "ChatChanged",
    "Check",
    "DailyReport",
    "DayChart",
    "DayClosed",
    "FiredPoint",
    "Letter",
    "MarketClosed",
    "Matter",
    "NoTarget",
    "OpenDaysDiffer",
    "OwnFill",
    "PersonNumber",
    "ReportLine",
    "SelfTested",
    "TradingHalted",
    "WeekClosed",
    "WeekLine",
    "kind_of",
]

THE_OPERATOR = 0
"""The `person_id` of a letter that is for whoever is the operator."""

PersonNumber = Annotated[int, Meta(gt=0, le=2**63 - 1)]
"""Whom a letter may be asked for by number; a database holds no larger one."""

REHEARSAL = "rehearsal"
"""The check of a self-test that sent a made-up trade through the line; found is how long it took, seconds."""


class AppKeyInUse(Struct, frozen=True, kw_only=True, tag="app_key_in_use", tag_field="kind"):
    """Another program holds the one session that KIS allows for our app key."""

    link: str = ""
    """What the operator calls the key, empty where there is only one."""


class BackTested(Struct, frozen=True, kw_only=True, tag="back_tested", tag_field="kind"):
    """What it would have brought to buy a symbol at its targets, for a person who has asked."""

    symbol: str
    name: str
    venue: Venue
    texts: dict[str, str] = {}
    """The verdict by language, its first line a title; nothing where there was not enough to play it over."""
    asked_at: Annotated[datetime, Meta(tz=True)]


class BasePriceReset(Struct, frozen=True, kw_only=True, tag="base_price_reset", tag_field="kind"):
    """The exchange measures a session from another price than the last close: a split, rights, a reduction."""

    symbol: str
    name: str
    venue: Venue
    close: Number
    """The last close as it was traded."""
    base_price: Number
    """What the exchange measures from."""


class Announcement(Struct, frozen=True, kw_only=True, tag="announcement", tag_field="kind"):
    """What the operator has to say to everybody."""

    by: str
    """His name."""
    text: str


class ChatChange(enum.Enum):
    """What happened to a chat."""

    LOST = "lost"
    """It takes our messages no longer: we are blocked, or thrown out of the group."""
    RETURNED = "returned"
    """It takes them again."""
    MOVED = "moved"
    """The group became a supergroup; its messages follow."""
    ENTERED = "entered"
    """Somebody put us into a group."""
    JOINED = "joined"
    """Somebody has come in by an invitation."""


class ChatChanged(Struct, frozen=True, kw_only=True, tag="chat_changed", tag_field="kind"):
    """Somebody's chat, or a group, thinks otherwise of us."""

    change: ChatChange
    name: str
    """The person's, or the group's."""


class ReportLine(Struct, frozen=True, kw_only=True):
    """One symbol in a daily report; what is not known is 0, empty or None."""

    symbol: str
    name: str
    venue: Venue
    levels: list[float]
    """How many σ below the base price somebody waits for, the nearest first."""
    close: Number = 0.0
    """The last close."""
    closed_on: date | None = None
    change: Number | None = None
    """From the close before it, a fraction."""
    has_targets: bool = False
    """Whether the targets of the session are made; what follows is from them."""
    base_price: Number = 0.0
    sigma: Number = 0.0
    kind: str = ""
    obstacle: str = ""
    """Why there is no target, an `actors.market.obstacles.Obstacle`; empty where there is one."""
    returns: int = 0
    notes: list[str] = []
    """Codes of what must be known of the day."""
    amount: Decimal | None = None
    """What is spent on the first level, None where nothing is said of it; see `actors.market.amounts`."""


class DailyReport(Struct, frozen=True, kw_only=True, tag="daily_report", tag_field="kind"):
    """What a person waits for on a day of a market: one page of it."""

    market: Market
    session_date: date
    opens_at: Annotated[datetime, Meta(tz=True)]
    """When the regular session opens."""
    page: int
    pages: int
    lines: list[ReportLine]
    has_opened: bool = False
    """Whether it was open already when this was written: somebody asked for it later."""
    has_closed: bool = False
    """Whether it was over by then: what stands here was for that day."""


class DayChart(Struct, frozen=True, kw_only=True, tag="day_chart", tag_field="kind"):
    """The picture of a day of a symbol that a person has asked for."""

    symbol: str
    name: str
    venue: Venue
    session_date: date
    opens_at: Annotated[datetime, Meta(tz=True)]
    """When the regular session of that day opens."""
    base_price: Number
    sigma: Number
    """0 where there were no targets on that day."""
    asked_at: Annotated[datetime, Meta(tz=True)]


class FiredPoint(Struct, frozen=True, kw_only=True):
    """A level that was reached on a day."""

    symbol: str
    name: str
    venue: Venue
    level: Number
    target_price: Number
    price: Number
    """At which it was first reached."""
    reached_at: Annotated[datetime, Meta(tz=True)]
    """When that was."""
    times: int
    """How often it was alerted."""
    price_now: Number | None
    """Where it stands, None where nobody knows."""
    kind: RuleKind = RuleKind.SIGMA
    direction: Direction = Direction.BELOW
    reference: Number = 0.0
    """What was waited for, as in `Alert`."""


class DayClosed(Struct, frozen=True, kw_only=True, tag="day_closed", tag_field="kind"):
    """What came of a day of a market for a person."""

    market: Market
    session_date: date
    watched: int
    """How many symbols the person watches there."""
    fired: list[FiredPoint]
    """In the order in which they were reached."""
    last_traded_at: Annotated[datetime, Meta(tz=True)] | None
    """The newest trade of the day in any of them; None where none is known."""
    is_whole: bool
    """Whether trades came until the close."""
    unseen: list[str]
    """Names of those of which something was traded unseen, and could not be made good."""


class WeekLine(Struct, frozen=True, kw_only=True):
    """One symbol in the summary of a week."""

    symbol: str
    name: str
    venue: Venue
    close: Number | None
    """Of the week's last session, of a week so far the price now or else the last close; None while it is not known."""
    change: Number | None
    """From the last close of the week before, a fraction."""
    alerts: int


class WeekClosed(Struct, frozen=True, kw_only=True, tag="week_closed", tag_field="kind"):
    """What came of a week of a market for a person."""

    market: Market
    first: date
    """The week's first session date."""
    last: date
    lines: list[WeekLine]
    so_far: bool = False
    """Whether somebody asked before its last session was over: prices of now stand for closes."""


class MarketClosed(Struct, frozen=True, kw_only=True, tag="market_closed", tag_field="kind"):
    """A market does not open on a day that is a weekday."""

    market: Market
    closed_on: date
    """The market's own date: in Seoul it may be the next day already."""
    names: dict[str, str]
    """What the day is called, by language; nothing where it has no name."""
    next_opens_at: Annotated[datetime, Meta(tz=True)]
    """When it opens again."""


class NoTarget(Struct, frozen=True, kw_only=True, tag="no_target", tag_field="kind"):
    """A symbol that somebody watches has no target, and why."""

    symbol: str
    name: str
    obstacle: str
    """An `actors.market.obstacles.Obstacle`."""
    returns: int
    """How many daily returns there are."""


class OpenDaysDiffer(Struct, frozen=True, kw_only=True, tag="open_days_differ", tag_field="kind"):
    """KIS says of days ahead otherwise than our calendar; we follow KIS."""

    closed: list[date]
    """Days on which Korea does not trade, contrary to the calendar."""
    open: list[date]
    """Days on which it does."""


class OwnFill(Struct, frozen=True, kw_only=True, tag="own_fill", tag_field="kind"):
    """An order of the account's owner was filled, in whole or in part."""

    symbol: str
    name: str
    venue: Venue
    is_buy: bool
    quantity: int
    price: Number


class Check(Struct, frozen=True, kw_only=True):
    """One thing that the self-test looked at: an actor by its name, or `link`, `token`, `bars` and their like."""

    name: str
    ok: bool
    found: str
    """What is wrong, in the words of whoever told it, or the names of the symbols that it is about."""


class SelfTested(Struct, frozen=True, kw_only=True, tag="self_tested", tag_field="kind"):
    """What the self-test before a market's open has found."""

    market: Market
    session_date: date
    checks: list[Check]


class TradingHalted(Struct, frozen=True, kw_only=True, tag="trading_halted", tag_field="kind"):
    """Trading in a symbol that somebody watches is halted: nothing will be alerted until it resumes."""

    symbol: str
    name: str


Matter = (
    Announcement
    | AppKeyInUse
    | BackTested
    | BasePriceReset
    | ChatChanged
    | DailyReport
    | DayChart
    | DayClosed
    | MarketClosed
    | NoTarget
    | OpenDaysDiffer
    | OwnFill
    | SelfTested
    | TradingHalted
    | WeekClosed
)


class Letter(Struct, frozen=True, kw_only=True):
    """One letter. `id` is made from its causes alone, so that a repeat is recognised."""

    id: str
    person_id: int
    matter: Matter
    picture: str = ""
    """The path of a PNG below the data folder, which is sent as a reply to the text; empty for none."""


def kind_of(matter: Matter) -> str:
    """Return by what name the store knows this kind of matter."""
    return str(matter.__struct_config__.tag)
