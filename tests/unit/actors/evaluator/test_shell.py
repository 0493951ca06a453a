"""Evaluator's shell: what is written and told when, and what it never waits for."""

import asyncio
import contextlib
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import insert, select, update
from structlog.testing import capture_logs
from structlog.typing import EventDict

from actors.evaluator.config import EvaluatorConfig
from actors.evaluator.shell import run
from actors.evaluator.statuses import Statuses
from actors.evaluator.store import EvaluatorStore
from actors.runtime.actor import Actor
from actors.runtime.config import Settings
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import open_store
from protocol.messages import (
    Alert,
    Event,
    MarketStatus,
    ReachedAgain,
    ReplayChunk,
    State,
    Targets,
    Trade,
    Trades,
    WatchListChanged,
)
from protocol.moments import to_ns
from protocol.tables import analyst, evaluator, telegram
from protocol.wire import Envelope, encode_published, glance_published
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock, settle
from tests.support.databases import lay_out
from tests.support.market import NINE, rule, targets, trade
from tests.support.ports import FakePorts

EPOCH = 7


class Room:
    """Evaluator in this process, between ports without sockets and real databases."""

    def __init__(self, settings: Settings, read: int = 0) -> None:
        """Make another life, behind the *read* messages of feed that earlier ones had."""
        self.ports = FakePorts()
        self.clock = FakeClock(NINE)
        self.actor: Actor[EvaluatorConfig] = make_actor(
            "evaluator", EvaluatorConfig(), settings, ports=self.ports, clock=self.clock
        )
        self._sequence = read

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(run(self.actor))
        await settle()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.ports.stop()
        await self._task

    async def kill(self) -> None:
        """Let it end where it stands."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def catch_up(self) -> None:
        """Let both publishers have nothing that was missed."""
        self.ports.wake()
        await settle()
        for sender in ("feed-1", "us_poller-1"):
            chunk = ReplayChunk(stream="trades", epoch=EPOCH, first=1, newest=0, frames=[])
            self.ports.deliver(chunk, sender=sender, epoch=EPOCH)
        await settle()

    async def trade(self, *trades: Trade) -> None:
        """Let *trades* arrive as feed's next message."""
        self._sequence += 1
        envelope = Envelope("feed-1", EPOCH, self._sequence, Trades(trades=list(trades)))
        _, glanced = glance_published(encode_published("trades", envelope))
        self.ports.deliver(glanced.message, sender="feed-1", epoch=EPOCH, sequence=self._sequence)
        await settle()

    def rung(self) -> list[str]:
        """Return the ids for which the doorbell has rung."""
        return [message.id for message in self.ports.sent if isinstance(message, Alert)]


def write(settings: Settings, *, rules: bool = True, aimed: Targets | None = None) -> None:
    """Let telegram's database hold both rules, and analyst's the targets."""
    if rules:
        rows = [
            {
                "id": each.id,
                "version": each.version,
                "person_id": 1,
                "symbol": each.symbol,
                "level": each.level,
                "active": True,
                "since_ns": each.since_ns,
            }
            for each in (rule(1.0), rule(2.0))
        ]
        person = {"id": 1, "name": "데모", "user_id": 1, "chat_id": 1, "role": "operator", "language": "ko"}
        person |= {"time_zone": "Asia/Seoul", "reachable": True, "joined_at_ns": 0}
        with open_store("telegram", settings).begin() as connection:
            connection.execute(insert(telegram.people), person)
            connection.execute(insert(telegram.rules), rows)
    with open_store("analyst", settings).begin() as connection:
        connection.execute(insert(analyst.targets), analyst.row_from(aimed or targets()))


def play(directory: Path, *, everything: bool = True) -> Settings:
    """Return settings with migrated databases, filled unless told otherwise."""
    settings = make_settings(directory)
    lay_out(settings, "evaluator", *(("telegram", "analyst") if everything else ()))
    if everything:
        write(settings)
    return settings


def test_an_alert_rings_once_it_is_on_disk(tmp_path: Path) -> None:
    """The disk is the queue, the doorbell only shortens the wait."""

    async def scenario() -> None:
        async with Room(play(tmp_path)) as room:
            await room.catch_up()
            await room.trade(trade(98_900))
            assert room.rung() == ["1-122630-1:1:2025-11-28:1"]
            assert room.actor.state is State.RUNNING

    asyncio.run(scenario())


