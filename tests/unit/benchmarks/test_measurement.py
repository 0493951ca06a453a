"""What a figure says of its mark, and where it is written."""

from pathlib import Path

import pytest

from benchmarks.measurement import Mark, Measurement, at_least_times, at_most, at_most_times
from benchmarks.report import BEGIN, END, MissingPlace, render, write_into
from benchmarks.trial import in_turns, percentile


def measured(ours: list[float], floor: list[float], mark: Mark | None) -> Measurement:
    """Return a figure of a made-up part."""
    return Measurement(part="parse", case="case", quantity="CPU", unit="µs", ours=ours, floor=floor, mark=mark)


@pytest.mark.parametrize(
    ("ours", "floor", "mark", "is_met"),
    [
        ([3.0, 9.0, 3.0], [2.0, 6.0, 2.0], at_most_times(1.5), True),
        ([3.1, 9.0, 3.1], [2.0, 6.0, 2.0], at_most_times(1.5), False),
        ([80.0], [100.0], at_least_times(0.75), True),
        ([70.0], [100.0], at_least_times(0.75), False),
        ([50.0], [], at_most(50), True),
        ([50.1], [], at_most(50), False),
        ([1.0], [], at_most_times(1.5), None),
        ([1.0], [2.0], None, None),
    ],
)
def test_a_mark_is_met_by_the_median_of_the_rounds_ratios(
    ours: list[float], floor: list[float], mark: Mark | None, *, is_met: bool | None
) -> None:
    """A round that a neighbour disturbed disturbs ours and the floor alike, so ratios are taken round by round."""
    assert measured(ours, floor, mark).is_met is is_met


@pytest.mark.parametrize(("rounds", "left_out"), [(1, 0), (2, 0), (5, 0), (8, 0), (9, 1), (15, 3), (20, 5), (30, 9)])
def test_a_range_leaves_out_what_the_table_of_the_sign_test_does(rounds: int, left_out: int) -> None:
    """The more rounds, the closer to their median is the true one; each round's own chance stays as wide as it is."""
    ratios = [float(number) for number in range(rounds, 0, -1)]

    assert measured(ratios, [1.0] * rounds, None).range == (1 + left_out, rounds - left_out)


def test_what_goes_in_turns_does_not_always_go_first() -> None:
    """Whoever always goes second is always measured on the warmer machine."""
    order: list[str] = []

    in_turns(3, {"ours": lambda: order.append("ours"), "floor": lambda: order.append("floor")})

    assert order == ["ours", "floor", "floor", "ours", "ours", "floor"]


def test_a_percentile_is_one_of_the_values() -> None:
    """What nobody measured is not reported."""
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 3.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.99) == 4.0
    assert percentile([], 0.5) == 0.0


def test_new_figures_take_the_place_of_the_old_ones_and_of_nothing_else(tmp_path: Path) -> None:
    """The text around the tables is written by hand."""
    path = tmp_path / "performance.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")

    write_into(path, render({"parse": "Parse"}, "a machine", [measured([3.0], [2.0], at_most_times(1.5))]))

    text = path.read_text(encoding="utf-8")
    assert "| case | CPU | 3 µs | 2 µs | 1.50 (1.50–1.50) | ≤ 1.5 × | met |" in text
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text


def test_a_document_without_a_place_for_figures_is_left_alone(tmp_path: Path) -> None:
    """Better no figures than a document that lost its text."""
    path = tmp_path / "performance.md"
    path.write_text("text\n", encoding="utf-8")

    with pytest.raises(MissingPlace):
        write_into(path, "figures")
    assert path.read_text(encoding="utf-8") == "text\n"
