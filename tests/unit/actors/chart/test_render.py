"""Pictures are drawn and looked at: colours where they are expected, every letter there, no number too odd.

Warnings are errors in all tests, so a letter that no font has fails each of these.
"""

from datetime import date
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from PIL import Image

from actors.chart import palette
from actors.chart.drawing import Bar, Drawing, plan_drawing
from actors.chart.fonts import register_hangul_font
from actors.chart.png import encode_png
from actors.chart.render import ChartPainter
from protocol.messages import PictureWanted, Venue
from tests.support.charts import ALERT, a_year_of_bars, weekdays_before

WIDTH, HEIGHT = 1000, 600
PRICES = (93, 100, 834, 429)
VOLUMES = (93, 454, 834, 536)
TAGS = (848, 90, 999, 440)
TITLE = (20, 15, 330, 48)


@pytest.fixture(scope="module")
def painter() -> ChartPainter:
    """Return one painter for all pictures, as the worker has it."""
    return ChartPainter(WIDTH, HEIGHT, register_hangul_font())


def plan(wanted: PictureWanted = ALERT, bars: list[Bar] | None = None) -> Drawing:
    """Return a drawing that there is."""
    drawing = plan_drawing(wanted, a_year_of_bars() if bars is None else bars)
    assert drawing is not None
    return drawing


def count_pixels(image: Image.Image, colour: str, box: tuple[int, int, int, int]) -> int:
    """Return how many pixels in *box* (left, top, right, bottom) are nearly *colour*."""
    pixels = np.asarray(image.crop(box)).astype(int)
    wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return int((np.abs(pixels - wanted).max(axis=2) < 24).sum())


def rows_of(image: Image.Image, colour: str, box: tuple[int, int, int, int]) -> list[int]:
    """Return the rows of *image* in which at least half of *box* has *colour*."""
    left, top, right, bottom = box
    return [
        row
        for row in range(top, bottom)
        if count_pixels(image, colour, (left, row, right, row + 1)) > (right - left) / 2
    ]


def test_a_picture_has_its_size_and_rising_and_falling_bars_in_their_colours(painter: ChartPainter) -> None:
    """Red is up in Korea: the other way round would be read the other way round."""
    image = painter.paint(plan(), "ko")

    assert image.size == (WIDTH, HEIGHT)
    for box in (PRICES, VOLUMES):
        assert count_pixels(image, palette.UP, box) > 800
        assert count_pixels(image, palette.DOWN, box) > 800


def test_a_year_that_only_rose_has_no_falling_bar(painter: ChartPainter) -> None:
    """The colour is the bar's own direction."""
    bars = [msgspec.structs.replace(bar, open=bar.low, close=bar.high) for bar in a_year_of_bars()]

    image = painter.paint(plan(msgspec.structs.replace(ALERT, price=80_000.0), bars), "ko")

    assert count_pixels(image, palette.DOWN, PRICES) == 0


def test_the_target_lines_lie_where_their_prices_are(painter: ChartPainter) -> None:
    """With all closes at 100, and targets at 90 and 80, the lines divide the height in equal parts."""
    bars = [msgspec.structs.replace(bar, open=100, high=100, low=100, close=100) for bar in a_year_of_bars()]
    wanted = msgspec.structs.replace(ALERT, base_price=100.0, sigma=0.1, price=70.0)

    image = painter.paint(plan(wanted, bars), "ko")

    first, second = (rows_of(image, colour, PRICES) for colour in palette.TARGETS[:2])
    height = PRICES[3] - PRICES[1]
    assert (first[0] - PRICES[1]) / height == pytest.approx((100 - 90 + 1.5) / 33, abs=0.02)
    assert (second[0] - PRICES[1]) / height == pytest.approx((100 - 80 + 1.5) / 33, abs=0.02)


def test_the_tag_of_the_level_that_was_reached_is_filled(painter: ChartPainter) -> None:
    """One look tells which of the two it was."""
    two = painter.paint(plan(), "ko")
    one = painter.paint(plan(msgspec.structs.replace(ALERT, level=1.0)), "ko")

    for image, reached, other in ((one, *palette.TARGETS[:2]), (two, *palette.TARGETS[1::-1])):
        assert count_pixels(image, reached, TAGS) > 3 * count_pixels(image, other, TAGS)


