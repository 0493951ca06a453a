"""Analyst's back tests with the real child process and a source in the test's hand."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from actors.analyst.bars.history import Instrument
from actors.analyst.config import AnalystConfig
from actors.analyst.shell import run_with
from actors.ctl.__main__ import main
from actors.runtime.actor import Actor
from actors.runtime.store import open_store
from protocol.letters import BackTested
from protocol.messages import Venue
from protocol.tables.analyst import letters
from tests.support.actor import make_actor, make_settings
from tests.support.calendar import lay_out_closed_days
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.history import FakeHistory
from tests.support.market import DAY, NINE
from tests.support.ports import FakePorts

Answer = dict[str, Any]


class Desk:
    """Analyst at work, and what it asks."""

    def __init__(self, directory: Path, config: AnalystConfig | None = None) -> None:
        self._config = config or AnalystConfig()
        self._settings = make_settings(directory)
        lay_out(self._settings, "analyst", "telegram")
        lay_out_closed_days(self._settings)
        self.source = FakeHistory(DAY)
        self._actor: Actor[AnalystConfig]

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """Let analyst live as long as the block."""
        ports = FakePorts()
        self._actor = make_actor("analyst", self._config, self._settings, ports=ports, clock=FakeClock(NINE))
        task = asyncio.create_task(run_with(self._actor, self.source))
        await asyncio.sleep(0)
        try:
            yield
        finally:
            ports.stop()
            await task

    def letters(self) -> list[BackTested]:
        """Return what has been written to people, in order."""
        engine = open_store("analyst", self._settings)
        with engine.connect() as connection:
            bodies = connection.scalars(select(letters.c.body).order_by(letters.c.position)).all()
        engine.dispose()
        return [msgspec.json.decode(body, type=BackTested) for body in bodies]

    async def ask(self, **arguments: object) -> Answer:
        """Return the answer to a question for a back test; what is refused is an `error`."""
        return await self.answer_to("backtest", **arguments)

    async def answer_to(self, command: str, **arguments: object) -> Answer:
        """Return the answer to one question."""
        question = msgspec.json.encode({"command": command, "arguments": arguments})
        answer = await self._actor._commands.answer(question)
        return answer.result or {"error": answer.error}

    async def ask_until_done(self, **arguments: object) -> Answer:
        """Ask again while it says that it is at work."""
        while "unfinished" in (answer := await self.ask(**arguments)):
            assert answer["unfinished"]
        return answer


def play(directory: Path, scene: Callable[[Desk], Coroutine[Any, Any, None]]) -> Desk:
    """Act out *scene* at a living desk."""

    async def run() -> Desk:
        desk = Desk(directory)
        async with desk.life():
            await scene(desk)
        return desk

    return asyncio.run(run())


def test_a_back_test_fetches_what_is_missing_once_and_is_remembered(tmp_path: Path) -> None:
    """A year of KIS calls is not spent twice because somebody looks at the result again, after lunch."""

    async def scene(desk: Desk) -> None:
        result = await desk.ask_until_done(symbol="005930", years=0.5)
        assert (result["symbol"], result["name"], result["source"]) == ("005930", "삼성전자", "fake")
        assert result["last"] == "2025-11-27"
        assert 100 < result["sessions"] < 130
        assert (result["buy_cost"], result["sell_cost"]) == (0.00015, pytest.approx(0.00215))
        assert [level["level"] for level in result["levels"]] == [1.0, 2.0]
        assert "삼성전자 (005930)" in result["texts"]["ko"]
        assert await desk.ask(symbol="005930", years=0.5) == result

    assert play(tmp_path, scene).source.asked == ["005930"]


def test_who_chats_gets_the_verdict_in_one_letter_when_it_is_there(tmp_path: Path) -> None:
    """An impatient thumb gets it once; what cannot be played is told, too."""

    async def scene(desk: Desk) -> None:
        twice = (desk.answer_to("verdict", person=7, symbol="005930") for _ in range(2))
        assert [answer["symbol"] for answer in await asyncio.gather(*twice)] == ["005930", "005930"]
        await desk.ask_until_done(symbol="005930", years=5)
        desk.source.instruments["122630"] = Instrument(symbol="122630", name="KODEX 레버리지", venue=Venue.KRX)
        desk.source.bars_are_down = True
        await desk.answer_to("verdict", person=7, symbol="122630")
        played, not_played = desk.letters()
        assert played.texts["ko"].startswith("📊 삼성전자 (005930)\n")
        assert (not_played.symbol, not_played.texts) == ("122630", {})
        for wrong in (0, 2**63):
            assert "expected arguments" in (await desk.answer_to("verdict", person=wrong, symbol="005930"))["error"]

    play(tmp_path, scene)


def test_sigmactl_shows_what_analyst_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The operator gets the tables and the verdict in English, and with --json all languages."""
    answers: list[Answer] = []

    async def scene(desk: Desk) -> None:
        answer = await desk.ask_until_done(symbol="005930", years=0.5)
        answers.append(msgspec.json.decode(msgspec.json.encode(answer)))

    play(tmp_path, scene)
    monkeypatch.setattr("actors.ctl.backtest._ask_until_done", lambda *_, **__: answers[0])
    capfd.readouterr()

    assert main(["backtest", "005930", "--years", "0.5"]) == 0
    page = capfd.readouterr().out
    assert page.startswith("005930 삼성전자: ")
    assert page.endswith(f"{answers[0]['texts']['en']}\n")
    assert main(["backtest", "005930", "--years", "0.5", "--json"]) == 0
    assert msgspec.json.decode(capfd.readouterr().out) == answers[0]


