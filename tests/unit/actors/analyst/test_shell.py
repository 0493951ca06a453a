"""Analyst between fake ports, a source in the test's hand, and real databases."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from actors.analyst.config import AnalystConfig
from actors.analyst.instruments.catalogue import Catalogue
from actors.analyst.shell import PENDING, run_with
from actors.kis.masters import parse_master
from actors.runtime.actor import Actor
from actors.runtime.store import open_reader, open_store
from protocol.messages import Heartbeat, LettersWritten, MarketStatus, State, Targets, WatchListChanged
from protocol.tables.analyst import letters, outcomes
from tests.support.actor import make_actor, make_settings
from tests.support.alerts import alert, decide
from tests.support.calendar import lay_out_closed_days
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.history import FakeHistory
from tests.support.market import DAY, NINE
from tests.support.masters import korean_line
from tests.support.ports import FakePorts
from tests.support.watching import write_watches

LEVERAGE = ("122630", "KODEX 레버리지", "KRX")
SAMSUNG = ("005930", "삼성전자", "KRX")


class Desk:
    """What outlives one life of analyst."""

    def __init__(self, directory: Path) -> None:
        self.settings = make_settings(directory)
        lay_out(self.settings, "analyst")
        lay_out_closed_days(self.settings)
        self.clock = FakeClock(NINE)
        self.source = FakeHistory(DAY)
        scale = 72_665.0 / self.source.closes[date(2025, 11, 27)]
        self.source.closes = {on: close * scale for on, close in self.source.closes.items()}
        self.source.base_prices = {"122630": 72_665.0, "005930": 72_665.0}
        self.ports = FakePorts()
        self.broker: Broker | None = None

    @asynccontextmanager
    async def life(self) -> AsyncIterator[Actor[AnalystConfig]]:
        """Let analyst live as long as the block, and stop as on SIGTERM."""
        self.ports = FakePorts()
        config = AnalystConfig(day=())
        actor = make_actor("analyst", config, self.settings, ports=self.ports, clock=self.clock)
        task = asyncio.create_task(run_with(actor, self.source, open_days=self.broker))
        try:
            yield actor
        finally:
            self.ports.stop()
            await task

    async def turn(self, rounds: int = 3) -> None:
        """Let the work loop come round, and the work that it begins be done, a few times."""
        for _ in range(rounds):
            self.ports.wake()
            for _ in range(10):
                await asyncio.sleep(0)

    @property
    def told(self) -> list[Targets]:
        """What was published in this life."""
        return [message for message in self.ports.published if isinstance(message, Targets)]


class Broker:
    """Knows that Korea is closed next Monday."""

    async def open_days(self, _first: date) -> dict[date, bool]:
        """Say so."""
        return {DAY: True, date(2025, 12, 1): False}


def play(directory: Path, scene: Callable[[Desk], Coroutine[Any, Any, None]]) -> Desk:
    """Act out *scene* at a desk of its own."""
    desk = Desk(directory)
    asyncio.run(scene(desk))
    return desk


async def asked(actor: Actor[AnalystConfig], command: str, **arguments: object) -> dict[str, object]:
    """Return what the actor answers; what it refuses is an `error`."""
    answer = await actor._commands.answer(msgspec.json.encode({"command": command, "arguments": arguments}))
    return answer.result or {"error": answer.error}


def test_at_start_every_watched_symbol_has_its_targets_stored_told_and_logged(tmp_path: Path) -> None:
    """The purpose of the actor, in the words of the example in the README."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        async with desk.life() as actor:
            await desk.turn()
            assert actor.pulse({}).state is State.RUNNING
            rows = await asked(actor, "targets")
        (told,) = desk.told
        assert (told.symbol, told.name, told.base_price) == ("122630", "KODEX 레버리지", 72_665.0)
        assert (told.session_date, told.bars_until) == (DAY, date(2025, 11, 27))
        assert [row["sigma"] for row in rows["targets"]] == [told.sigma]  # type: ignore[attr-defined]

    with capture_logs() as lines:
        desk = play(tmp_path, scene)

    (line,) = [line for line in lines if line["event"] == "targets_computed"]
    assert line["first"].startswith("1차 매수: ")
    assert line["second"].endswith("% 하락)")
    assert desk.source.is_closed


