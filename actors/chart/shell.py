"""The chart actor's process: wishes in, pictures out.

Receiving and drawing are two tasks, so that the actor beats and answers while a picture takes its time. When it is told
to stop, a drawing in flight is given up: telegram asks for a picture that never came again.
"""

import asyncio
import contextlib
from typing import Protocol

from actors.chart.backtest import BackTestDrawing
from actors.chart.client import AnalystClient
from actors.chart.config import ChartConfig
from actors.chart.core import PictureDesk, Wish
from actors.chart.day import plan_day
from actors.chart.drawing import bars_since, plan_drawing
from actors.chart.orders import AnyDrawing, Drawn, Order, Paper
from actors.chart.requests import Requests, plan_sheet, plan_test
from actors.chart.sheet import MOST_CELLS
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused, TemporaryFailure
from actors.runtime.ports import Received
from actors.runtime.worker import Worker
from protocol.messages import Picture, PictureKind, PictureWanted, SheetWanted

__all__ = ["RemoteArtist", "Studio", "run"]


class RemoteArtist(Protocol):
    """Who draws, in a process of its own; `Worker` is the real one."""

    async def call(self, request: Order, deadline_s: float) -> Drawn:
        """Return the picture.

        Raises:
            TemporaryFailure: there is none, or not within *deadline_s*.
        """


class Studio:
    """Draws, one picture at a time, what is on the desk."""

    def __init__(
        self, actor: Actor[ChartConfig], desk: PictureDesk, artist: RemoteArtist, analyst: AnalystClient
    ) -> None:
        self._actor = actor
        self._desk = desk
        self._artist = artist
        self._analyst = analyst
        self._work = asyncio.Event()
        self._font_missed = False

    def on_picture_wanted(self, wanted: Wish) -> None:
        """Answer from memory, or put it on the desk."""
        picture = self._desk.on_picture_wanted(wanted)
        if picture:
            self._actor.ports.send(picture)
        self._actor.queue = self._desk.waiting
        self._work.set()

    async def draw_for_ever(self) -> None:
        """Draw what waits, and wait for more."""
        while True:
            await self._work.wait()
            self._work.clear()
            while wanted := self._desk.take():
                self._actor.queue = self._desk.waiting
                picture = await self._draw(wanted)
                self._desk.finish(picture)
                self._actor.ports.send(picture)
                self._actor.progressed()

    async def _draw(self, wanted: Wish) -> Picture:
        """Return the picture, or why there is none: nothing that goes wrong with one ends the actor."""
        log = self._actor.log.bind(key=wanted.key)
        try:
            png = await self.make_png(await self._plan(wanted), wanted.language)
        except CommandRefused as lack:
            # Analyst is about to fetch it: a symbol newly watched, or the first minute of a new installation.
            log.info("bars_missed")
            return Picture(key=wanted.key, png=b"", error=str(lack))
        except TemporaryFailure as failure:
            log.warning("picture_failed", reason=str(failure))
            self._actor.degraded(f"the last picture failed: {failure}")
            return Picture(key=wanted.key, png=b"", error=str(failure))
        log.debug("picture_drawn", size=len(png))
        self._actor.running()
        return Picture(key=wanted.key, png=png, error="")

    async def _plan(self, wanted: Wish) -> AnyDrawing:
        """Return what to draw; raises CommandRefused where analyst has not all of it yet."""
        if isinstance(wanted, SheetWanted):
            return await plan_sheet(self._analyst, wanted.symbols[:MOST_CELLS])
        if wanted.kind is PictureKind.DAY:
            return plan_day(wanted, await self._analyst.minutes(wanted))
        if wanted.kind is PictureKind.BACK_TEST:
            return await self._plan_test(wanted.symbol)
        bars = await self._analyst.daily_bars(wanted.symbol, bars_since(wanted.session_date))
        drawing = plan_drawing(wanted, bars)
        if drawing is None:
            message = f"expected daily bars of {wanted.symbol} before {wanted.session_date}, found none yet"
            raise CommandRefused(message)
        return drawing

    async def _plan_test(self, symbol: str) -> BackTestDrawing:
        drawing = await plan_test(self._analyst, symbol)
        if isinstance(drawing, str):
            message = f"expected a back test of {symbol}, found it unfinished: {drawing}"
            raise CommandRefused(message)
        return drawing

    async def make_png(self, drawing: AnyDrawing, language: str) -> bytes:
        """Return the picture of *drawing* for somebody who reads *language*.

        Raises:
            TemporaryFailure: it could not be drawn, or not in time.
        """
        config = self._actor.config
        paper = Paper(
            width_px=config.width_px, height_px=config.height_px, most_kb=config.most_kb, font_path=config.font_path
        )
        drawn = await self._artist.call(Order(drawing=drawing, paper=paper, language=language), config.deadline_s)
        self._tell_of_missing_font(drawn)
        return drawn.png

    def _tell_of_missing_font(self, drawn: Drawn) -> None:
        if not drawn.has_hangul and not self._font_missed:
            self._font_missed = True
            remedy = "install fonts-nanum or name a font in [chart] font_path"
            self._actor.log.error("hangul_font_missed", remedy=remedy)


async def run(actor: Actor[ChartConfig]) -> None:
    """Draw the pictures that telegram wants with its alerts, and those that somebody asks for."""
    config = actor.config
    desk = PictureDesk(config.most_waiting, config.kept_pictures)
    worker = Worker("actors.chart.worker", Drawn, config.idle_s)
    analyst = AnalystClient(actor.ports)
    studio = Studio(actor, desk, worker, analyst)
    actor.on_command("draw", Requests(analyst, studio.make_png).answer)
    drawing = asyncio.create_task(studio.draw_for_ever())

    def take(batch: list[Received]) -> None:
        for received in batch:
            if isinstance(received.message, PictureWanted | SheetWanted):
                studio.on_picture_wanted(received.message)
        if drawing.done():
            drawing.result()

    actor.running()
    try:
        await actor.ports.serve(take)
    finally:
        drawing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await drawing
        await worker.close()
