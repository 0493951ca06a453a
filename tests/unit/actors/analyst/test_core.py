"""Which symbol needs targets for which session date, and what they are made of."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from actors.analyst.core import (
    Agenda,
    Basis,
    Need,
    Watched,
    as_listed,
    first_bar_date,
    is_reset,
    make_targets,
    missed_sessions,
)
from protocol.messages import Targets, Venue
from tests.support.calendar import calendar
from tests.support.history import random_walk

LEVERAGE = Watched(symbol="122630", name="KODEX 레버리지", venue=Venue.KRX)
SOXL = Watched(symbol="SOXL", name="SOXL", venue=Venue.AMEX)
THURSDAY, FRIDAY, MONDAY = date(2025, 11, 27), date(2025, 11, 28), date(2025, 12, 1)


def seoul(on: date, hour: int, minute: int = 0) -> datetime:
    """Return what Seoul's wall clock shows."""
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZoneInfo("Asia/Seoul"))


NINE = seoul(FRIDAY, 9)


def agenda(*watched: Watched) -> Agenda:
    """Return an agenda that takes the exchange's base price from 08:20 on."""
    new = Agenda(calendar(), timedelta(minutes=40))
    new.watch(watched)
    return new


def need_at(at: datetime, watched: Watched = LEVERAGE) -> Need:
    """Return what *watched* needs at *at*."""
    return agenda(watched).need(watched, at)


def targets_for(need: Need, computed_at: datetime) -> Targets:
    """Return targets that meet *need*, computed at *computed_at*."""
    closes = random_walk(Venue.KRX, date(2024, 6, 3), FRIDAY)
    return make_targets(need, basis(closes), computed_at)


def basis(closes: Mapping[date, float], base_price: float | None = None, **more: Any) -> Basis:  # noqa: ANN401
    """Return what targets are made of."""
    return Basis(name="name", closes=closes, base_price=base_price, source="test", **more)


@pytest.mark.parametrize(
    ("at", "session_date", "bars_until", "is_settled"),
    [
        (seoul(FRIDAY, 0), FRIDAY, THURSDAY, False),
        (seoul(FRIDAY, 8, 19), FRIDAY, THURSDAY, False),
        (seoul(FRIDAY, 8, 20), FRIDAY, THURSDAY, True),
        (seoul(FRIDAY, 15, 31), FRIDAY, THURSDAY, True),
        (seoul(FRIDAY, 17, 59), FRIDAY, THURSDAY, True),
        (seoul(FRIDAY, 18), MONDAY, FRIDAY, False),
        (seoul(date(2025, 11, 30), 12), MONDAY, FRIDAY, False),
    ],
)
def test_the_day_goes_over_to_the_next_session_when_its_last_trade_is_printed(
    at: datetime, session_date: date, bars_until: date, *, is_settled: bool
) -> None:
    """Targets that went over at midnight, or at the close, would be another day's for part of the trading."""
    need = need_at(at)

    assert (need.session_date, need.bars_until, need.is_settled) == (session_date, bars_until, is_settled)


def test_saturday_morning_in_seoul_needs_fridays_us_targets() -> None:
    """The US session of Friday runs until Saturday 06:00 in Seoul."""
    need = need_at(seoul(date(2025, 11, 22), 3), SOXL)

    assert (need.session_date, need.bars_until) == (date(2025, 11, 21), date(2025, 11, 20))


def test_after_the_american_close_no_base_price_counts() -> None:
    """It may be the next day's already, and would look like a split that never was."""
    opens, closes = seoul(date(2025, 11, 21), 23, 30), seoul(date(2025, 11, 22), 6)
    need = need_at(opens, SOXL)
    minute = timedelta(minutes=1)

    assert [need.has_base_price(at) for at in (opens, closes - minute, closes)] == [True, True, False]
    assert need_at(seoul(FRIDAY, 16)).has_base_price(seoul(FRIDAY, 16))
    assert not need_at(seoul(FRIDAY, 8)).has_base_price(seoul(FRIDAY, 8))


def test_a_new_symbol_is_due_at_once_and_only_once() -> None:
    """Whoever adds a stock at eleven wants its targets at eleven, and KIS counts every call."""
    plan = agenda(LEVERAGE)

    (need,) = plan.due(NINE, monotonic=0.0)
    plan.on_done(need)

    assert need.symbol == "122630"
    assert plan.due(seoul(FRIDAY, 17), monotonic=9.0) == []


