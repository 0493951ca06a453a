"""`sigmactl explain STOCK`: why there is no alert of it: whether it trades, is seen, has targets, and each rule."""

import argparse
from datetime import date, datetime

import msgspec
from msgspec import Struct

from actors.ctl.control import meant_symbol
from actors.ctl.display import put, put_json
from actors.ctl.installation import find_settings
from actors.ctl.prices import percent, shares_text
from actors.ctl.readiness import clock_of
from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from actors.market.errors import BeyondCalendar
from actors.market.money import price_text
from actors.market.sessions import SEOUL, Calendar
from actors.market.volumes import FEWEST_DAYS
from actors.runtime.config import Settings
from actors.runtime.errors import ActorError
from actors.runtime.visitor import Visitor
from protocol.messages import Venue
from protocol.rules import Direction, RuleKind, short_name
from protocol.topology import Address

__all__ = ["Facts", "Hours", "RuleFact", "Spared", "StreamFact", "explanation", "show_explanation"]

ANSWER_S = 5.0
GOOD, BAD, CALM = "✅", "❌", "💤"


class Hours(Struct, frozen=True):
    """Whether a market trades now, until when, and when it opens next."""

    closes_at: datetime | None
    opens_at: datetime


class StreamFact(Struct, frozen=True, kw_only=True):
    """How feed gets the prices of a symbol."""

    symbol: str
    of_trades: bool
    standing: str
    polled: bool = False
    reason: str = ""
    last_trade_age_s: float | None = None


class RuleFact(Struct, frozen=True, kw_only=True):
    """What evaluator answers of one rule."""

    rule: str
    person: int
    kind: RuleKind
    direction: Direction
    level: float
    threshold: float | None
    stage: str
    session_date: date | None
    rests_until: datetime | None
    volume: int = 0
    """The shares traded so far, 0 where nobody has looked."""


class Spared(Struct, frozen=True, kw_only=True):
    """Until when somebody wants quiet; what is so many σ deep comes through, if that is not 0."""

    person: int
    until: datetime
    wakes_from: float


class Facts(Struct, frozen=True, kw_only=True):
    """All that is known of one symbol; what nobody answered is None."""

    symbol: str
    venue: Venue
    hours: Hours | None
    streams: list[StreamFact] | None
    no_targets_because: str | None
    price: float | None
    traded_at: datetime | None
    rules: list[RuleFact] | None
    people: dict[int, tuple[str, bool]]
    """By number: the name, and whether the person can be reached."""
    spared: dict[int, Spared] = {}
    """Who wants quiet now, by number."""


def show_explanation(arguments: argparse.Namespace) -> int:
    """Print what keeps alerts of a stock from coming; 1 if something is wrong, or nobody watches it.

    Raises:
        CommandRefused: a name may mean several stocks, or none.
        ConfigError: see `find_settings`.
        Unanswered: nobody can tell now what a name means.
    """
    facts = _gather(find_settings(arguments), meant_symbol(arguments))
    if "json" in arguments:
        put_json(facts)
    lines = explanation(facts)
    if "json" not in arguments:
        put("".join(f"{mark} {text}\n" for mark, text in lines))
    return 1 if BAD in {mark for mark, _ in lines} else 0


def explanation(facts: Facts) -> list[tuple[str, str]]:
    """Return a mark and a line for each thing that an alert needs."""
    if facts.rules == []:
        return [(BAD, f"expected somebody who watches {facts.symbol}, found nobody: `sigmactl add {facts.symbol}`")]
    return [_of_hours(facts), _of_stream(facts), _of_targets(facts), *_of_rules(facts)]


def _of_hours(facts: Facts) -> tuple[str, str]:
    if facts.hours is None:
        return BAD, "whether the market is open is not known: the calendar has not been computed"
    if facts.hours.closes_at is not None:
        return GOOD, f"the regular session is open until {_clock(facts.hours.closes_at)}"
    return CALM, f"the regular session is closed; it opens at {_clock(facts.hours.opens_at)}"


def _of_stream(facts: Facts) -> tuple[str, str]:
    if facts.streams is None:
        return BAD, "feed does not answer: `sigmactl status`"
    found = [stream for stream in facts.streams if stream.symbol == facts.symbol and stream.of_trades]
    streamed = next((stream for stream in found if stream.standing == "confirmed" and not stream.reason), None)
    if streamed is not None:
        age = streamed.last_trade_age_s
        came = "none has come yet" if age is None else f"the last came {age:g} s ago"
        return GOOD, f"KIS streams its trades; {came}"
    if any(stream.polled for stream in found):
        return GOOD, "KIS does not stream it now; its price is asked for over REST"
    if not facts.venue.is_korean:
        return GOOD, "KIS does not stream it now; us_poller asks for its price"
    reason = next((stream.reason for stream in found if stream.reason), "it is not among the subscriptions")
    mark = BAD if facts.hours is None or facts.hours.closes_at is not None else CALM
    return mark, f"nothing brings its prices: {reason}"


def _of_targets(facts: Facts) -> tuple[str, str]:
    if facts.no_targets_because:
        return BAD, f"it has no targets: {facts.no_targets_because}"
    if facts.price is None or facts.traded_at is None:
        return CALM, "no trade of it has been seen yet"
    return GOOD, f"last price {price_text(facts.price, facts.venue, 'en')} at {_clock(facts.traded_at)}"


