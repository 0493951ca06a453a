"""The two lines above the bars say what the text of the alert says."""

import msgspec

from actors.chart.canvas import Canvas
from actors.chart.drawing import Drawing, plan_drawing
from actors.chart.header import Header
from tests.support.charts import ALERT, a_year_of_bars


def test_the_moment_is_the_markets_own_after_the_way_to_the_worker() -> None:
    """The alert's text gives the trade's time in the market's zone; MessagePack brings it to the painter as UTC."""
    drawing = plan_drawing(ALERT, a_year_of_bars())
    canvas = Canvas(1000, 600, None)
    header = Header(canvas)

    header.write(msgspec.msgpack.decode(msgspec.msgpack.encode(drawing), type=Drawing))

    assert "2025-11-28 14:32:15 KRX" in [text.get_text() for text in canvas.figure.texts]
