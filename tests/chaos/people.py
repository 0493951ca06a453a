"""Whom a campaign is told to, and of what: 1σ and 2σ of every symbol, and every kind of rule with every repetition.

Each of these waits at a price that the market comes to again and again, but for those that are to stay silent.
They sit down before the system starts, each rule as the chat's commands would write it. The first of them is reached by
ntfy, too, and behind them comes somebody by ntfy alone, whom the operator takes in while the system runs.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from msgspec import Struct

from actors.runtime.config import Settings
from actors.runtime.store import open_store
from actors.telegram.config import TelegramConfig
from actors.telegram.people.own_rules import Condition, below
from actors.telegram.people.register import Register
from actors.telegram.people.rule_book import RuleBook
from protocol.rules import Direction, Repetition, RuleKind
from simulator.config import SimulatorConfig, SymbolProfile
from simulator.judgement.evidence import BarLine
from simulator.lives import begin_life
from simulator.state import read_state

__all__ = ["NEIGHBOUR", "TOPICS", "past_of", "seat"]

RULES = 104
"""Two of each kind with each repetition; shares know two repetitions alone."""
CENTER = 1.2
"""So many σ below the base price the market wanders around."""
BAND = 0.002
MONTH = timedelta(days=30)
SESSIONS = 240
"""A year has a few more."""
KINDS = [
    (kind, direction)
    for kind in (
        RuleKind.SIGMA,
        RuleKind.PRICE,
        RuleKind.CHANGE,
        RuleKind.PAID,
        RuleKind.YEAR_HIGH,
        RuleKind.HIGH_SINCE,
    )
    for direction in Direction
] + [(RuleKind.VOLUME, Direction.ABOVE)]
ENGLISH = 1
"""The person of this place reads English."""
NEIGHBOUR = "neighbour"
"""Whoever is reached by ntfy alone."""
TOPICS = {"1001": "chaos-1001", NEIGHBOUR: "chaos-neighbour"}
"""Where people are reached by ntfy, by their names."""


class _Symbol(Struct, frozen=True):
    profile: SymbolProfile
    year_high: float
    """The highest price of its year, and of its last month."""
    month_high: float
    today: date


def past_of(settings: Settings, config: SimulatorConfig, symbols: Sequence[str], until: date) -> list[BarLine]:
    """Return the market's own past until then, more than the year that rules look back on."""
    found = read_state(settings.data_dir / "simulator" / "state.json")
    market = begin_life(config, found, found.life if found else "", Path()).exchange
    return [
        BarLine(symbol=symbol, session_date=bar.session_date, close=bar.close, high=bar.high, volume=bar.volume)
        for symbol in symbols
        for bar in market.history(symbol, until, until - timedelta(days=400))
    ]


def seat(
    settings: Settings, config: SimulatorConfig, profiles: Sequence[SymbolProfile], today: date, now_ns: int
) -> None:
    """Let the people of the configuration in, with all that they wait for."""
    telegram = settings.table("telegram", TelegramConfig)
    engine = open_store("telegram", settings)
    register, book = Register(engine, "ko", "Asia/Seoul"), RuleBook(engine)
    for seeded in telegram.people:
        register.seed(seeded, below(telegram.levels), now_ns)
    people = register.people()
    register.set_language(people[ENGLISH].id, "en")
    past = past_of(settings, config, [profile.code for profile in profiles], today)
    for number in range(RULES):
        profile = profiles[number % len(profiles)]
        highs = {bar.session_date: bar.high for bar in past if bar.symbol == profile.code and bar.session_date < today}
        month_high = max(high for day, high in highs.items() if day >= today - MONTH)
        condition = _condition(number, _Symbol(profile, max(list(highs.values())[-SESSIONS:]), month_high, today))
        person = people[number % len(people)]
        rule = book.put(person.id, profile.code, condition, band=BAND, most=RULES * 4, now_ns=now_ns)
        if number % 10 == 9:
            book.pause(person.id, rule.number)
    engine.dispose()


def _condition(number: int, symbol: _Symbol) -> Condition:
    """Return the rule of that *number*: kinds take turns, then repetitions."""
    kind, direction = KINDS[number % len(KINDS)]
    repetition = list(Repetition)[number // len(KINDS) % len(Repetition)]
    if kind is RuleKind.VOLUME and repetition is not Repetition.ONCE:
        repetition = Repetition.SESSION
    base_price, sigma = symbol.profile.base_price, symbol.profile.sigma
    there = base_price * (1 - CENTER * sigma)
    is_below = direction is Direction.BELOW
    paid = base_price if is_below else round(base_price * (1 - 2 * sigma))
    level = {
        RuleKind.SIGMA: 1.5 if is_below else 0.1,
        RuleKind.PRICE: float(round(there)),
        RuleKind.CHANGE: CENTER * sigma if is_below else 0.001,
        RuleKind.PAID: abs(1 - there / paid),
        # Above a year's high nobody comes here: such a rule is to stay silent.
        RuleKind.YEAR_HIGH: 1 - there / symbol.year_high if is_below else 0.001,
        RuleKind.HIGH_SINCE: 1 - there / symbol.month_high if is_below else 0.001,
        # Of a usual day, one such rule after another is reached while the market runs.
        RuleKind.VOLUME: 0.05 * (1 + number // len(KINDS)),
    }[kind]
    return Condition(
        kind=kind,
        level=round(level, 4),
        direction=direction,
        paid=float(paid) if kind is RuleKind.PAID else 0.0,
        high_since=symbol.today - MONTH if kind is RuleKind.HIGH_SINCE else None,
        repetition=repetition,
        rest_s=120.0 if repetition is Repetition.REST and number % 2 else 0.0,
        expires_on={7: symbol.today, 8: symbol.today - timedelta(days=1)}.get(number % 10),
    )
