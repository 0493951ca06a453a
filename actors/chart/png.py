"""A picture as PNG, small enough for a phone."""

import io

from PIL import Image

__all__ = ["encode_png"]

FEW_COLOURS = 64


def encode_png(image: Image.Image, most_bytes: int) -> bytes:
    """Return *image* as PNG, as quickly as *most_bytes* allows: compressed lightly, hard, or with fewer colours."""
    light = _save(image, compress_level=1)
    if len(light) <= most_bytes:
        return light
    hard = _save(image, compress_level=9)
    return hard if len(hard) <= most_bytes else _save(image.quantize(FEW_COLOURS), compress_level=9)


def _save(image: Image.Image, compress_level: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=compress_level)
    return file.getvalue()