def test_a_bug_does_not_make_an_alert_that_nobody_was_told_of_count_as_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One message: its first trade fires, the second meets the bug; the next life decides both again."""
    settings = play(tmp_path)
    tell_notes = Statuses.notes_on

    def stumble(statuses: Statuses, met: Trade) -> list[str]:
        if met.price == 97_000:
            message = "a bug"
            raise AssertionError(message)
        return tell_notes(statuses, met)

    async def die() -> None:
        async with Room(settings) as room:
            await room.catch_up()
            await room.trade(trade(98_900), trade(97_000))

    async def live() -> list[str]:
        async with Room(settings) as room:
            await room.catch_up()
            await room.trade(trade(98_900))
            return room.rung()

    with monkeypatch.context() as buggy:
        buggy.setattr(Statuses, "notes_on", stumble)
        with pytest.raises(AssertionError, match="a bug"):
            asyncio.run(die())

    assert asyncio.run(live()) == ["1-122630-1:1:2025-11-28:1"]


def test_a_life_that_is_killed_behind_the_doorbell_leaves_all_that_it_decided(tmp_path: Path) -> None:
    """Then the alert alone is on disk, and carries what the next life goes on with: the rest, and the place."""
    settings = play(tmp_path)

    async def die() -> None:
        room = Room(settings)
        await room.__aenter__()
        await room.catch_up()
        await room.trade(trade(98_900))
        assert len(room.rung()) == 1
        await room.kill()

    async def live() -> list[str]:
        async with Room(settings) as room:
            await room.catch_up()
            await room.trade(trade(98_900))
            await room.trade(trade(98_800, at=NINE + timedelta(seconds=299)))
            await room.trade(trade(98_800, at=NINE + timedelta(seconds=300)))
            return room.rung()

    asyncio.run(die())
    with open_store("evaluator", settings).connect() as connection:
        assert connection.execute(select(evaluator.rule_states)).all() == []

    assert asyncio.run(live()) == ["1-122630-1:1:2025-11-28:2"]


def test_it_is_logged_after_the_doorbell_has_been_heard(tmp_path: Path) -> None:
    """Whoever is rung needs the processor first; a stop forgets nothing."""

    async def scene() -> None:
        with capture_logs() as logs:
            async with Room(play(tmp_path)) as room:
                await room.catch_up()
                await room.trade(trade(98_900))
                assert (len(room.rung()), said(logs)) == (1, [])
                room.clock.step(0.01)
                room.ports.wake()
                await settle()
                assert said(logs) == [98_900]
                await room.trade(trade(97_900))
                assert (len(room.rung()), said(logs)) == (2, [98_900])
            assert said(logs) == [98_900, 97_900]

    def said(logs: list[EventDict]) -> list[float]:
        return [line["price"] for line in logs if line["event"] == "alert_raised"]

    asyncio.run(scene())


def test_what_wobbles_is_told_seldom_and_each_time_the_newest(tmp_path: Path) -> None:
    """Ten reaches a second must not become ten edits a second, and the last one must not be kept back."""

    async def scenario() -> None:
        async with Room(play(tmp_path)) as room:
            await room.catch_up()

            async def wobble(*prices: float) -> list[tuple[int, float]]:
                for price in prices:
                    await room.trade(trade(price))
                told = [message for message in room.ports.sent if isinstance(message, ReachedAgain)]
                return [(again.times, again.price) for again in told]

            assert await wobble(98_900, 99_500, 98_950) == [(2, 98_950)]
            assert await wobble(99_500, 98_960, 99_500, 98_970) == [(2, 98_950)]
            room.clock.step(2.9)
            assert await wobble(98_980) == [(2, 98_950)]
            room.clock.step(0.1)
            room.ports.wake()
            await settle()
            assert await wobble() == [(2, 98_950), (4, 98_970)]
            assert room.rung() == ["1-122630-1:1:2025-11-28:1"]

    asyncio.run(scenario())


@pytest.mark.parametrize("is_early", [False, True], ids=["at work", "starting"])
def test_an_alert_during_an_interruption_says_so_after_a_restart(tmp_path: Path, *, is_early: bool) -> None:
    """Nobody tells it a second time, and at the price that it names nothing can be bought just then."""

    async def scenario() -> None:
        settings = play(tmp_path)
        async with Room(settings) as room:
            if not is_early:
                await room.catch_up()
            room.ports.deliver(MarketStatus(symbol="122630", notes=["vi"], told_at=NINE), sender="feed-1")
            await settle()
            if is_early:
                await room.catch_up()
        async with Room(settings) as room:
            await room.catch_up()
            await room.trade(trade(98_900))
            assert [alert.notes for alert in room.ports.sent if isinstance(alert, Alert)] == [["vi"]]

    asyncio.run(scenario())


def test_a_status_is_on_disk_before_anything_else_happens(tmp_path: Path) -> None:
    """A process that is killed does not get to write on its way out."""

    async def scenario() -> None:
        settings = play(tmp_path)
        async with Room(settings) as room:
            await room.catch_up()
            room.ports.deliver(MarketStatus(symbol="122630", notes=["vi"], told_at=NINE), sender="feed-1")
            await settle()
            with open_store("evaluator", settings).connect() as connection:
                assert connection.scalars(select(evaluator.statuses.c.notes)).all() == ["vi"]

    asyncio.run(scenario())


def test_trades_that_matter_and_cannot_be_read_whole_are_rejected_and_the_next_are_judged(tmp_path: Path) -> None:
    """One frame that is damaged behind what is looked at first must not end the evaluator."""

    async def scenario() -> None:
        async with Room(play(tmp_path)) as room:
            await room.catch_up()
            with capture_logs() as logs:
                await room.trade(trade(98_900, change=math.nan))
            assert [line["event"] for line in logs] == ["message_rejected"]
            assert room.rung() == []
            await room.trade(trade(98_900))
            assert room.rung() == ["1-122630-1:1:2025-11-28:1"]

    asyncio.run(scenario())


def test_while_the_disk_takes_nothing_the_alert_waits_and_rings_when_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk must neither lose an alert nor tell of one that a restart would forget."""
    commit = EvaluatorStore.commit

    def refuse(*_arguments: object) -> list[Alert]:
        message = "disk is full"
        raise TemporaryFailure(message)

    async def scenario() -> None:
        async with Room(play(tmp_path)) as room:
            await room.catch_up()
            monkeypatch.setattr(EvaluatorStore, "commit", refuse)
            await room.trade(trade(98_900))
            assert room.rung() == []
            states = [room.actor.state]
            monkeypatch.setattr(EvaluatorStore, "commit", commit)
            room.clock.step(2)
            await room.trade(trade(99_900, NINE + timedelta(seconds=2)))
            assert room.rung() == ["1-122630-1:1:2025-11-28:1"]
            assert [*states, room.actor.state] == [State.DEGRADED, State.RUNNING]

    asyncio.run(scenario())


