"""Pictures stay below the limit of their size."""

import io
import random

import pytest
from PIL import Image, ImageDraw

from actors.chart.png import encode_png


@pytest.fixture(scope="module")
def strokes() -> Image.Image:
    """Return a picture of many coloured strokes."""
    chance = random.Random(7)
    image = Image.new("RGB", (500, 300), "white")
    pen = ImageDraw.Draw(image)
    for _ in range(300):
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        pen.line([(chance.randrange(500), chance.randrange(300)) for _ in range(2)], fill=colour)
    return image


def test_a_picture_that_fits_keeps_every_pixel(strokes: Image.Image) -> None:
    """Light compression is quick, and it is enough nearly always."""
    png = encode_png(strokes, 10**9)

    assert Image.open(io.BytesIO(png)).convert("RGB").tobytes() == strokes.tobytes()


def test_a_picture_that_does_not_fit_is_compressed_harder(strokes: Image.Image) -> None:
    """Some milliseconds more, and still every pixel."""
    light = encode_png(strokes, 10**9)

    hard = encode_png(strokes, len(light) - 1)

    assert len(hard) < len(light)
    assert Image.open(io.BytesIO(hard)).convert("RGB").tobytes() == strokes.tobytes()


def test_a_picture_that_still_does_not_fit_loses_colours(strokes: Image.Image) -> None:
    """A picture with fewer colours is better than none."""
    hard = encode_png(strokes, len(encode_png(strokes, 10**9)) - 1)

    few = encode_png(strokes, len(hard) - 1)

    assert len(few) < len(hard)
    assert Image.open(io.BytesIO(few)).mode == "P"
