"""The pictures of a day, of a sheet and of a back test are drawn and looked at.

Warnings are errors in all tests, so a letter that no font has fails each of these.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from PIL import Image

from actors.chart import palette
from actors.chart.backtest import BackTestDrawing, plan_back_test
from actors.chart.backtest_painter import BackTestPainter
from actors.chart.day import DayDrawing, plan_day
from actors.chart.day_painter import DayPainter
from actors.chart.drawing import Drawing, plan_drawing
from actors.chart.fonts import register_hangul_font
from actors.chart.orders import AnyDrawing, Order, Paper
from actors.chart.png import encode_png
from actors.chart.sheet import MOST_CELLS, SheetDrawing
from actors.chart.sheet_painter import HEADER_PX, ROW_PX, SheetPainter
from actors.chart.worker import PAINTERS, Artist
from actors.market.outlook import Outlook
from protocol.messages import Venue
from tests.support.charts import ALERT, NINE, a_back_test, a_morning_of_minutes, a_sheet, a_year_of_bars

SIZE = (1000, 600)
MOST_BYTES = 200_000
HANGUL = re.compile("[가-힣]")


def day(**changes: object) -> DayDrawing:
    """Return the picture of the README's alert in its day."""
    return plan_day(msgspec.structs.replace(ALERT, **changes), a_morning_of_minutes())


def back_test() -> BackTestDrawing:
    """Return a drawing that there is."""
    drawing = plan_back_test(a_back_test(), a_year_of_bars(600))
    assert drawing is not None
    return drawing


def year() -> Drawing:
    """Return the picture of the README's alert in its year."""
    drawing = plan_drawing(ALERT, a_year_of_bars())
    assert drawing is not None
    return drawing


def painted(drawing: AnyDrawing, language: str = "ko") -> Image.Image:
    """Return the picture of *drawing* by a painter of its own."""
    return PAINTERS[type(drawing)](*SIZE, register_hangul_font()).paint(drawing, language)


def count_pixels(image: Image.Image, colour: str, box: tuple[int, int, int, int] | None = None) -> int:
    """Return how many pixels in *box* (left, top, right, bottom) are nearly *colour*."""
    pixels = np.asarray(image.crop(box) if box else image).astype(int)
    wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return int((np.abs(pixels - wanted).max(axis=2) < 24).sum())


def column_of(image: Image.Image, colour: str) -> int:
    """Return the middle of where *colour* stands in the upper part of the axes."""
    pixels = np.asarray(image.crop((95, 130, 833, 420))).astype(int)
    wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return 95 + int(np.median(np.nonzero(np.abs(pixels - wanted).max(axis=2) < 24)[1]))


def test_a_day_has_its_line_its_targets_and_the_moment_at_its_place() -> None:
    """Half past two is at five and a half of six and a half hours."""
    image = painted(day())

    assert image.size == SIZE
    assert count_pixels(image, palette.INK, (95, 100, 833, 540)) > 800
    assert all(count_pixels(image, colour, (95, 100, 833, 540)) > 300 for colour in palette.TARGETS[:2])
    share = (ALERT.traded_at - NINE) / timedelta(hours=6, minutes=30)
    marker = 92 + 743 * (0.01 + share) / 1.02
    row = image.crop((95, 300, 833, 301))
    stroke = [95 + x for x in range(row.width) if count_pixels(row, palette.FAINT, (x, 0, x + 1, 1))]
    assert any(abs(x - marker) < 4 for x in stroke)


def test_a_day_that_has_just_begun_is_a_picture_too() -> None:
    """An alert in the first minute has no bar yet."""
    early = plan_day(msgspec.structs.replace(ALERT, traded_at=NINE), a_morning_of_minutes(0))

    assert count_pixels(painted(early), palette.DOWN) > 100


def test_a_day_without_an_alert_has_no_moment_and_may_have_no_targets() -> None:
    """The stroke says "here you were alerted"; the same painter has drawn one before."""
    painter = PAINTERS[DayDrawing](*SIZE, register_hangul_font())
    alerted = painter.paint(day(), "ko")

    asked = painter.paint(day(level=0.0), "ko")
    bare = painter.paint(day(level=0.0, sigma=0.0), "ko")

    faint = [count_pixels(image.crop((95, 300, 833, 301)), palette.FAINT) for image in (alerted, asked)]
    assert faint[0] > faint[1]
    assert count_pixels(bare, palette.TARGETS[0]) < 20 < count_pixels(asked, palette.TARGETS[0])
    assert painter.paint(day(), "ko") == alerted


