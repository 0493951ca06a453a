"""Analyst's record."""

from datetime import date
from pathlib import Path

import msgspec

from actors.analyst.core import Watched
from actors.analyst.payoff.outcomes import Outcome
from actors.analyst.store import AnalystStore, BarSpan, read_fired, read_watches
from actors.runtime.store import open_reader, open_store
from protocol.messages import Venue
from tests.support.actor import make_settings
from tests.support.alerts import alert, decide
from tests.support.databases import lay_out
from tests.support.history import bar
from tests.support.market import targets
from tests.support.watching import write_watches

WEDNESDAY, THURSDAY, FRIDAY = date(2025, 11, 26), date(2025, 11, 27), date(2025, 11, 28)


def store_in(directory: Path) -> AnalystStore:
    """Return an empty store."""
    settings = make_settings(directory)
    lay_out(settings, "analyst")
    return AnalystStore(open_store("analyst", settings))


def test_new_bars_take_the_place_of_all_old_ones(tmp_path: Path) -> None:
    """A split halves the past, too: old and new bars side by side would look like a crash."""
    store = store_in(tmp_path)
    store.keep_bars("122630", [bar(WEDNESDAY, 100.0), bar(THURSDAY, 101.0)], "test")
    store.keep_bars("005930", [bar(THURSDAY, 7.0)], "test")

    store.keep_bars("122630", [bar(THURSDAY, 50.5)], "test")

    assert store.closes("122630") == {THURSDAY: 50.5}
    assert store.closes("005930") == {THURSDAY: 7.0}
    assert store.span("122630") == BarSpan(THURSDAY, THURSDAY, "test")


def test_bars_that_are_added_leave_the_others(tmp_path: Path) -> None:
    """A day more is one page, not five."""
    store = store_in(tmp_path)
    store.keep_bars("122630", [bar(WEDNESDAY, 100.0), bar(THURSDAY, 101.0)], "kis")

    store.add_bars("122630", [bar(THURSDAY, 101.5), bar(FRIDAY, 102.0)], "csv")
    store.add_bars("122630", [], "csv")

    assert store.closes("122630") == {WEDNESDAY: 100.0, THURSDAY: 101.5, FRIDAY: 102.0}
    assert store.span("122630") == BarSpan(WEDNESDAY, FRIDAY, "csv")


def test_the_bars_of_a_symbol_come_oldest_first(tmp_path: Path) -> None:
    """The chart's averages and the picture itself go by that order."""
    store = store_in(tmp_path)
    store.keep_bars("122630", [bar(THURSDAY, 101.0), bar(WEDNESDAY, 100.0)], "test")
    store.keep_bars("005930", [bar(THURSDAY, 7.0)], "test")

    assert store.bars("122630", WEDNESDAY) == [bar(WEDNESDAY, 100.0), bar(THURSDAY, 101.0)]
    assert store.bars("122630", THURSDAY) == [bar(THURSDAY, 101.0)]
    assert store.bars("000660", WEDNESDAY) == []


def test_an_empty_answer_takes_nothing_away(tmp_path: Path) -> None:
    """Yesterday's bars are worth more than none."""
    store = store_in(tmp_path)
    store.keep_bars("122630", [bar(THURSDAY, 100.0)], "test")

    store.keep_bars("122630", [], "test")

    assert store.closes("122630") == {THURSDAY: 100.0}
    assert store.span("005930") is None


def test_the_newest_targets_of_each_symbol_come_back_as_they_were_kept(tmp_path: Path) -> None:
    """A restart goes on from them, to the microsecond of when they were made."""
    store = store_in(tmp_path)
    yesterdays = targets(session_date=THURSDAY)
    todays = targets(base_price=1.0)
    others = targets(symbol="SOXL", venue=Venue.AMEX, session_date=THURSDAY)
    for each in (yesterdays, todays, others):
        store.keep_targets(each)

    corrected = msgspec.structs.replace(todays, base_price=72_665.0)
    store.keep_targets(corrected)

    assert store.newest_targets() == [corrected, others]


def test_a_symbol_that_several_people_watch_is_read_once(tmp_path: Path) -> None:
    """Six people who watch one stock are one call, not six."""
    settings = make_settings(tmp_path)
    write_watches(settings, [("122630", "KODEX 레버리지", "KRX"), ("SOXL", "SOXL", "AMEX")])
    reader = open_reader("telegram", settings)
    assert reader is not None

    assert read_watches(reader) == [
        Watched(symbol="122630", name="KODEX 레버리지", venue=Venue.KRX, people=(1,)),
        Watched(symbol="SOXL", name="SOXL", venue=Venue.AMEX, people=(1,)),
    ]


def test_an_outcome_that_is_known_stays_as_it_is(tmp_path: Path) -> None:
    """It is computed again with each top-up; a source that changes its mind must not rewrite what people were told."""
    store = store_in(tmp_path)
    first = Outcome(alert_id="a", sessions=1, closed_on=THURSDAY, change=0.01)

    assert store.keep_outcomes([first, msgspec.structs.replace(first, sessions=5)]) == 2
    assert store.keep_outcomes([msgspec.structs.replace(first, change=-0.5)]) == 0
    assert store.keep_outcomes([]) == 0


def test_the_alerts_of_a_symbol_are_read_from_evaluators_record(tmp_path: Path) -> None:
    """Of other symbols, and of days before any bar, nothing can be said."""
    settings = make_settings(tmp_path)
    lay_out(settings, "evaluator")
    fired = alert()
    decide(settings, fired, alert(2, symbol="005930"), alert(3, session_date=WEDNESDAY))
    engine = open_reader("evaluator", settings)
    assert engine is not None

    with engine.connect() as reader:
        (found,) = read_fired(reader, "122630", THURSDAY)

    assert (found.id, found.session_date, found.price, found.base_price) == (
        fired.id,
        fired.session_date,
        70_600.0,
        72_665.0,
    )


def test_volumes_and_base_prices_come_by_their_days(tmp_path: Path) -> None:
    """From both together it is known how many shares are usual."""
    store = store_in(tmp_path)
    store.keep_bars("122630", [bar(WEDNESDAY, 100.0), bar(THURSDAY, 101.0)], "test")
    store.keep_targets(targets(session_date=THURSDAY, base_price=100.0))
    store.keep_targets(targets(session_date=FRIDAY, base_price=101.0, usual_volume=7))

    assert store.volumes("122630") == {on: bar(on, 1.0).volume for on in (WEDNESDAY, THURSDAY)}
    assert store.base_prices("122630") == {THURSDAY: 100.0, FRIDAY: 101.0}
    assert [each.usual_volume for each in store.newest_targets()] == [7]