def test_no_trade_is_judged_before_rules_and_targets_are_known(tmp_path: Path) -> None:
    """Judged against nothing it would be behind the cursor, and its alert lost, when they come."""

    async def scenario() -> None:
        settings = play(tmp_path, everything=False)
        async with Room(settings) as room:
            await room.catch_up()
            assert room.ports.replays_asked == []
            lay_out(settings, "telegram", "analyst")
            write(settings)
            room.ports.deliver(WatchListChanged(symbols=["122630"]), sender="telegram-1")
            await settle()
            room.ports.wake()
            await settle()
            assert {sender for sender, _ in room.ports.replays_asked} == {"feed-1", "us_poller-1"}
            frame = encode_published("trades", Envelope("feed-1", EPOCH, 1, Trades(trades=[trade(98_900)])))
            missed = ReplayChunk(stream="trades", epoch=EPOCH, first=1, newest=1, frames=[frame])
            room.ports.deliver(missed, sender="feed-1", epoch=EPOCH)
            await settle()
            assert room.rung() == ["1-122630-1:1:2025-11-28:1"]

    asyncio.run(scenario())


def test_an_analyst_that_does_not_answer_delays_no_alert(tmp_path: Path) -> None:
    """A base price that disagrees is asked about beside the work, never in its way."""

    async def scenario() -> None:
        settings = play(tmp_path)
        write(settings, rules=False, aimed=targets(symbol="005930", base_price=50_000.0))
        async with Room(settings) as room:
            await room.catch_up()
            room.ports.mute.add(("analyst", "recompute"))
            await room.trade(trade(90_000, change=-60_000.0))
            await room.trade(trade(98_900, NINE + timedelta(seconds=1)))
            assert room.ports.asked == [("analyst", "recompute")]
            assert room.rung() == ["1-122630-1:1:2025-11-28:1"]

    asyncio.run(scenario())