def test_what_opens_first_is_made_first() -> None:
    """At a start at nine in Seoul the US targets have thirteen hours' time."""
    plan = agenda(SOXL, LEVERAGE)

    assert [need.symbol for need in plan.due(NINE, monotonic=0.0)] == ["122630", "SOXL"]


def test_targets_are_made_again_when_the_exchange_has_settled_its_base_price() -> None:
    """On a split day yesterday's close is no base price."""
    plan = agenda(LEVERAGE)
    plan.on_done(plan.need(LEVERAGE, seoul(FRIDAY, 7)))

    assert plan.due(seoul(FRIDAY, 8, 19), monotonic=0.0) == []
    assert [need.is_settled for need in plan.due(seoul(FRIDAY, 8, 20), monotonic=0.0)] == [True]


def test_what_the_store_holds_is_not_made_again() -> None:
    """A restart at any minute neither skips nor repeats a step."""
    made_at = seoul(FRIDAY, 8, 20)
    plan = agenda(LEVERAGE)

    plan.resume(targets_for(need_at(made_at), made_at))

    assert plan.due(seoul(FRIDAY, 17, 59), monotonic=0.0) == []
    assert [need.session_date for need in plan.due(seoul(FRIDAY, 18), monotonic=0.0)] == [MONDAY]


def test_targets_made_before_the_base_price_settled_do_not_count_after_a_restart() -> None:
    """Killed at 08:19 and back at 08:21, the step of 08:20 must not be lost."""
    made_at = seoul(FRIDAY, 8, 19)
    plan = agenda(LEVERAGE)

    plan.resume(targets_for(need_at(made_at), made_at))

    assert len(plan.due(seoul(FRIDAY, 8, 21), monotonic=0.0)) == 1


def test_targets_from_bars_that_lack_the_last_session_do_not_count_after_a_restart() -> None:
    """They were made in need; the source may have the bar by now."""
    plan = agenda(LEVERAGE)
    stale = msgspec.structs.replace(targets_for(need_at(NINE), NINE), bars_until=date(2025, 11, 26))

    plan.resume(stale)

    assert len(plan.due(NINE, monotonic=0.0)) == 1


def test_a_symbol_that_failed_rests_and_the_others_do_not() -> None:
    """One unknown symbol must not keep the rest of the family waiting."""
    plan = agenda(LEVERAGE, SOXL)
    plan.on_unfinished(plan.need(LEVERAGE, NINE), not_before=10.0)

    assert [need.symbol for need in plan.due(NINE, monotonic=9.9)] == ["SOXL"]
    assert [need.symbol for need in plan.due(NINE, monotonic=10.0)] == ["122630", "SOXL"]


def test_a_symbol_that_nobody_watches_any_more_is_forgotten() -> None:
    """Watched again a week later, it needs targets at once."""
    plan = agenda(LEVERAGE)
    plan.on_done(plan.need(LEVERAGE, NINE))

    assert plan.watch([SOXL]) == {"SOXL"}
    plan.on_unfinished(plan.need(LEVERAGE, NINE), not_before=1e9)
    plan.resume(targets_for(need_at(NINE), NINE))
    assert plan.watch([LEVERAGE]) == {"122630"}

    assert [need.symbol for need in plan.due(NINE, monotonic=0.0)] == ["122630"]


def test_the_base_price_is_the_exchanges_own_or_else_the_last_close() -> None:
    """σ comes from the bars; what it is measured from comes from the exchange, where it tells."""
    closes = random_walk(Venue.KRX, date(2024, 6, 3), FRIDAY)
    need = need_at(NINE)

    def made(base_price: float | None) -> Targets:
        return make_targets(need, basis(closes, base_price), NINE)

    assert made(72_665.0).base_price == 72_665.0
    assert made(None).base_price == closes[THURSDAY]
    assert made(72_665.0).sigma == made(None).sigma


def test_too_short_a_history_makes_no_targets() -> None:
    """The first days of a new listing are not a sample."""
    closes = random_walk(Venue.KRX, date(2025, 11, 3), FRIDAY)

    made = make_targets(need_at(NINE), basis(closes, 72_665.0), NINE)

    assert (made.obstacle, made.sigma, made.returns) == ("short_history", 0.0, len(closes) - 2)