def test_a_day_of_which_no_price_is_known_shows_none() -> None:
    """Its base price is the day before's: called the price now, it would be a wrong one."""
    asked = msgspec.structs.replace(ALERT, level=0.0, price=72_665.0)
    unknown, known = (plan_day(asked, a_morning_of_minutes(minutes)) for minutes in (0, 1))
    still = msgspec.structs.replace(known, price=72_665.0)
    unmoved = palette.colour_of_change(72_665.0, 72_665.0)

    assert [drawing.has_price for drawing in (unknown, still)] == [False, True]
    assert count_pixels(painted(unknown), unmoved) < count_pixels(painted(still), unmoved) / 4


def test_a_long_day_in_dollars_has_its_hours() -> None:
    """From four in the morning to eight in the evening, New York's clock."""
    drawing = day(venue=Venue.AMEX, level=1.5, name="Direxion Daily Semiconductor Bull 3X Shares $")
    long = msgspec.structs.replace(drawing, closes_at=NINE + timedelta(hours=16))

    assert painted(long).size == SIZE


@pytest.mark.parametrize(("cells", "size"), [(1, (500, 1)), (2, (1000, 1)), (3, (1000, 2)), (MOST_CELLS, (1000, 5))])
def test_a_sheet_is_as_large_as_its_cells(cells: int, size: tuple[int, int]) -> None:
    """A phone shows it as wide as the screen; empty room would make the rest small."""
    width, rows = size

    assert painted(a_sheet(cells)).size == (width, HEADER_PX + rows * ROW_PX)


def test_each_cell_has_its_bars_and_its_lines() -> None:
    """Whoever looks at 08:50 wants to see how far away each target is."""
    image = painted(a_sheet(3))
    cells = [(0, 62, 500, 324), (500, 62, 1000, 324), (0, 324, 500, 586)]

    for box in cells:
        assert all(count_pixels(image, colour, box) > 150 for colour in (*palette.TARGETS[:2], palette.UP))
    assert count_pixels(image, palette.TARGETS[0], (500, 324, 1000, 586)) == 0


def test_a_cell_without_bars_is_drawn_with_its_lines() -> None:
    """A symbol newly watched must not cost the others their picture."""
    sheet = a_sheet(1)
    empty = msgspec.structs.replace(sheet, cells=[msgspec.structs.replace(sheet.cells[0], bars=[])])

    assert count_pixels(painted(empty), palette.TARGETS[0]) > 100


def test_a_back_test_has_its_purchases_its_means_and_its_rates() -> None:
    """Three parts, each with both levels in their colours."""
    image = painted(back_test())

    for box in ((93, 100, 978, 300), (93, 365, 560, 536), (666, 365, 978, 536)):
        assert all(count_pixels(image, colour, box) > 60 for colour in palette.TARGETS[:2]), box
    assert all(count_pixels(image, colour) > 200 for colour in palette.PALE_TARGETS[:2])


def test_a_back_test_without_a_purchase_is_a_picture_too() -> None:
    """Nothing happened, and that is to be seen."""
    drawing = back_test()
    none = [Outlook(sessions=sessions, cases=0) for sessions in (1, 5, 20)]
    levels = [msgspec.structs.replace(level, touched=0, purchases=[], outlooks=none) for level in drawing.levels]

    image = painted(msgspec.structs.replace(drawing, levels=levels, any_day=none))

    assert count_pixels(image, palette.TARGETS[0], (93, 100, 978, 300)) == 0


PICTURES = [
    pytest.param(DayPainter, day(level=1.5), day(traded_at=NINE), id="day"),
    pytest.param(SheetPainter, a_sheet(MOST_CELLS), a_sheet(1), id="sheet"),
    pytest.param(
        BackTestPainter,
        msgspec.structs.replace(back_test(), levels=[*back_test().levels, back_test().levels[0]]),
        msgspec.structs.replace(back_test(), levels=back_test().levels[:1]),
        id="backtest",
    ),
]


@pytest.mark.parametrize(("painter", "first", "second"), PICTURES)
def test_the_next_picture_has_nothing_of_the_last(
    painter: type[DayPainter | SheetPainter | BackTestPainter], first: AnyDrawing, second: AnyDrawing
) -> None:
    """The figure is kept; what one picture leaves on it would be a lie in the next."""
    kept = painter(*SIZE, register_hangul_font())
    kept.paint(first, "ko")  # type: ignore[arg-type]  # each its own kind

    assert kept.paint(second, "ko").tobytes() == painted(second).tobytes()  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("drawing", [day(), a_sheet(MOST_CELLS), back_test()], ids=["day", "sheet", "backtest"])
