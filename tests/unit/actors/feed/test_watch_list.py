"""Which streams people want, and when to look again."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from actors.feed.watch_list import WatchList
from actors.kis.messages import Stream
from actors.runtime.config import Settings
from actors.runtime.ports import Received
from actors.runtime.store import open_store
from protocol.messages import Heartbeat, State, WatchListChanged
from protocol.tables.telegram import people, watches
from tests.support.actor import make_settings
from tests.support.databases import lay_out

NOW = datetime(2025, 11, 28, tzinfo=UTC)


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


def heartbeat(watches_sequence: int, epoch: int = 1, actor: str = "telegram") -> Received:
    """Return an actor's heartbeat."""
    beat = Heartbeat(
        actor=actor,
        instance="1",
        pid=1,
        state=State.RUNNING,
        reason="",
        started_at=NOW,
        beat_at=NOW,
        progressed_at=NOW,
        progress=0,
        queue=0,
        memory_mb=0.0,
        restarts=0,
        sequences={"watches": watches_sequence},
    )
    return Received("heartbeat", f"{actor}-1", epoch, 0, beat)


def test_the_korean_symbols_of_all_people_are_wanted_most_watched_first(tmp_path: Path) -> None:
    """Where room is short, what most people watch comes first; US symbols are the poller's."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    add(settings, (1, "122630", "KRX"), (1, "SOXL", "AMEX"), (1, "000660", "KRX"), (2, "122630", "KRX"))
    watch_list = WatchList(settings)

    assert watch_list.changed_streams() == (Stream("H0STCNT0", "122630"), Stream("H0STCNT0", "000660"))
    watch_list.close()


def test_it_is_read_again_only_when_telegram_shows_that_it_has_changed(tmp_path: Path) -> None:
    """By the announcement, by a number that was missed, or by a new life of telegram."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    watch_list = WatchList(settings)
    assert watch_list.changed_streams() == ()
    assert watch_list.changed_streams() is None
    announced = Received("watches", "telegram-1", 1, 5, WatchListChanged(symbols=[]))

    looks = []
    for received in (heartbeat(4), heartbeat(4), heartbeat(9, actor="analyst"), announced, heartbeat(5), heartbeat(6)):
        watch_list.hear(received)
        looks.append(watch_list.changed_streams() is not None)
    watch_list.hear(heartbeat(6, epoch=2))
    looks.append(watch_list.changed_streams() is not None)

    assert looks == [True, False, False, True, False, True, True]
    watch_list.close()


def test_before_telegrams_first_start_there_is_nothing_to_read(tmp_path: Path) -> None:
    """Any start order works: the feed looks again until the database is there."""
    settings = make_settings(tmp_path)
    watch_list = WatchList(settings)
    assert watch_list.changed_streams() is None

    lay_out(settings, "telegram")

    assert watch_list.changed_streams() == ()
    watch_list.close()