def test_a_symbol_newly_watched_has_its_targets_at_once(tmp_path: Path) -> None:
    """Who adds a stock at eleven does not want to wait for tomorrow."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        async with desk.life():
            await desk.turn()
            write_watches(desk.settings, [LEVERAGE, SAMSUNG])
            desk.ports.deliver(WatchListChanged(symbols=["122630", "005930"]))
            await desk.turn()

    assert [told.symbol for told in play(tmp_path, scene).told] == ["122630", "005930"]


def test_news_of_the_watch_list_that_was_missed_shows_in_telegrams_heartbeat(tmp_path: Path) -> None:
    """PUB/SUB may lose the one message that mattered."""

    async def scene(desk: Desk) -> None:
        async with desk.life() as actor:
            await desk.turn()
            assert actor.pulse({}).state is State.STARTING
            write_watches(desk.settings, [LEVERAGE])
            await desk.turn()
            write_watches(desk.settings, [SAMSUNG])
            beat = msgspec.structs.replace(actor.pulse({"watches": 3}), actor="telegram")
            desk.ports.deliver(beat, sender="telegram-1")
            await desk.turn()

    assert [told.symbol for told in play(tmp_path, scene).told] == ["122630", "005930"]


def test_a_restart_asks_nobody_for_what_is_on_disk(tmp_path: Path) -> None:
    """A process that is killed again and again must not spend the calls of the account."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        async with desk.life():
            await desk.turn()
        before = desk.told
        desk.source.is_down = True
        async with desk.life() as actor:
            await desk.turn()
            assert actor.pulse({}).state is State.RUNNING
            assert await asked(actor, "targets") != {}
        assert len(before) == 1
        assert desk.told == []

    assert play(tmp_path, scene).source.asked == ["122630"]


def test_a_source_that_is_down_degrades_until_it_is_back(tmp_path: Path) -> None:
    """The outside world is not a crash: wait, say so, go on by itself."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        desk.source.is_down = True
        async with desk.life() as actor:
            await desk.turn()
            assert actor.pulse({}).state is State.DEGRADED
            assert "122630" in actor.pulse({}).reason
            await desk.turn()
            assert len(desk.source.asked) == 1
            assert "122630" in (await asked(actor, "targets"))["reasons"]  # type: ignore[operator]
            desk.source.is_down = False
            desk.clock.step(2.0)
            await desk.turn()
            assert actor.pulse({}).state is State.RUNNING
        assert len(desk.told) == 1

    play(tmp_path, scene)


def test_old_bars_serve_while_todays_cannot_be_had_but_the_base_price_can(tmp_path: Path) -> None:
    """σ hardly moves in a day; no alert for a day would be worse. And it is tried again."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        async with desk.life():
            await desk.turn()
        desk.clock.step(timedelta(days=3).total_seconds())
        desk.source.bars_are_down = True
        async with desk.life() as actor:
            await desk.turn()
            assert actor.pulse({}).state is State.DEGRADED
            (told,) = desk.told
            assert (told.session_date, told.bars_until) == (date(2025, 12, 1), date(2025, 11, 27))
            desk.source.bars_are_down = False
            desk.clock.step(2.0)
            await desk.turn()
            assert actor.pulse({}).state is State.RUNNING
            assert desk.told[-1].bars_until == DAY

    play(tmp_path, scene)


def test_a_source_of_bars_that_is_down_is_no_short_history(tmp_path: Path) -> None:
    """A new symbol, no bars to be had, but a base price: taken for "impossible", it would have no targets all day."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        desk.source.bars_are_down = True
        async with desk.life() as actor:
            await desk.turn()
            assert actor.pulse({}).state is State.DEGRADED
            desk.source.bars_are_down = False
            desk.clock.step(2.0)
            await desk.turn()
            assert actor.pulse({}).state is State.RUNNING
        assert len(desk.told) == 1

    play(tmp_path, scene)


def test_a_bar_that_is_not_there_yet_is_looked_for_again_in_half_an_hour(tmp_path: Path) -> None:
    """A source may be late with yesterday; a halted stock has no yesterday at all. Neither is an outage."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        late = desk.source.closes.pop(date(2025, 11, 27))
        async with desk.life() as actor:
            await desk.turn()
            assert actor.pulse({}).state is State.RUNNING
            desk.clock.step(1_799.0)
            await desk.turn()
            assert len(desk.source.asked) == 1
            desk.source.closes[date(2025, 11, 27)] = late
            desk.clock.step(1.0)
            await desk.turn()
        assert [told.bars_until for told in desk.told] == [date(2025, 11, 26), date(2025, 11, 27)]

    play(tmp_path, scene)


