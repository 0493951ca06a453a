"""The chart actor answers every wish, whatever happens to one picture."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

from actors.chart.backtest import BackTestDrawing
from actors.chart.client import AnalystClient
from actors.chart.config import ChartConfig
from actors.chart.core import PictureDesk, Wish
from actors.chart.day import DayDrawing
from actors.chart.drawing import Bar, Drawing
from actors.chart.orders import Drawn, Order
from actors.chart.sheet import SheetDrawing
from actors.chart.shell import Studio
from actors.runtime.actor import Actor
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Picture, PictureKind, SheetWanted, State
from tests.support.actor import make_actor, make_settings
from tests.support.charts import ALERT, a_back_test, a_year_of_bars, bar_rows, targets_row
from tests.support.clock import FakeClock, settle
from tests.support.ports import FakePorts


class FakeArtist:
    """Draws nothing, remembers what was ordered, and fails or waits when told to."""

    def __init__(self, *, has_hangul: bool = True) -> None:
        self.orders: list[Order] = []
        self.failure: TemporaryFailure | None = None
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self._has_hangul = has_hangul

    async def call(self, request: Order, deadline_s: float) -> Drawn:  # noqa: ARG002 - the real one's signature
        """Return something in place of a picture."""
        self.orders.append(request)
        await self.may_finish.wait()
        if self.failure:
            raise self.failure
        return Drawn(png=b"png", has_hangul=self._has_hangul)


class Scene:
    """A studio at work, and what is around it."""

    def __init__(self, directory: Path, artist: FakeArtist, bars: Sequence[Bar]) -> None:
        self.ports = FakePorts()
        self.artist = artist
        self.bars = bars
        self.ports.answers["analyst", "bars"] = lambda **_: {"bars": bar_rows(self.bars)}
        self.actor: Actor[ChartConfig] = make_actor(
            "chart",
            ChartConfig(),
            make_settings(directory),
            ports=self.ports,
            clock=FakeClock(ALERT.traded_at),
        )
        self.studio = Studio(self.actor, PictureDesk(10, 10), artist, AnalystClient(self.ports))

    def state(self) -> State:
        """Return what everybody sees of the actor."""
        return self.actor.state

    async def want(self, *keys: str, kind: PictureKind = PictureKind.YEAR) -> list[Picture]:
        """Wish for pictures and return all that have been sent when nothing moves any more."""
        return await self.wish(*(msgspec.structs.replace(ALERT, key=key, kind=kind) for key in keys))

    async def wish(self, *wishes: Wish) -> list[Picture]:
        """Do the same with wishes of any kind."""
        drawing = asyncio.create_task(self.studio.draw_for_ever())
        for wanted in wishes:
            self.studio.on_picture_wanted(wanted)
        await settle(30)
        drawing.cancel()
        return [message for message in self.ports.sent if isinstance(message, Picture)]


def test_a_wish_is_answered_with_a_picture_of_its_key(tmp_path: Path) -> None:
    """Telegram knows by the key which alert the picture belongs to."""

    async def play() -> None:
        scene = Scene(tmp_path, FakeArtist(), a_year_of_bars())

        assert await scene.want("a") == [Picture(key="a", png=b"png", error="")]
        drawing = scene.artist.orders[0].drawing
        assert isinstance(drawing, Drawing)
        assert drawing.symbol == ALERT.symbol

    asyncio.run(play())


def test_a_wish_for_the_day_is_drawn_from_minutes(tmp_path: Path) -> None:
    """The same exchange serves both pictures of an alert."""

    async def play() -> None:
        scene = Scene(tmp_path, FakeArtist(), [])
        minutes: dict[str, object] = {
            "opens_at": "2025-11-28T00:00:00+00:00",
            "closes_at": "2025-11-28T06:30:00+00:00",
            "minutes": [],
        }
        scene.ports.answers["analyst", "minutes"] = lambda **_: minutes

        assert await scene.want("a", kind=PictureKind.DAY) == [Picture(key="a", png=b"png", error="")]
        assert isinstance(scene.artist.orders[0].drawing, DayDrawing)

    asyncio.run(play())


def test_a_back_test_that_is_wished_for_is_drawn_when_analyst_is_done(tmp_path: Path) -> None:
    """Analyst remembers few results: after it has begun anew the play takes a while, and telegram asks again."""

    async def play() -> None:
        scene = Scene(tmp_path, FakeArtist(), a_year_of_bars(600))
        scene.ports.answers["analyst", "backtest"] = lambda **_: {"unfinished": "fetching"}

        (none,) = await scene.want("a", kind=PictureKind.BACK_TEST)
        assert (none.png, "unfinished: fetching" in none.error) == (b"", True)
        scene.ports.answers["analyst", "backtest"] = lambda **_: msgspec.to_builtins(a_back_test())
        assert (await scene.want("a", kind=PictureKind.BACK_TEST))[-1] == Picture(key="a", png=b"png", error="")
        assert isinstance(scene.artist.orders[0].drawing, BackTestDrawing)

    asyncio.run(play())


def test_a_sheet_that_is_wished_for_is_drawn_as_soon_as_its_targets_are_there(tmp_path: Path) -> None:
    """A report may be read before analyst, starting anew, has an answer; telegram asks again."""

    async def play() -> None:
        scene = Scene(tmp_path, FakeArtist(), a_year_of_bars())
        rows: list[dict[str, object]] = []
        scene.ports.answers["analyst", "targets"] = lambda **_: {"targets": rows, "reasons": {}}
        wanted = SheetWanted(key="a", symbols=["122630"])
        [refused] = await scene.wish(wanted)
        assert (refused.png, "found none of 122630" in refused.error) == (b"", True)
        assert scene.state() is not State.DEGRADED

        rows.append(targets_row("122630"))

        assert (await scene.wish(wanted))[-1] == Picture(key="a", png=b"png", error="")
        assert isinstance(scene.artist.orders[0].drawing, SheetDrawing)

    asyncio.run(play())


def test_six_wishes_while_one_is_drawn_are_one_drawing_and_one_answer(tmp_path: Path) -> None:
    """Six people share a picture."""

    async def play() -> None:
        scene = Scene(tmp_path, FakeArtist(), a_year_of_bars())

        assert len(await scene.want(*["a"] * 6)) == 1
        assert len(scene.artist.orders) == 1

    asyncio.run(play())


def test_a_wish_that_comes_back_later_is_answered_from_memory(tmp_path: Path) -> None:
    """The answer may have been lost on its way."""

    async def play() -> None:
        scene = Scene(tmp_path, FakeArtist(), a_year_of_bars())
        await scene.want("a")

        assert len(await scene.want("a")) == 2
        assert len(scene.artist.orders) == 1

    asyncio.run(play())


def test_without_bars_the_answer_says_so_and_the_next_wish_tries_again(tmp_path: Path) -> None:
    """A symbol newly watched has no bars for a moment; that is no failure of ours."""

    async def play() -> None:
        scene = Scene(tmp_path, FakeArtist(), [])
        [refused] = await scene.want("a")
        assert (refused.png, "none yet" in refused.error) == (b"", True)
        assert scene.state() is not State.DEGRADED

        scene.bars = a_year_of_bars()

        assert (await scene.want("a"))[-1].png == b"png"

    asyncio.run(play())


def test_an_analyst_that_is_away_is_answered_shown_and_over_with_the_next_success(tmp_path: Path) -> None:
    """Analyst may be starting again just when an alert wants its picture; telegram asks once more."""

    async def play() -> None:
        scene = Scene(tmp_path, FakeArtist(), a_year_of_bars())
        answer = scene.ports.answers.pop(("analyst", "bars"))
        [failed] = await scene.want("a")
        assert (failed.png, "from analyst" in failed.error) == (b"", True)
        assert scene.state() is State.DEGRADED

        scene.ports.answers["analyst", "bars"] = answer

        assert (await scene.want("a"))[-1].png == b"png"
        assert scene.state() is State.RUNNING

    asyncio.run(play())


def test_a_failed_drawing_is_answered_shown_and_over_with_the_next_success(tmp_path: Path) -> None:
    """A broken picture must never end the actor, and the operator sees it."""

    async def play() -> None:
        scene = Scene(tmp_path, FakeArtist(), a_year_of_bars())
        scene.artist.failure = TemporaryFailure("expected an answer, found none")
        [failed] = await scene.want("a")
        assert failed == Picture(key="a", png=b"", error="expected an answer, found none")
        assert scene.state() is State.DEGRADED

        scene.artist.failure = None

        assert (await scene.want("b"))[-1].png == b"png"
        assert scene.state() is State.RUNNING

    asyncio.run(play())


def test_what_waits_is_shown_as_the_actors_queue(tmp_path: Path) -> None:
    """`sigmactl status` tells a slow machine by it."""

    async def play() -> None:
        scene = Scene(tmp_path, FakeArtist(), a_year_of_bars())
        scene.artist.may_finish.clear()

        assert await scene.want("a", "b", "c") == []
        assert (scene.actor.queue, len(scene.artist.orders)) == (2, 1)

    asyncio.run(play())


def test_a_missing_korean_font_is_one_error_for_the_operator(tmp_path: Path) -> None:
    """One line with the remedy, not one a picture."""

    async def play() -> None:
        scene = Scene(tmp_path, FakeArtist(has_hangul=False), a_year_of_bars())
        with structlog.testing.capture_logs() as lines:
            await scene.want("a", "b")

        errors = [line["event"] for line in lines if line["log_level"] == "error"]
        assert errors == ["hangul_font_missed"]

    asyncio.run(play())
