"""Which streams people want."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from actors.feed.config import FeedConfig
from actors.feed.demand.watch_list import WatchList, read_choices, read_demands
from actors.feed.demand.wishes import Demand
from actors.kis.messages import Stream
from actors.runtime.config import Settings
from actors.runtime.store import open_reader, open_store
from protocol.letters import THE_OPERATOR
from protocol.messages import Venue
from protocol.tables.analyst import instruments
from protocol.tables.telegram import people, rules, watches
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.ports import FakePorts


def add(settings: Settings, *watched: tuple[int, str, str]) -> None:
    """Let people (by number) watch symbols of venues."""
    store = open_store("telegram", settings)
    with store.begin() as connection:
        for number in sorted({person for person, _, _ in watched}):
            connection.execute(
                insert(people).prefix_with("OR IGNORE"),
                {
                    "id": number,
                    "name": str(number),
                    "user_id": number,
                    "chat_id": number,
                    "role": "member",
                    "language": "ko",
                    "time_zone": "Asia/Seoul",
                    "reachable": True,
                    "joined_at_ns": 0,
                },
            )
        for person, symbol, venue in watched:
            row = {"person_id": person, "symbol": symbol, "name": symbol, "venue": venue, "since_ns": 0}
            connection.execute(insert(watches), row)
    store.dispose()


def choose(settings: Settings, person: int, sessions: str) -> None:
    """Let a person have chosen *sessions*."""
    store = open_store("telegram", settings)
    with store.begin() as connection:
        connection.execute(update(people).where(people.c.id == person).values(sessions=sessions))
    store.dispose()


def arm(settings: Settings, person: int, symbol: str, level: float, **columns: object) -> None:
    """Let a person wait for *symbol* at *level*; *columns* are those of a rule of another kind."""
    row = {"id": f"{person}-{symbol}-{level:g}", "version": 1, "person_id": person, "symbol": symbol, "level": level}
    store = open_store("telegram", settings)
    with store.begin() as connection:
        connection.execute(insert(rules), {**row, "active": True, "since_ns": 0, **columns})
    store.dispose()


def test_each_symbol_is_demanded_once_with_its_watchers_levels_and_nxt(tmp_path: Path) -> None:
    """Six people's wishes are one stream."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    add(settings, (1, "122630", "KRX"), (1, "SOXL", "AMEX"), (2, "122630", "KRX"))
    choose(settings, 2, "krx-regular nxt")
    arm(settings, 1, "122630", 1.0)
    arm(settings, 2, "122630", 2.0)
    arm(settings, 2, "122630", 70_000.0, kind="price")
    arm(settings, 2, "122630", 1.5, direction="above")
    telegram = open_reader("telegram", settings)
    assert telegram is not None

    assert read_demands(telegram) == (
        Demand(symbol="122630", venue=Venue.KRX, watchers=2, levels=(1.0, 2.0), wants_nxt=True),
        Demand(symbol="SOXL", venue=Venue.AMEX, watchers=1),
    )
    telegram.dispose()


def watching(settings: Settings, clock: FakeClock, config: FeedConfig) -> WatchList:
    """Return feed's watch list."""
    return WatchList(make_actor("feed", config, settings, ports=FakePorts(), clock=clock))


def test_streams_are_told_when_they_change_whether_or_not_analyst_is_there(tmp_path: Path) -> None:
    """Prices must flow before analyst has ever run; its knowledge only orders them and refines the keys."""
    settings, clock = make_settings(tmp_path), FakeClock(datetime(2026, 11, 27, tzinfo=UTC))
    lay_out(settings, "telegram")
    add(settings, (1, "005930", "KRX"), (1, "BRK.B", "NYSE"))
    watch_list = watching(settings, clock, FeedConfig(market_status=False))

    assert watch_list.look({}) == (Stream("H0STCNT0", "005930"), Stream("HDFSCNT0", "DNYSBRK.B"))
    assert watch_list.look({}) is None
    lay_out(settings, "analyst")
    store = open_store("analyst", settings)
    row = {"symbol": "BRK.B", "name": "Berkshire", "venue": "NYSE", "checked_at_ns": 0, "key": "DNYSBRK/B"}
    with store.begin() as connection:
        connection.execute(insert(instruments), row)
    store.dispose()
    clock.step(30.0)
    assert watch_list.look({}) == (Stream("H0STCNT0", "005930"), Stream("HDFSCNT0", "DNYSBRK/B"))
    clock.step(30.0)
    assert watch_list.look({}) is None


@pytest.mark.parametrize(("user_id", "owner"), [(0, THE_OPERATOR), (7, 7), (8, None)])
def test_own_fills_go_to_the_operator_or_to_the_one_who_is_named(
    tmp_path: Path, user_id: int, owner: int | None
) -> None:
    """Somebody whom telegram does not know must not turn into the operator."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    add(settings, (7, "005930", "KRX"))
    watch_list = watching(settings, FakeClock(datetime(2026, 11, 27, tzinfo=UTC)), FeedConfig(fills_user_id=user_id))
    watch_list.look({})

    assert watch_list.owner == owner


def test_the_sessions_are_those_that_anybody_has_chosen_who_watches_something(tmp_path: Path) -> None:
    """Who watches nothing needs no connection in the evening."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    add(settings, (1, "005930", "KRX"), (2, "005930", "KRX"))
    choose(settings, 1, "krx-regular")
    choose(settings, 2, "krx-after us-pre")
    reader = open_reader("telegram", settings)
    assert reader is not None

    assert {choice.value for choice in read_choices(reader)} == {"krx-regular", "krx-after", "us-pre"}
    reader.dispose()