def test_too_short_a_history_is_no_outage_and_the_operator_can_read_why(tmp_path: Path) -> None:
    """A stock listed last month has no targets, and asking every two minutes does not give it a past."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        desk.source.closes = {on: close for on, close in desk.source.closes.items() if on > date(2025, 11, 3)}
        async with desk.life() as actor:
            await desk.turn()
            desk.clock.step(10_000.0)
            await desk.turn()
            assert actor.pulse({}).state is State.RUNNING
            answer = await asked(actor, "targets")
            assert "too few daily returns up to 2025-11-27: 17" in answer["reasons"]["122630"]  # type: ignore[index]
            assert answer["targets"] == []
        assert [(told.obstacle, told.sigma) for told in desk.told] == [("short_history", 0.0)]

    assert len(play(tmp_path, scene).source.asked) == 1


def test_a_watched_symbol_without_targets_always_has_a_reason(tmp_path: Path) -> None:
    """An answer without it reads as if nobody watched it."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE, SAMSUNG])
        desk.source.is_down = True
        async with desk.life() as actor:
            desk.ports.wake()
            await asyncio.sleep(0)
            before = await asked(actor, "targets")
            await desk.turn()
            reasons = (await asked(actor, "targets"))["reasons"]
            desk.clock.step(8 * 3600.0)
            closed = await asked(actor, "targets")
        symbols = ["122630", "005930"]
        assert before["reasons"] == dict.fromkeys(symbols, PENDING)
        assert (before["targets"], sorted(before["pending"])) == ([], sorted(symbols))  # type: ignore[call-overload]
        assert before["sessions"] == dict.fromkeys(symbols, "2025-11-28")
        assert sorted(before["open"]) == sorted(symbols)  # type: ignore[call-overload]
        assert closed["open"] == []
        assert set(reasons) == {"122630", "005930"}  # type: ignore[call-overload]
        assert reasons["122630"] != PENDING  # type: ignore[index]

    play(tmp_path, scene)


def test_recompute_fetches_the_past_again(tmp_path: Path) -> None:
    """After a split the bars on disk look complete and are wrong."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE, SAMSUNG])
        async with desk.life() as actor:
            await desk.turn()
            desk.source.closes = {on: close / 2 for on, close in desk.source.closes.items()}
            desk.source.base_prices["122630"] = 36_332.5
            assert await asked(actor, "recompute", symbol="122630") == {"symbols": ["122630"]}
            await desk.turn()
            assert "expected a symbol that somebody watches" in str(await asked(actor, "recompute", symbol="SOXL"))
        assert [told.base_price for told in desk.told if told.symbol == "122630"] == [72_665.0, 36_332.5]

    assert sorted(play(tmp_path, scene).source.asked) == ["005930", "122630", "122630"]


def test_a_reload_makes_all_targets_anew(tmp_path: Path) -> None:
    """What is stored serves until then; a source without master files has none to read."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE, SAMSUNG])
        async with desk.life() as actor:
            await desk.turn()
            answer = await asked(actor, "reload")
            assert (answer["files"], sorted(answer["symbols"])) == ([], ["005930", "122630"])  # type: ignore[call-overload]
            assert len((await asked(actor, "targets"))["targets"]) == 2  # type: ignore[arg-type]
            await desk.turn()
            assert "expected no arguments" in str(await asked(actor, "reload", symbol="122630"))

    assert sorted(play(tmp_path, scene).source.asked) == ["005930", "005930", "122630", "122630"]


def test_recompute_during_a_fetch_fetches_once_more(tmp_path: Path) -> None:
    """What is under way may have been read before the split; its end must not undo the wish."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        desk.source.gate.clear()
        async with desk.life() as actor:
            await desk.turn()
            assert await asked(actor, "recompute", symbol="122630") == {"symbols": ["122630"]}
            desk.source.gate.set()
            await desk.turn()

    assert play(tmp_path, scene).source.asked == ["122630", "122630"]


def test_bars_are_told_since_a_date(tmp_path: Path) -> None:
    """Chart draws from them; a date that is none is the asker's mistake and ends nobody."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        async with desk.life() as actor:
            await desk.turn()
            close = desk.source.closes[date(2025, 11, 27)]
            row = ["2025-11-27", close, close * 1.01, close * 0.99, close, 1_000]
            assert await asked(actor, "bars", symbol="122630", since="2025-11-27") == {"bars": [row]}
            for since in ("yesterday", None):
                assert "2025-11-28" in str(await asked(actor, "bars", symbol="122630", since=since))

    play(tmp_path, scene)


