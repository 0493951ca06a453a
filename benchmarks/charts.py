"""What a picture of an alert costs beside a bare draw of the same one, and what the worker weighs after many.

The figure of both is kept, and warm. The memory is that of the product's own child process, which draws all four kinds
in turn; the actor in front of it never loads matplotlib.
"""

import asyncio
import io
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image

from actors.chart.backtest import BackTestDrawing, plan_back_test
from actors.chart.day import plan_day
from actors.chart.drawing import Drawing, plan_drawing
from actors.chart.fonts import register_hangul_font
from actors.chart.orders import AnyDrawing, Drawn, Order, Paper
from actors.chart.png import encode_png
from actors.chart.render import ChartPainter
from actors.chart.sheet import MOST_CELLS
from actors.runtime.worker import Worker
from benchmarks.floors.chart import FloorPainter
from benchmarks.measurement import Mark, Measurement, at_most, at_most_times
from benchmarks.processes import pss_mb
from benchmarks.trial import in_turns
from tests.support.charts import ALERT, a_back_test, a_morning_of_minutes, a_sheet, a_year_of_bars

__all__ = ["OtherPicture", "measure"]

WIDTH, HEIGHT, MOST_KB = 1000, 600, 200
LANGUAGE = "ko"
PICTURES = 10
LEAST_ROUNDS = 5
CPU_MARK = at_most_times(1.2)
GROWTH_MARK = at_most(5)
WARM, MANY = 50, 500
DEADLINE_S = 60.0
# Of 255, over all pixels: the tags stand a little elsewhere, and figures are rounded otherwise.
MOST_DIFFERENCE = 3.0


class OtherPicture(Exception):  # noqa: N818 - it states a fact
    """The floor does not draw what we draw, so that nothing could be compared."""


def measure(rounds: int) -> list[Measurement]:
    """Return the CPU time of a picture, ours and the floor's, and what the worker grows by over five hundred.

    Raises:
        OtherPicture: the floor has fallen behind what we draw.
    """
    drawings = _drawings()
    family = register_hangul_font() or "DejaVu Sans"
    ours, floor = ChartPainter(WIDTH, HEIGHT, family), FloorPainter(WIDTH, HEIGHT, family)
    _compare(ours.paint(drawings[0], LANGUAGE), floor.paint(drawings[0]))
    cases: dict[str, Callable[[], float]] = {
        "ours": partial(_time, lambda drawing: encode_png(ours.paint(drawing, LANGUAGE), MOST_KB * 1_000), drawings),
        "floor": partial(_time, floor.paint, drawings),
    }
    results = in_turns(max(rounds, LEAST_ROUNDS), cases)
    return [
        Measurement(
            part="charts",
            case="a warm picture of an alert",
            quantity="CPU a picture",
            unit="ms",
            ours=results["ours"],
            floor=results["floor"],
            mark=CPU_MARK,
        ),
        *asyncio.run(_weigh(drawings)),
    ]


def _drawings() -> list[Drawing]:
    """Return pictures of different years, so that nothing drawn before is of use."""
    planned = [plan_drawing(ALERT, a_year_of_bars(seed=seed)) for seed in range(PICTURES)]
    return [drawing for drawing in planned if drawing]


def _time(paint: Callable[[Drawing], bytes], drawings: list[Drawing]) -> float:
    """Return the CPU time of a picture, ms."""
    before = time.process_time_ns()
    for drawing in drawings:
        paint(drawing)
    return (time.process_time_ns() - before) / len(drawings) / 1e6


def _compare(ours: Image.Image, floor: bytes) -> None:
    with Image.open(io.BytesIO(floor)) as image:
        difference = float(np.abs(np.asarray(ours, dtype=float) - np.asarray(image, dtype=float)).mean())
    if difference > MOST_DIFFERENCE:
        message = f"expected the same picture, found one that differs by {difference:.1f} of 255 a pixel"
        raise OtherPicture(message)


async def _weigh(drawings: list[Drawing]) -> list[Measurement]:
    """Return what the worker weighs after some pictures of all kinds, and what many more add to that."""
    worker = Worker("actors.chart.worker", Drawn)
    paper = Paper(width_px=WIDTH, height_px=HEIGHT, most_kb=MOST_KB, font_path="")
    others: list[AnyDrawing] = [plan_day(ALERT, a_morning_of_minutes()), a_sheet(MOST_CELLS), _back_test()]
    kinds: list[AnyDrawing] = [*drawings, *others]
    weights = []
    try:
        for number in range(MANY + 1):
            await worker.call(Order(drawing=kinds[number % len(kinds)], paper=paper, language=LANGUAGE), DEADLINE_S)
            if number in {WARM, MANY} and worker.pid:
                weights.append(pss_mb(worker.pid))
    finally:
        await worker.close()
    warm, after = weights
    return [
        _memory(f"the worker after {WARM} pictures of all kinds", "PSS", warm, None),
        _memory(f"what {MANY - WARM} more add", "PSS", after - warm, GROWTH_MARK),
    ]


def _back_test() -> BackTestDrawing:
    drawing = plan_back_test(a_back_test(), a_year_of_bars(600))
    if drawing is None:
        message = "expected a back test of made-up bars, found none"
        raise OtherPicture(message)
    return drawing


def _memory(case: str, quantity: str, value: float, mark: Mark | None) -> Measurement:
    return Measurement(part="charts", case=case, quantity=quantity, unit="MB", ours=[value], mark=mark)