def test_bars_that_are_stored_are_not_fetched_again(tmp_path: Path) -> None:
    """After a restart the result is gone, the bars are not."""

    async def tell() -> list[str]:
        desk = Desk(tmp_path)
        for _ in range(2):
            async with desk.life():
                assert (await desk.ask_until_done(symbol="005930", years=0.5))["sessions"]
        return desk.source.asked

    assert asyncio.run(tell()) == ["005930"]


def test_the_bars_reach_back_as_far_as_the_rule_looks(tmp_path: Path) -> None:
    """With half of its look-back missing the play would use another σ than the live rule had."""

    async def tell() -> list[Answer]:
        answers = []
        for months in (12, 18):
            config = AnalystConfig(look_back_months=months)
            desk = Desk(tmp_path, config)
            desk.source.gate.clear()
            async with desk.life():
                answers.append(await desk.ask(symbol="005930", years=0.5))
                desk.source.gate.set()
        return answers

    steps = [answer["unfinished"] for answer in asyncio.run(tell())]
    assert [re.findall("[0-9-]{10}", step) for step in steps] == [["2024-05-15"], ["2023-11-15"]]


def test_who_asks_while_it_is_under_way_is_told_what_is_being_done(tmp_path: Path) -> None:
    """Five years are many calls: silence for a minute would look like a hang."""

    async def scene(desk: Desk) -> None:
        desk.source.gate.clear()
        first, second = await asyncio.gather(*(desk.ask(symbol="005930", years=0.5) for _ in range(2)))
        assert first == second == {"unfinished": "fetching daily bars since 2024-05-15 from fake"}
        desk.source.gate.set()
        assert (await desk.ask_until_done(symbol="005930", years=0.5))["sessions"]

    assert play(tmp_path, scene).source.asked == ["005930"]


def test_less_history_than_asked_for_is_tested_and_said(tmp_path: Path) -> None:
    """The fake's walk begins in January 2024; five years of it are a year and a half."""

    async def scene(desk: Desk) -> None:
        result = await desk.ask_until_done(symbol="005930", years=5)
        assert date.fromisoformat(result["asked_since"]) == date(2020, 11, 27)
        assert date.fromisoformat(result["first"]) > date(2024, 1, 2)
        assert "보지는 못했어요" in result["texts"]["ko"]

    play(tmp_path, scene)


def test_a_source_that_fails_is_told_and_the_next_question_tries_again(tmp_path: Path) -> None:
    """An outage of a minute must not stick for a day."""

    async def scene(desk: Desk) -> None:
        desk.source.bars_are_down = True
        assert "found none" in (await desk.ask(symbol="005930", years=1))["error"]
        desk.source.bars_are_down = False
        assert (await desk.ask_until_done(symbol="005930", years=1))["sessions"]

    assert play(tmp_path, scene).source.asked == ["005930"] * 2


def test_a_stock_too_young_for_a_sigma_is_refused_in_words(tmp_path: Path) -> None:
    """Sixty returns make a σ."""

    async def scene(desk: Desk) -> None:
        desk.source.closes = dict(list(desk.source.closes.items())[-30:])
        error = (await desk.ask_until_done(symbol="005930", years=1))["error"]
        assert error == "expected more than 60 daily bars of 005930, found 29"

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"symbol": "005930", "years": 0}, "found 0"),
        ({"symbol": "005930", "years": 40}, "found 40"),
        ({"symbol": "005930", "years": "five"}, "found 'five'"),
        ({"years": 5}, "found {'years': 5}"),
        ({"symbol": "한글"}, "found '한글'"),
        ({"symbol": "999999"}, "found 999999"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(tmp_path: Path, arguments: dict[str, object], found: str) -> None:
    """One clear error: what was expected, what was found."""

    async def scene(desk: Desk) -> None:
        assert found in (await desk.ask(**arguments))["error"]

    play(tmp_path, scene)