def test_find_tells_unknown_from_unreachable(tmp_path: Path) -> None:
    """Telegram answers a person: "no such stock" is a refusal, "nobody can tell now" is none."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [])
        async with desk.life() as actor:
            await desk.turn()
            found = {"symbol": "005930", "name": "삼성전자", "venue": "KRX"}
            assert await asked(actor, "find", symbol="005930") == found
            assert "not listed" in str((await asked(actor, "find", symbol="999999"))["error"])
            desk.source.is_down = True
            assert list(await asked(actor, "find", symbol="000660")) == ["unreachable"]
            assert "error" in await asked(actor, "find")

    play(tmp_path, scene)


def test_a_bug_while_computing_ends_the_actor(tmp_path: Path) -> None:
    """An error that only a task has seen would leave an actor that is alive and does nothing."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        desk.source.closes["yesterday"] = 1.0  # type: ignore[index]  # no such day
        async with desk.life():
            await desk.turn()

    with pytest.raises(TypeError, match="not supported"):
        play(tmp_path, scene)


def test_a_new_day_costs_one_short_look_and_an_adjusted_past_all_of_it(tmp_path: Path) -> None:
    """Five pages a symbol every morning would eat the calls of the account; a split in the past must not be missed."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        desk.source.base_prices = {}
        async with desk.life():
            await desk.turn()
            desk.clock.step(timedelta(days=3).total_seconds())
            await desk.turn()
            assert desk.source.firsts[1:] == [date(2025, 11, 13)]
            desk.source.closes = {on: close / 2 for on, close in desk.source.closes.items()}
            desk.source.closes[date(2025, 12, 1)] = 36_000.0
            desk.clock.step(timedelta(days=1).total_seconds())
            await desk.turn()
        assert desk.source.firsts[2:] == [date(2025, 11, 14), date(2024, 6, 2)]
        assert desk.told[-1].bars_until == date(2025, 12, 1)
        assert desk.told[-1].sigma < 0.02

    with capture_logs() as lines:
        play(tmp_path, scene)

    assert [line["event"] for line in lines if "adjusted" in line["event"]] == ["history_adjusted"]


def test_a_wrong_bar_is_said_once_and_makes_no_target(tmp_path: Path) -> None:
    """One print at a tenth of the price would double σ for a year."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        desk.source.closes[date(2025, 11, 25)] /= 10
        async with desk.life() as actor:
            await desk.turn()
            await asked(actor, "recompute", symbol="122630")
            await desk.turn()
        assert [0.01 < told.sigma < 0.02 for told in desk.told] == [True, True]

    with capture_logs() as lines:
        play(tmp_path, scene)

    assert [(line["symbol"], line["on"]) for line in lines if line["event"] == "bar_refused"] == [
        ("122630", "2025-11-25")
    ]


def test_another_actors_heartbeat_is_none_of_its_business(tmp_path: Path) -> None:
    """Everybody beats once a second; only telegram's beat tells of the watch list."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        async with desk.life() as actor:
            await desk.turn()
            write_watches(desk.settings, [SAMSUNG])
            beat: Heartbeat = actor.pulse({"watches": 3})
            desk.ports.deliver(beat)
            await desk.turn()
        assert [told.symbol for told in desk.told] == ["122630"]

    play(tmp_path, scene)


def test_outcomes_are_written_when_the_bars_come(tmp_path: Path) -> None:
    """Each morning brings yesterday's close, and with it what became of the alerts of the day before."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        lay_out(desk.settings, "evaluator")
        before, on, after = sorted(desk.source.closes)[-4:-1]
        fired = alert(session_date=on, price=90_000.0, base_price=desk.source.closes[before])
        decide(desk.settings, fired)
        for _ in range(2):
            async with desk.life():
                await desk.turn()
        engine = open_reader("analyst", desk.settings)
        assert engine is not None
        with engine.connect() as reader:
            (row,) = reader.execute(select(outcomes)).all()
        assert (row.alert_id, row.sessions, row.closed_on) == (fired.id, 1, after)
        assert row.change == pytest.approx(desk.source.closes[after] / 90_000.0 - 1)

    with capture_logs() as lines:
        play(tmp_path, scene)

    assert [line["count"] for line in lines if line["event"] == "outcomes_written"] == [1]