def _of_rules(facts: Facts) -> list[tuple[str, str]]:
    if facts.rules is None:
        return [(BAD, "evaluator does not answer: `sigmactl status`")]
    lines = []
    for rule in facts.rules:
        name, is_reachable = facts.people.get(rule.person, (str(rule.person), True))
        mark, why = _of_rule(facts, rule)
        lines.append((mark, f"{name}, {_waits_for(facts, rule)}: {why}"))
        spared = facts.spared.get(rule.person)
        if spared is not None and _is_held(rule, spared):
            lines.append((CALM, f"{name} wants quiet until {_clock(spared.until)}: what fires is held for a digest"))
        if not is_reachable:
            lines.append((BAD, f"{name} has blocked the bot: a word from there brings alerts back"))
    return lines


def _is_held(rule: RuleFact, spared: Spared) -> bool:
    return rule.kind is not RuleKind.SIGMA or not spared.wakes_from or rule.level < spared.wakes_from


def _of_rule(facts: Facts, rule: RuleFact) -> tuple[str, str]:
    if rule.stage == "resting" and rule.rests_until is not None:
        return CALM, f"has fired and rests until {_clock(rule.rests_until)}"
    if rule.kind is RuleKind.VOLUME and rule.stage == "without threshold":
        return CALM, f"waits for {FEWEST_DAYS} days of volume: it is not known yet what is usual"
    if rule.stage != "armed":
        return (BAD if rule.stage in {"held", "without threshold"} else CALM), STAGES[rule.stage]
    if facts.price is None or rule.threshold is None:
        return GOOD, "armed"
    if rule.kind is RuleKind.VOLUME:
        return GOOD, f"armed; {shares_text(rule.volume)} so far" if rule.volume else "armed; no trade was looked at yet"
    fall = (facts.price - rule.threshold) / facts.price * (1 if rule.direction is Direction.BELOW else -1)
    return GOOD, f"armed; the price is {percent(fall)} away" if fall > 0 else "armed; the next trade there fires it"


STAGES = {
    "awaiting return": "has fired, and the price has not gone back far enough",
    "done": "has fired, and does so no more",
    "held": "held: its base price is not the exchange's, and it is being computed anew",
    "without threshold": "what it is measured from is not known for this day",
    "expired": "its last day is over",
}


def _waits_for(facts: Facts, rule: RuleFact) -> str:
    if rule.kind is RuleKind.VOLUME:
        name = short_name(rule.kind, rule.direction, rule.level)
        return name if rule.threshold is None else f"{name}, at or above {shares_text(rule.threshold)}"
    side = "at or below" if rule.direction is Direction.BELOW else "at or above"
    level = f"{rule.level:g}σ" if rule.kind is RuleKind.SIGMA else rule.kind.value
    return level if rule.threshold is None else f"{level}, {side} {price_text(rule.threshold, facts.venue, 'en')}"


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SEOUL):%m-%d %H:%M:%S} KST"


class _Price(Struct, frozen=True):
    price: float
    traded_at: datetime


class _Listed(Struct, frozen=True):
    symbol: str
    venue: Venue


class _Told(Struct, frozen=True):
    """What analyst answers to `targets`."""

    targets: list[_Listed]
    reasons: dict[str, str]


class _Person(Struct, frozen=True):
    id: int
    name: str
    reachable: bool


def _gather(settings: Settings, symbol: str) -> Facts:
    with Visitor(settings) as visitor:
        rules = _ask(visitor, "evaluator", "rules", {"symbol": symbol})
        prices = _ask(visitor, "evaluator", "prices", {})
        streams = _ask(visitor, "feed", "subscriptions", {})
        told = _ask(visitor, "analyst", "targets", {})
        people = _ask(visitor, "telegram", "people", {})
        quiet = _ask(visitor, "telegram", "spared", {"symbol": symbol})
    known = msgspec.convert(told, _Told) if told else _Told([], {})
    venues = {listed.symbol: listed.venue for listed in known.targets}
    venue = venues.get(symbol, Venue.KRX if symbol[:1].isdigit() else Venue.NASDAQ)
    last = msgspec.convert((prices or {}).get(symbol), _Price | None)
    persons = msgspec.convert((people or {}).get("people", []), list[_Person])
    return Facts(
        symbol=symbol,
        venue=venue,
        hours=_hours(settings, venue),
        streams=None if streams is None else msgspec.convert(streams.get("streams", []), list[StreamFact]),
        no_targets_because="analyst does not answer: `sigmactl status`" if told is None else known.reasons.get(symbol),
        price=last.price if last else None,
        traded_at=last.traded_at if last else None,
        rules=None if rules is None else msgspec.convert(rules.get("rules", []), list[RuleFact]),
        people={person.id: (person.name, person.reachable) for person in persons},
        spared={each.person: each for each in msgspec.convert((quiet or {}).get("spared", []), list[Spared])},
    )


def _ask(visitor: Visitor, actor: str, command: str, question: dict[str, object]) -> dict[str, object] | None:
    try:
        return visitor.ask(Address(actor), command, question, timeout_s=ANSWER_S)
    except ActorError:
        return None


def _hours(settings: Settings, venue: Venue) -> Hours | None:
    if not (settings.data_dir / "closed-days.json").exists():
        return None
    calendar: Calendar = Almanac(settings.table("market", MarketConfig), settings.data_dir).calendar
    now = clock_of(settings).now()
    try:
        regular = calendar.regular_times(venue, calendar.session_date_at(venue, now))
        is_open = regular is not None and regular.holds(now)
        return Hours(calendar.next_close(venue, now) if is_open else None, calendar.next_open(venue, now))
    except BeyondCalendar:
        return None