def test_tags_of_targets_close_together_do_not_cover_each_other(painter: ChartPainter) -> None:
    """In a year's range 1σ and 2σ may be three pixels apart."""
    image = painter.paint(plan(msgspec.structs.replace(ALERT, sigma=0.0005, price=72_600.0)), "ko")

    tags = {
        colour: [row for row in range(TAGS[1], TAGS[3]) if count_pixels(image, colour, (850, row, 940, row + 1)) > 30]
        for colour in (palette.DOWN, *palette.TARGETS[:2])
    }
    spans = sorted((min(rows), max(rows)) for rows in tags.values())
    assert all(end < start for (_, end), (start, _) in pairwise(spans))


def test_the_name_is_written_in_hangul(painter: ChartPainter) -> None:
    """Another name must be another picture: boxes would all look alike."""
    titles = {
        painter.paint(plan(msgspec.structs.replace(ALERT, name=name)), "ko").crop(TITLE).tobytes()
        for name in ("가나다", "라마바")
    }

    assert len(titles) == 2


def test_a_long_name_ends_before_the_moment(painter: ChartPainter) -> None:
    """Some funds have names of sixty letters."""
    image = painter.paint(plan(msgspec.structs.replace(ALERT, name="아주 긴 이름의 상장지수펀드 " * 6)), "ko")

    assert count_pixels(image, palette.INK, (790, 0, 1000, 60)) == 0


def test_the_next_picture_has_nothing_of_the_last(painter: ChartPainter) -> None:
    """The figure is kept: what one picture left must not be seen in another."""
    before = painter.paint(plan(), "ko").tobytes()

    painter.paint(
        plan(msgspec.structs.replace(ALERT, level=1.5, venue=Venue.NASDAQ, price=3.0), a_year_of_bars(5)), "ko"
    )

    assert painter.paint(plan(), "ko").tobytes() == before


def flat(price: float, volume: int, count: int) -> list[Bar]:
    """Return *count* bars that never moved."""
    return [
        Bar(session_date=day, open=price, high=price, low=price, close=price, volume=volume)
        for day in weekdays_before(ALERT.session_date, count)
    ]


@pytest.mark.parametrize(
    ("bars", "changes"),
    [
        (a_year_of_bars(1), {}),
        (flat(5_000.0, 0, 200), {"base_price": 5_000.0, "price": 5_000.0, "sigma": 1e-9}),
        (flat(1.0, 0, 1), {"base_price": 1.0, "price": 1.0}),
        (flat(2e9, 10**15, 3), {"base_price": 2e9, "price": 1.9e9, "level": 1.5}),
        (flat(0.0001, 1, 30), {"venue": Venue.NYSE, "base_price": 0.0001, "price": 0.00009}),
        (a_year_of_bars(400), {"price": 700.0}),
        (a_year_of_bars(400), {"name": "S&P500 <COIN> $A$ _x_ \\frac"}),
        (a_year_of_bars(400), {"level": 0.5, "sigma": 0.9}),
    ],
)
def test_odd_numbers_still_make_a_picture(painter: ChartPainter, bars: list[Bar], changes: dict[str, object]) -> None:
    """A share on its first day, a suspended one, a price of two milliards: none may cost the alert its picture."""
    png = encode_png(painter.paint(plan(msgspec.structs.replace(ALERT, **changes), bars), "ko"), 200_000)

    assert png.startswith(b"\x89PNG")
    assert len(png) < 200_000


def test_bars_whose_high_and_low_do_not_enclose_them_are_drawn_as_if_they_did(painter: ChartPainter) -> None:
    """Adjusting for a split rounds each price for itself."""
    crooked = Bar(session_date=date(2025, 11, 27), open=70_000, high=69_999, low=70_101, close=70_100, volume=5)

    image = painter.paint(plan(bars=[*a_year_of_bars(30)[:-1], crooked]), "ko")

    assert image.size == (WIDTH, HEIGHT)


def test_without_a_korean_font_all_letters_are_still_there() -> None:
    """The machine may have no such font at all: then the picture does without Hangul, and without boxes."""
    plain = ChartPainter(WIDTH, HEIGHT, None)

    image = plain.paint(plan(), "ko")

    assert count_pixels(image, palette.INK, TITLE) > 100


def test_a_picture_of_a_full_year_is_far_below_the_limit(painter: ChartPainter) -> None:
    """Telegram takes more, but a phone on the road should not have to."""
    assert len(encode_png(painter.paint(plan(), "ko"), 200_000)) < 150_000


def test_a_level_of_ones_own_has_a_line_of_its_own_colour(painter: ChartPainter) -> None:
    """Three lines in two colours could not be told apart."""
    image = painter.paint(plan(msgspec.structs.replace(ALERT, level=1.5, sigma=0.05)), "ko")

    assert [len(rows_of(image, colour, PRICES)) > 0 for colour in palette.TARGETS] == [True] * 3