def test_every_picture_is_small_enough_for_a_phone(drawing: AnyDrawing) -> None:
    """200 kB, ten symbols on it or one."""
    assert len(encode_png(painted(drawing), MOST_BYTES)) <= MOST_BYTES


@pytest.mark.parametrize("drawing", [day(), a_sheet(2), back_test()], ids=["day", "sheet", "backtest"])
def test_without_a_korean_font_no_hangul_is_drawn(drawing: AnyDrawing) -> None:
    """A letter without a glyph is a warning, and here an error; whoever reads Korean is told in English then."""
    PAINTERS[type(drawing)](*SIZE, None).paint(drawing, "ko")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Callable[[AnyDrawing, str], list[str]]:
    """Return what paints a picture and tells every text that matplotlib was asked to draw."""
    texts: list[str] = []
    draw_text = RendererAgg.draw_text

    def note_and_draw(*arguments: Any, **options: Any) -> None:  # noqa: ANN401 - matplotlib leaves it unannotated
        texts.append(arguments[4])
        draw_text(*arguments, **options)  # type: ignore[no-untyped-call]  # as above

    monkeypatch.setattr(RendererAgg, "draw_text", note_and_draw)

    def paint(drawing: AnyDrawing, language: str) -> list[str]:
        texts.clear()
        painted(drawing, language)
        return list(texts)

    return paint


EVERY_KIND = pytest.mark.parametrize(
    "drawing", [year(), day(), day(level=0.0), a_sheet(4), back_test()], ids=["year", "day", "now", "sheet", "backtest"]
)


@EVERY_KIND
def test_a_picture_in_english_has_no_hangul_but_in_the_name_of_a_stock(
    drawing: AnyDrawing, written: Callable[[AnyDrawing, str], list[str]]
) -> None:
    """Who chose English cannot read the rest; a stock is called what its exchange calls it."""
    names = [cell.name for cell in drawing.cells] if isinstance(drawing, SheetDrawing) else [drawing.name]
    is_name = re.compile(rf"^({'|'.join(map(re.escape, names))}) \(\w+\)$")

    texts = written(drawing, "en")

    assert [text for text in texts if HANGUL.search(text) and not is_name.match(text)] == []
    assert any(is_name.match(text) for text in texts)
    assert any(is_name.match(text) for text in written(drawing, "ko"))


@EVERY_KIND
def test_a_picture_in_korean_says_in_hangul_what_the_english_one_says_in_latin(
    drawing: AnyDrawing, written: Callable[[AnyDrawing, str], list[str]]
) -> None:
    """As many texts in either, and whatever is no figure and no name in the reader's own words."""
    english, korean = written(drawing, "en"), written(drawing, "ko")

    assert len(english) == len(korean)
    differing = [(ours, theirs) for ours, theirs in zip(korean, english, strict=True) if ours != theirs]
    assert differing
    assert all(HANGUL.search(ours) for ours, _ in differing)


def test_won_and_months_are_written_as_the_reader_writes_them(
    written: Callable[[AnyDrawing, str], list[str]],
) -> None:
    """Figures have a language, too."""
    english, korean = written(year(), "en"), written(year(), "ko")

    assert {"buy point 2 ₩70,606", "Mar", "volume", "40M"} <= set(english)
    assert {"2차 70,606원", "3월", "거래량", "4,000만"} <= set(korean)


@EVERY_KIND
def test_the_next_picture_has_no_word_of_the_last_ones_language(drawing: AnyDrawing) -> None:
    """A family of two languages is drawn for in turns, on one figure."""
    painter = PAINTERS[type(drawing)](*SIZE, register_hangul_font())

    korean, english = painter.paint(drawing, "ko"), painter.paint(drawing, "en")

    assert english.tobytes() == painted(drawing, "en").tobytes()
    assert painter.paint(drawing, "ko").tobytes() == korean.tobytes()
    assert korean.tobytes() != english.tobytes()


def test_the_worker_draws_in_the_language_that_is_ordered() -> None:
    """Two who read differently get two pictures."""
    artist = Artist()
    paper = Paper(width_px=800, height_px=480, most_kb=200, font_path="")

    korean, english = (artist.draw(Order(drawing=day(), paper=paper, language=each)).png for each in ("ko", "en"))

    assert korean != english


def test_the_worker_knows_every_kind_after_the_way_through_the_pipe() -> None:
    """The kind travels as a tag."""
    artist = Artist()
    paper = Paper(width_px=800, height_px=480, most_kb=200, font_path="")
    for drawing in (day(), a_sheet(2), back_test()):
        order = msgspec.msgpack.decode(msgspec.msgpack.encode(Order(drawing=drawing, paper=paper)), type=Order)
        assert artist.draw(order).png.startswith(b"\x89PNG")