def test_a_base_price_that_analyst_cannot_mend_is_asked_about_less_and_less_often(tmp_path: Path) -> None:
    """A source that tells no base price would otherwise be read anew every minute of the day."""

    async def scenario() -> None:
        async with Room(play(tmp_path)) as room:
            await room.catch_up()
            room.ports.answers["analyst", "recompute"] = lambda **_: {}
            asked = []
            for minute in range(8):
                await room.trade(trade(50_000, NINE + timedelta(minutes=minute), change=0.0))
                asked.append(len(room.ports.asked))
                room.clock.step(60.0)
            assert asked == [1, 2, 2, 3, 3, 3, 3, 4]

    asyncio.run(scenario())


def test_a_hole_that_the_ring_cannot_fill_is_told_as_an_event(tmp_path: Path) -> None:
    """Whoever looks at the log must see that something may be missing."""

    async def scenario() -> None:
        async with Room(play(tmp_path)) as room:
            await room.catch_up()
            await room.trade(trade(99_900))
            room.ports.deliver(Trades(trades=[trade(99_900)]), sender="feed-1", epoch=99, sequence=5)
            await settle()
            begun_anew = ReplayChunk(stream="trades", epoch=99, first=1, newest=0, frames=[])
            room.ports.deliver(begun_anew, sender="feed-1", epoch=99)
            await settle()
            names = [message.name for message in room.ports.published if isinstance(message, Event)]
            assert names == ["gap_found"]

    asyncio.run(scenario())


def write_told(settings: Settings, position: int, *alert_ids: str, created_at: datetime = NINE) -> None:
    """Let telegram's database tell that it has brought these alerts, and read evaluator's record up to *position*."""
    rows = [
        {
            "content_id": alert_id,
            "kind": "text",
            "person_id": 1,
            "chat_id": 1,
            "state": "sent",
            "doubtful": False,
            "attempts": 1,
            "due_at_ns": 0,
            "created_at_ns": to_ns(created_at),
            "reason": "",
        }
        for alert_id in alert_ids
    ]
    with open_store("telegram", settings).begin() as connection:
        connection.execute(insert(telegram.deliveries), rows)
        connection.execute(insert(telegram.marks), {"name": telegram.ALERT_POSITION, "value": str(position)})


def test_alerts_go_on_behind_those_that_telegram_has_told_when_our_record_was_lost(tmp_path: Path) -> None:
    """Numbered from 1 again, they would be taken for those that were brought, and nobody would be told."""

    async def scenario() -> None:
        settings = play(tmp_path)
        write_told(settings, 7, "1-122630-1:1:2025-11-28:1", "1-122630-1:1:2025-11-28:2", "1-122630-2:1:2025-11-28:1")
        for life in (0, 1):
            async with Room(settings, read=life) as room:
                await room.catch_up()
                await room.trade(trade(97_000, NINE + timedelta(seconds=600 + 600 * life)))
                alerts = [message for message in room.ports.sent if isinstance(message, Alert)]
        assert [alert.id for alert in alerts] == ["1-122630-2:1:2025-11-28:3", "1-122630-1:1:2025-11-28:4"]
        assert [alert.position for alert in alerts] == [10, 11]

    asyncio.run(scenario())


def test_a_lost_record_repeats_nothing_that_was_told_a_moment_ago(tmp_path: Path) -> None:
    """The trades of the last minute are read again then; their rules are resting, as they were."""

    async def scenario() -> None:
        settings = play(tmp_path)
        write_told(settings, 2, "1-122630-1:1:2025-11-28:1", created_at=NINE + timedelta(milliseconds=90))
        async with Room(settings) as room:
            await room.catch_up()
            await room.trade(trade(98_900), trade(98_900, NINE + timedelta(seconds=299)))
            assert room.rung() == []

    asyncio.run(scenario())


def change_rule(settings: Settings, rule_id: str, **columns: object) -> None:
    """Let the rule in telegram's database be another."""
    with open_store("telegram", settings).begin() as connection:
        connection.execute(update(telegram.rules).where(telegram.rules.c.id == rule_id).values(columns))