@pytest.mark.parametrize(
    ("marks", "missed", "obstacle", "notes"),
    [
        (("liquidation",), 0, "liquidation", []),
        (("ex-dividend", "administrative"), 0, "", ["ex-dividend", "administrative"]),
        (("halted",), 4, "", ["was-halted"]),
        (("halted",), 5, "no_recent_trades", ["was-halted"]),
    ],
)
def test_what_stands_in_the_way_of_a_target_is_said(
    marks: tuple[str, ...], missed: int, obstacle: str, notes: list[str]
) -> None:
    """A stock sold off before it is delisted, or back after a long halt, obeys no σ of last year."""
    closes = random_walk(Venue.KRX, date(2024, 6, 3), FRIDAY)

    made = make_targets(need_at(NINE), basis(closes, marks=marks, missed_sessions=missed), NINE)

    assert (made.obstacle, made.notes) == (obstacle, notes)
    assert bool(made.sigma) == (not obstacle)


def test_a_price_that_never_moved_has_no_target() -> None:
    """Its σ would be nothing, and every trade an alert."""
    flat = dict.fromkeys(random_walk(Venue.KRX, date(2024, 6, 3), FRIDAY), 100.0)

    assert make_targets(need_at(NINE), basis(flat), NINE).obstacle == "never_moved"


def test_what_a_master_file_says_in_the_morning_is_taken_up() -> None:
    """A stock that is sold off from today on must have no target, although one was made in the evening."""
    evening = targets_for(need_at(NINE), NINE)

    marked = as_listed(evening, "삼성전자", "share", ("ex-rights and dividend",))
    sold_off = as_listed(evening, "삼성전자", "share", ("liquidation", "administrative"))

    assert (marked.name, marked.kind, marked.notes) == ("삼성전자", "share", ["ex-rights-and-dividend"])
    assert (marked.sigma, marked.obstacle) == (evening.sigma, "")
    assert (sold_off.sigma, sold_off.obstacle, sold_off.notes) == (0.0, "liquidation", ["administrative"])


@pytest.mark.parametrize(
    ("close", "base_price", "expected"),
    [
        (72_665.0, 72_665.0, False),
        (72_665.0, 36_332.0, True),
        (72_665.0, 72_640.0, False),
        (None, 72_665.0, False),
        (72_665.0, None, False),
    ],
)
def test_another_base_price_than_the_last_close_is_a_reset(
    close: float | None, base_price: float | None, *, expected: bool
) -> None:
    """What is unknown is no reset, and neither is a rounded won."""
    assert is_reset(close, base_price) is expected


def test_missed_sessions_are_counted_over_weekends_and_holidays() -> None:
    """Chuseok is no halt."""
    newest, until = date(2025, 10, 2), date(2025, 10, 10)

    assert missed_sessions(calendar(), Venue.KRX, newest, until, 5) == 1
    assert missed_sessions(calendar(), Venue.KRX, date(2025, 8, 1), until, 5) == 5
    assert missed_sessions(calendar(), Venue.KRX, until, until, 5) == 0
    assert missed_sessions(calendar(), Venue.KRX, None, until, 5) == 0


def test_a_history_of_a_year_and_a_half_begins_eighteen_months_earlier() -> None:
    """The chart's 120-day average needs half a year before the year that is drawn."""
    assert first_bar_date(THURSDAY, 1.5) == date(2024, 5, 29)


def test_targets_carry_the_highs_of_the_year_until_the_session_before() -> None:
    """A fall from a high is measured from what was traded before today; today's unfinished bar is never part of it."""
    closes = random_walk(Venue.KRX, date(2024, 6, 3), FRIDAY)
    highs = {date(2024, 11, 1): 900.0, date(2025, 6, 2): 800.0, date(2025, 9, 1): 600.0, THURSDAY: 700.0, FRIDAY: 950.0}

    made = make_targets(need_at(NINE), basis(closes, 72_665.0, highs=highs), NINE)

    assert made.highs == [(date(2025, 6, 2), 800.0), (THURSDAY, 700.0)]


def test_targets_carry_the_volume_of_a_usual_day() -> None:
    """Of days until the session before; after a split there is none until enough days of the new shares have passed."""
    need = need_at(NINE)
    closes = {need.bars_until - timedelta(days=back): 72_665.0 + back % 2 for back in range(200)}
    volumes = dict.fromkeys(closes, 1_000) | {need.session_date: 9_000}

    made = make_targets(need, basis(closes, 72_665.0, volumes=volumes), NINE)
    split = make_targets(need, basis(closes, 7_266.5, volumes=volumes), NINE)
    later = make_targets(
        need,
        basis(closes, 72_665.0, volumes=volumes, base_prices={need.session_date - timedelta(days=9): 726_650.0}),
        NINE,
    )

    assert (made.usual_volume, split.usual_volume, later.usual_volume) == (1_000, 0, 0)
