"""What people want to be spared survives a restart, and touches nobody else."""

from datetime import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from actors.runtime.store import open_store, reading
from actors.telegram.people.hush import Hush, Mute
from actors.telegram.people.hushes import KEPT_NS, Hushes
from actors.telegram.people.quiet import QuietHours
from protocol.messages import Market
from protocol.tables.telegram import mutes
from tests.support.actor import make_settings
from tests.support.databases import lay_out

NIGHT = QuietHours(begins=time(23, 0), ends=time(7, 30), wakes_from=2.0)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return telegram's database, empty."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    return open_store("telegram", settings)


def test_who_said_nothing_is_spared_nothing(engine: Engine) -> None:
    """And hears 2σ."""
    assert Hushes(engine).of(1) == Hush()


def test_everything_is_as_it_was_after_a_restart(engine: Engine) -> None:
    """Somebody who was told that it will be quiet sleeps on."""
    hushes = Hushes(engine)
    hushes.set_quiet(1, NIGHT)
    hushes.set_loudness(1, 1.0)
    hushes.mute(1, [Mute(since_ns=10, until_ns=20), Mute(since_ns=10, until_ns=30, market=Market.US)], 10)
    hushes.mute(1, [Mute(since_ns=15, until_ns=25, symbol="005930")], 15)
    hushes.set_quiet(2, None)
    expected = Hush(
        quiet=NIGHT,
        mutes=(
            Mute(since_ns=10, until_ns=20),
            Mute(since_ns=10, until_ns=30, market=Market.US),
            Mute(since_ns=15, until_ns=25, symbol="005930"),
        ),
        rings_from=1.0,
    )

    for kept in (hushes, Hushes(engine)):
        assert (kept.of(1), kept.of(2)) == (expected, Hush())


def test_a_mute_ends_when_it_is_told_to_and_is_remembered_for_what_came_meanwhile(engine: Engine) -> None:
    """What was decided while it lasted belongs into its digest."""
    hushes = Hushes(engine)
    hushes.mute(1, [Mute(since_ns=10, until_ns=90), Mute(since_ns=10, until_ns=80, symbol="005930")], 10)

    assert hushes.unmute(1, 40, "005930")
    assert not hushes.unmute(1, 41, "005930")
    assert not hushes.unmute(2, 41)
    assert hushes.unmute(1, 50)
    for kept in (hushes, Hushes(engine)):
        assert kept.of(1).mutes == (Mute(since_ns=10, until_ns=50), Mute(since_ns=10, until_ns=40, symbol="005930"))


def test_quiet_hours_can_be_ended_and_leave_the_rest(engine: Engine) -> None:
    """Who no longer sleeps has not changed what rings."""
    hushes = Hushes(engine)
    hushes.set_loudness(1, 3.0)
    hushes.set_quiet(1, NIGHT)
    hushes.set_quiet(1, None)

    assert Hushes(engine).of(1) == Hush(rings_from=3.0)


def test_mutes_of_long_ago_are_forgotten(engine: Engine) -> None:
    """Somebody presses a button each day for years."""
    hushes = Hushes(engine)
    for number in range(1, 4):
        start = number * KEPT_NS
        hushes.mute(1, [Mute(since_ns=start, until_ns=start + 5)], start)

    assert [mute.since_ns for mute in hushes.of(1).mutes] == [2 * KEPT_NS, 3 * KEPT_NS]
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(mutes)).scalar() == 2
