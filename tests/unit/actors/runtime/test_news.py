"""Noticing that news of the watch list or the targets was missed."""

from datetime import UTC, datetime

import msgspec

from actors.runtime.news import News
from protocol.messages import Heartbeat, State

MOMENT = datetime(2025, 11, 28, tzinfo=UTC)


def beat(number: int, actor: str = "telegram") -> Heartbeat:
    """Return a heartbeat whose last announcement of the watch list has that number."""
    return Heartbeat(
        actor=actor,
        instance="1",
        pid=1,
        state=State.RUNNING,
        reason="",
        started_at=MOMENT,
        beat_at=MOMENT,
        progressed_at=MOMENT,
        progress=0,
        queue=0,
        memory_mb=1.0,
        restarts=0,
        sequences={"watches": number},
    )


def read_once() -> News:
    """Return news that are up to date with announcement 3 of epoch 1."""
    news = News("telegram", "watches")
    news.on_heartbeat(1, beat(3))
    news.caught_up()
    return news


def test_the_database_is_read_at_start() -> None:
    """Nothing need be announced for what was there before us."""
    assert News("telegram", "watches").missed


def test_the_same_heartbeat_again_is_no_news() -> None:
    """Once a second, all day."""
    news = read_once()
    news.on_heartbeat(1, beat(3))

    assert not news.missed


def test_a_higher_number_in_the_heartbeat_is_a_missed_announcement() -> None:
    """PUB/SUB may lose the announcement itself."""
    news = read_once()
    news.on_heartbeat(1, beat(4))

    assert news.missed


def test_a_new_life_of_the_owner_is_read_again() -> None:
    """What it announced before it died may never have reached us."""
    news = read_once()
    news.on_heartbeat(2, beat(3))

    assert news.missed


def test_announcements_in_order_need_no_reading() -> None:
    """Targets are used as they come."""
    news = read_once()
    news.on_message(1, 4)
    news.on_heartbeat(1, beat(4))

    assert not news.missed


def test_a_skipped_announcement_is_missed_even_if_the_next_one_came() -> None:
    """Each is of another symbol."""
    news = read_once()
    news.on_message(1, 5)

    assert news.missed


def test_heartbeats_of_others_say_nothing() -> None:
    """Every actor's pulse arrives here."""
    news = read_once()
    news.on_heartbeat(9, msgspec.structs.replace(beat(8), actor="feed"))

    assert not news.missed
