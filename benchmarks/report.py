"""Measurements as Markdown, and the place in `docs/performance.md` where they stand."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from statistics import median

from benchmarks.measurement import Measurement

__all__ = ["MissingPlace", "render", "write_into"]

BEGIN = "<!-- measured: from here on written by `python -m benchmarks --write` -->"
END = "<!-- measured: until here -->"
HEAD = "| case | quantity | ours | floor | ours ÷ floor (range) | mark | |"
RULE = "|---|---|---:|---:|---:|---|---|"
VERDICTS = {True: "met", False: "**missed**", None: ""}


class MissingPlace(Exception):  # noqa: N818 - it states a fact
    """The document has no place for the table."""


def render(title_by_part: dict[str, str], machine: str, measurements: Iterable[Measurement]) -> str:
    """Return the machine and one table a part as Markdown."""
    sections = [machine]
    for part, group in groupby(measurements, key=lambda each: each.part):
        rows = "\n".join(_row(each) for each in group)
        sections.append(f"### {title_by_part[part]}\n\n{HEAD}\n{RULE}\n{rows}")
    return "\n\n".join(sections) + "\n"


def write_into(path: Path, text: str) -> None:
    """Put *text* between the two comments in *path*.

    Raises:
        MissingPlace: they are not there.
    """
    document = path.read_text(encoding="utf-8")
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"{path}: expected the lines {BEGIN!r} and {END!r}"
        raise MissingPlace(message)
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def _row(measured: Measurement) -> str:
    floor = f"{_figure(measured.floor_value)} {measured.unit}" if measured.floor else "–"
    cells = (
        measured.case,
        measured.quantity,
        f"{_figure(measured.value)} {measured.unit}",
        floor,
        _ratio(measured),
        str(measured.mark) if measured.mark else "–",
        VERDICTS[measured.is_met],
    )
    return "| " + " | ".join(cells) + " |"


def _ratio(measured: Measurement) -> str:
    if not measured.ratios:
        return "–"
    lowest, highest = measured.range
    return f"{median(measured.ratios):.2f} ({lowest:.2f}–{highest:.2f})"


def _figure(value: float) -> str:
    """Return *value* with three digits that count, and with commas."""
    if value == int(value):
        return f"{value:,.0f}"
    for below, decimals in ((10, 2), (100, 1)):
        if abs(value) < below:
            return f"{value:.{decimals}f}"
    return f"{value:,.0f}"