def test_what_fires_once_is_not_repeated_after_a_lost_record_however_long_ago_it_was(tmp_path: Path) -> None:
    """Numbers begin anew in each session; once is once."""

    async def scenario() -> None:
        settings = play(tmp_path)
        change_rule(settings, "1-122630-1", repetition="once", version=3)
        change_rule(settings, "1-122630-2", repetition="once", version=3)
        long_ago = ["1-122630-1:3:2025-08-01:1", "1-122630-2:2:2025-08-01:1"]
        write_told(settings, 2, *long_ago, created_at=NINE - timedelta(days=100))
        async with Room(settings) as room:
            await room.catch_up()
            await room.trade(trade(97_000))
            assert room.rung() == ["1-122630-2:3:2025-11-28:1"]

    asyncio.run(scenario())


def test_what_fired_once_and_was_paused_while_the_record_was_lost_is_not_repeated(tmp_path: Path) -> None:
    """It comes back as it was, with a state that nobody but telegram knows of any more."""

    async def scenario() -> None:
        settings = play(tmp_path)
        change_rule(settings, "1-122630-1", repetition="once", active=False, paused=True)
        write_told(settings, 1, "1-122630-1:1:2025-08-01:1", created_at=NINE - timedelta(days=100))
        async with Room(settings) as room:
            await room.catch_up()
            change_rule(settings, "1-122630-1", active=True, paused=False)
            room.ports.deliver(WatchListChanged(symbols=["122630"]), sender="telegram-1")
            await settle()
            await room.trade(trade(97_000))
            assert room.rung() == ["1-122630-2:1:2025-11-28:1"]

    asyncio.run(scenario())


def test_a_rule_that_only_a_newer_version_understands_is_told_of_and_stops_no_other(tmp_path: Path) -> None:
    """After an update that was undone everybody else must still be told."""

    async def scenario() -> None:
        settings = play(tmp_path)
        change_rule(settings, "1-122630-2", kind="moon phase")
        with capture_logs() as logs:
            async with Room(settings) as room:
                await room.catch_up()
                await room.trade(trade(97_000))
                assert room.rung() == ["1-122630-1:1:2025-11-28:1"]
        assert [line["rules"] for line in logs if line["event"] == "rules_not_understood"] == [["1-122630-2"]]

    asyncio.run(scenario())


def test_a_crossing_rule_that_was_armed_again_is_so_after_a_restart(tmp_path: Path) -> None:
    """The price that armed it raised no alert, and yet it must not be forgotten."""

    async def scenario() -> None:
        settings = play(tmp_path)
        change_rule(settings, "1-122630-1", repetition="crossing", band=0.001)
        async with Room(settings) as room:
            await room.catch_up()
            await room.trade(trade(98_900))
            await room.trade(trade(99_100, NINE + timedelta(seconds=1)))
        async with Room(settings, read=2) as room:
            await room.catch_up()
            await room.trade(trade(98_900, NINE + timedelta(seconds=2)))
            assert room.rung() == ["1-122630-1:1:2025-11-28:2"]

    asyncio.run(scenario())


def test_a_record_that_holds_more_than_telegram_has_read_is_trusted(tmp_path: Path) -> None:
    """In ordinary life telegram lags behind: our own states count, not what it has told so far."""

    async def scenario() -> None:
        settings = play(tmp_path)
        async with Room(settings) as room:
            await room.catch_up()
            await room.trade(trade(98_900))
        write_told(settings, 1, "1-122630-1:1:2025-11-28:9")
        async with Room(settings, read=1) as room:
            await room.catch_up()
            await room.trade(trade(98_900, NINE + timedelta(seconds=400)))
            assert room.rung() == ["1-122630-1:1:2025-11-28:2"]

    asyncio.run(scenario())


def test_what_was_told_is_taken_up_once_the_disk_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half taken up, the next life would number anew what this one has not told."""
    commit = EvaluatorStore.commit

    def refuse(*_arguments: object) -> list[Alert]:
        message = "disk is full"
        raise TemporaryFailure(message)

    async def scenario() -> None:
        settings = play(tmp_path)
        write_told(settings, 7, "1-122630-1:1:2025-11-28:1")
        monkeypatch.setattr(EvaluatorStore, "commit", refuse)
        async with Room(settings) as room:
            await room.catch_up()
            states = [room.actor.state]
            monkeypatch.setattr(EvaluatorStore, "commit", commit)
            await room.catch_up()
            await room.trade(trade(98_900, NINE + timedelta(seconds=400)))
            assert room.rung() == ["1-122630-1:1:2025-11-28:2"]
            assert [*states, room.actor.state] == [State.DEGRADED, State.RUNNING]

    asyncio.run(scenario())
