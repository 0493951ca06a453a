"""Evaluator's shell between real ports and real databases."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import insert, select, update

from actors.evaluator.config import EvaluatorConfig
from actors.evaluator.shell import run
from actors.runtime.actor import Actor
from actors.runtime.config import Settings
from actors.runtime.store import open_store
from protocol.messages import Alert, MarketStatus, Origin, Session, Targets, Trade, Trades, WatchListChanged
from protocol.tables import analyst, evaluator, telegram
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.market import NINE, rule, targets, trade
from tests.support.party import Party, living


def write_rules(settings: Settings) -> None:
    """Let telegram's database hold one person with both rules."""
    engine = open_store("telegram", settings)
    person = {
        "id": 1,
        "name": "데모",
        "user_id": 1001,
        "chat_id": 1001,
        "role": "operator",
        "language": "ko",
        "time_zone": "Asia/Seoul",
        "reachable": True,
        "joined_at_ns": 0,
    }
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
    with engine.begin() as connection:
        connection.execute(insert(telegram.people), person)
        connection.execute(insert(telegram.rules), rows)


def write_targets(settings: Settings, aimed: Targets) -> None:
    """Let analyst's database hold *aimed*."""
    with open_store("analyst", settings).begin() as connection:
        connection.execute(insert(analyst.targets), analyst.row_from(aimed))


def alerts_on_disk(settings: Settings) -> list[str]:
    """Return the ids in evaluator's database, oldest first."""
    table = evaluator.alerts
    with open_store("evaluator", settings).connect() as connection:
        return list(connection.scalars(select(table.c.id).order_by(table.c.position)))


