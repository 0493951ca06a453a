"""The table [chart]."""

from typing import Annotated

from msgspec import Meta, Struct

__all__ = ["ChartConfig"]


class ChartConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How pictures are drawn, and how many are kept at hand."""

    width_px: Annotated[int, Meta(ge=400, le=2000)] = 1000
    """Width of a picture, pixels."""
    height_px: Annotated[int, Meta(ge=300, le=2000)] = 600
    """Height of a picture, pixels."""
    most_kb: Annotated[int, Meta(ge=20, le=10_000)] = 200
    """A picture that is larger is compressed harder, kilobytes (1,000 bytes)."""
    font_path: str = ""
    """A font file with Hangul; empty: a Nanum or Noto font of the system, else the one that comes with the program."""
    deadline_s: Annotated[float, Meta(gt=0, le=600)] = 60.0
    """The time that one picture may take, seconds; the first after a rest includes loading matplotlib."""
    idle_s: Annotated[float, Meta(gt=0)] = 600.0
    """After how long without work matplotlib's process is let go, seconds."""
    most_waiting: Annotated[int, Meta(ge=1)] = 200
    """How many different pictures may wait; those beyond are refused, and telegram asks again."""
    kept_pictures: Annotated[int, Meta(ge=0)] = 20
    """How many of the last pictures are kept for others who want the same one; each takes about 0.1 MB."""