def test_the_operator_is_told_of_a_day_on_which_kis_disagrees_and_targets_follow(tmp_path: Path) -> None:
    """On Friday evening targets are made for Tuesday then, and the operator knows why."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        desk.broker = Broker()
        async with desk.life():
            await desk.turn()
            desk.clock.step(timedelta(hours=12).total_seconds())
            await desk.turn()
        assert desk.told[-1].session_date == date(2025, 12, 2)
        assert LettersWritten(writer="analyst") in desk.ports.sent

    play(tmp_path, scene)


def letters_of(desk: Desk) -> list[str]:
    """Return the ids of the letters that were written, oldest first."""
    engine = open_reader("analyst", desk.settings)
    assert engine is not None
    with engine.connect() as reader:
        return list(reader.scalars(select(letters.c.id).order_by(letters.c.position)))


def test_a_split_reads_the_past_again_and_is_told_once(tmp_path: Path) -> None:
    """The exchange measures from half of yesterday's close: no crash, whatever the old bars say."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        desk.clock = FakeClock(NINE - timedelta(hours=1))
        desk.source.base_prices["122630"] = desk.source.closes[date(2025, 11, 27)]
        async with desk.life():
            await desk.turn()
            desk.source.base_prices["122630"] = desk.source.closes[date(2025, 11, 27)] / 2
            desk.source.closes = {on: close / 2 for on, close in desk.source.closes.items()}
            desk.clock.step(timedelta(hours=1).total_seconds())
            await desk.turn()
        before, after = desk.told
        assert after.base_price == before.base_price / 2
        assert after.sigma == pytest.approx(before.sigma)
        async with desk.life():
            await desk.turn()
        assert letters_of(desk) == ["analyst:base_price_reset:122630:2025-11-28:1"]

    assert play(tmp_path, scene).source.asked == ["122630"] * 2


def test_who_watches_a_new_listing_is_told_why_it_has_no_target(tmp_path: Path) -> None:
    """Once, however often it is looked at."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        desk.source.closes = {on: close for on, close in desk.source.closes.items() if on > date(2025, 11, 3)}
        async with desk.life() as actor:
            await desk.turn()
            await asked(actor, "recompute", symbol="122630")
            await desk.turn()
        assert letters_of(desk) == ["analyst:no_target:122630:short_history:2025-11:1"]

    play(tmp_path, scene)


def test_who_watches_is_told_of_a_halt_once_whoever_told_of_it(tmp_path: Path) -> None:
    """This morning's master file, and KIS in the middle of the day: no alert can come, and that is no silence."""
    line = korean_line("122630", "KODEX 레버리지", base_price="000072665", state="YNN")
    halted = MarketStatus(symbol="122630", notes=["halted"], told_at=NINE)

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        async with desk.life():
            desk.ports.deliver(halted)
            await desk.turn()
            assert letters_of(desk) == []
            for notes in (["vi"], [], ["halted"]):
                desk.ports.deliver(msgspec.structs.replace(halted, notes=notes))
                await desk.turn()
            desk.ports.deliver(msgspec.structs.replace(halted, symbol="005930"))
            await desk.turn()
        catalogue = Catalogue(open_store("analyst", desk.settings))
        catalogue.keep_listings("kospi_code.mst", parse_master("kospi_code.mst", line.encode("cp949"), []), NINE)
        async with desk.life() as actor:
            await desk.turn()
            await asked(actor, "recompute", symbol="122630")
            await desk.turn()
        assert desk.told[-1].notes == ["was-halted"]
        assert letters_of(desk) == ["analyst:trading_halted:122630:2025-11-27:1"]

    play(tmp_path, scene)


def test_the_master_file_tells_the_base_price_where_the_source_does_not(tmp_path: Path) -> None:
    """FinanceDataReader knows no base price; on a split day its last close would be twice too high."""

    async def scene(desk: Desk) -> None:
        write_watches(desk.settings, [LEVERAGE])
        desk.source.base_prices = {"122630": None}
        catalogue = Catalogue(open_store("analyst", desk.settings))
        line = korean_line("122630", "KODEX 레버리지", base_price="000036330")
        for read_at, expected in ((NINE - timedelta(hours=2), 72_000.0), (NINE, 36_330.0)):
            catalogue.keep_listings("kospi_code.mst", parse_master("kospi_code.mst", line.encode("cp949"), []), read_at)
            desk.source.closes[date(2025, 11, 27)] = 72_000.0
            async with desk.life() as actor:
                await desk.turn()
                await asked(actor, "recompute", symbol="122630")
                await desk.turn()
            assert desk.told[-1].base_price == expected

    play(tmp_path, scene)