class Evaluation:
    """Evaluator in this process, with its own ports; each `life` is one start."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._party = Party("evaluator", settings)
        self.actor: Actor[EvaluatorConfig] = make_actor(
            "evaluator", EvaluatorConfig(checkpoint_s=0.01), settings, ports=self._party.ports, clock=FakeClock(NINE)
        )

    async def __aenter__(self) -> Self:
        self._party.ports.open()
        self._task = asyncio.create_task(run(self.actor))
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._party.ports.stop()
        await self._task
        self._party.ports.close()


async def alerts_for(feed: Party, phone: Party, count: int, *trades: Trade) -> list[Alert]:
    """Publish *trades* once and return the doorbells as soon as there are *count* of them."""
    feed.ports.publish(Trades(trades=list(trades)))
    await phone.until(lambda _: len(phone.messages(Alert)) >= count)
    return [alert for alert in phone.messages(Alert) if isinstance(alert, Alert)]


def test_a_trade_at_its_target_is_on_disk_when_the_doorbell_rings(tmp_path: Path) -> None:
    """The disk is the queue: what only a socket knew would be lost with its process."""

    async def scenario() -> None:
        settings = make_settings(tmp_path)
        write_rules(settings)
        write_targets(settings, targets())
        feed, phone = Party("feed", settings), Party("telegram", settings)
        async with living(feed, phone), Evaluation(settings):
            alerts = await alerts_for(feed, phone, 2, trade(97_900))
            assert [alert.id for alert in alerts] == ["1-122630-2:1:2025-11-28:1", "1-122630-1:1:2025-11-28:1"]
            assert alerts_on_disk(settings) == [alert.id for alert in alerts]

    asyncio.run(scenario())


def test_trades_from_before_the_start_are_asked_for_and_decided_once(tmp_path: Path) -> None:
    """A crossing while evaluator was dead rings when it is back; one that rang before does not."""

    async def scenario() -> None:
        settings = make_settings(tmp_path)
        write_rules(settings)
        write_targets(settings, targets())
        feed, phone = Party("feed", settings), Party("telegram", settings)
        async with living(feed, phone):
            async with Evaluation(settings):
                await alerts_for(feed, phone, 1, trade(98_900))
            feed.ports.publish(Trades(trades=[trade(97_000, NINE + timedelta(seconds=10))]))
            async with Evaluation(settings):
                await phone.until(lambda _: len(phone.messages(Alert)) >= 2)
        assert alerts_on_disk(settings) == ["1-122630-1:1:2025-11-28:1", "1-122630-2:1:2025-11-28:1"]
        assert len(phone.messages(Alert)) == 2

    asyncio.run(scenario())


def test_targets_and_rules_that_come_later_are_used_from_then_on(tmp_path: Path) -> None:
    """Any start order works, and a new wish needs no restart."""

    async def scenario() -> None:
        settings = make_settings(tmp_path)
        feed, phone, desk = Party("feed", settings), Party("telegram", settings), Party("analyst", settings)
        async with living(feed, phone, desk), Evaluation(settings):
            write_rules(settings)
            open_store("analyst", settings)
            phone.ports.publish(WatchListChanged(symbols=["122630"]))
            rung = asyncio.create_task(phone.until(lambda _: bool(phone.messages(Alert))))
            second = 0
            while not rung.done():
                desk.ports.publish(targets())
                feed.ports.publish(Trades(trades=[trade(98_900, NINE + timedelta(seconds=second))]))
                second += 1
                await asyncio.wait([rung], timeout=0.05)
            await rung

    asyncio.run(scenario())


def test_a_rule_that_was_switched_off_rings_no_more(tmp_path: Path) -> None:
    """Whoever removed a stock is not told of it."""

    async def scenario() -> None:
        settings = make_settings(tmp_path)
        write_rules(settings)
        write_targets(settings, targets())
        feed, phone = Party("feed", settings), Party("telegram", settings)
        with open_store("telegram", settings).begin() as connection:
            connection.execute(update(telegram.rules).where(telegram.rules.c.level == 2.0).values(active=False))
        async with living(feed, phone), Evaluation(settings):
            alerts = await alerts_for(feed, phone, 1, trade(97_000))
        assert [alert.level for alert in alerts] == [1.0]

    asyncio.run(scenario())


def test_an_alert_says_what_feed_has_told_of_trading(tmp_path: Path) -> None:
    """Over the same socket as the trades, so in their order."""

    async def scenario() -> None:
        settings = make_settings(tmp_path)
        write_rules(settings)
        write_targets(settings, targets())
        feed, phone = Party("feed", settings), Party("telegram", settings)
        async with living(feed, phone), Evaluation(settings):
            feed.ports.publish(MarketStatus(symbol="122630", notes=["vi"], told_at=NINE))
            alerts = await alerts_for(feed, phone, 1, trade(98_900))
        with open_store("evaluator", settings).connect() as connection:
            assert list(connection.scalars(select(evaluator.alerts.c.notes))) == [" ".join(alerts[0].notes)]

    asyncio.run(scenario())


def test_an_evening_alerts_only_who_chose_it(tmp_path: Path) -> None:
    """Regular sessions only, unless a person says otherwise; it counts as soon as it is announced."""

    async def scenario() -> None:
        settings = make_settings(tmp_path)
        write_rules(settings)
        write_targets(settings, targets())
        feed, phone = Party("feed", settings), Party("telegram", settings)
        evening = NINE + timedelta(hours=8)
        async with living(feed, phone), Evaluation(settings):
            feed.ports.publish(Trades(trades=[trade(97_000, evening, session=Session.AFTER_HOURS)]))
            await alerts_for(feed, phone, 2, trade(97_900))
            with open_store("telegram", settings).begin() as connection:
                connection.execute(update(telegram.people).values(sessions="krx-after"))
            phone.ports.publish(WatchListChanged(symbols=["122630"]))
            rung = asyncio.create_task(phone.until(lambda _: len(phone.messages(Alert)) >= 4))
            second = 0
            while not rung.done():
                second += 1
                late = trade(97_000, evening + timedelta(seconds=second), session=Session.AFTER_HOURS)
                feed.ports.publish(Trades(trades=[late]))
                await asyncio.wait([rung], timeout=0.05)
            await rung
        assert [alert.traded_at.hour for alert in phone.messages(Alert) if isinstance(alert, Alert)] == [0, 0, 8, 8]

    asyncio.run(scenario())


def test_a_crossing_that_the_ring_no_longer_has_is_filled_in_and_marked_late(tmp_path: Path) -> None:
    """Evaluator was dead for longer than the ring, or with feed: it asks from where it was, and feed makes good."""

    async def scenario() -> None:
        settings = make_settings(tmp_path)
        write_rules(settings)
        write_targets(settings, targets())
        phone = Party("telegram", settings)
        reached = trade(98_900)
        asked: list[tuple[int, int | None]] = []

        async def fill(since_ns: int, until_ns: int | None) -> list[Trade]:
            asked.append((since_ns, until_ns))
            at = NINE + timedelta(minutes=2)
            return [trade(97_900, at, day_low=0.0, day_low_at_ns=0, origin=Origin.BAR)]

        async with living(phone):
            first = Party("feed", settings)
            async with living(first), Evaluation(settings):
                await alerts_for(first, phone, 1, reached)
            second = Party("feed", settings, epoch=2)
            second.ports.filler = fill
            async with living(second), Evaluation(settings):
                await phone.until(lambda _: len(phone.messages(Alert)) >= 2)
        alert = phone.messages(Alert)[1]
        assert isinstance(alert, Alert)
        assert (alert.id, alert.late) == ("1-122630-2:1:2025-11-28:1", True)
        assert alert.traded_at == NINE + timedelta(minutes=2)
        assert asked == [(reached.traded_at_ns, None)]

    asyncio.run(scenario())
