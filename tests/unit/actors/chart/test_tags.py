"""Tags that would cover each other move apart."""

from itertools import pairwise

import pytest

from actors.chart.tags import spread


def test_tags_with_room_stay_where_their_lines_are() -> None:
    """A tag beside its line needs no stroke to find it."""
    assert spread([100.0, 10.0, 50.0], gap=20, low=0, high=200) == [100, 10, 50]


def test_tags_that_touch_move_apart_about_their_middle_and_keep_their_order() -> None:
    """1σ and 2σ may lie a few pixels apart in a year's range of prices."""
    assert spread([102.0, 100.0, 101.0], gap=20, low=0, high=200) == [121, 81, 101]


def test_a_group_that_grows_into_its_neighbour_takes_it_along() -> None:
    """Three tags, of which the third was free until the other two moved."""
    assert spread([100.0, 100.0, 125.0], gap=20, low=0, high=200) == pytest.approx([88.33, 108.33, 128.33], abs=0.01)


def test_tags_stay_between_the_ends() -> None:
    """At the lower end of the picture a tag would be cut off."""
    assert spread([1.0, 2.0, 199.0], gap=20, low=10, high=190) == [10, 30, 190]


def test_tags_too_many_for_the_room_still_do_not_cover_each_other() -> None:
    """Better beyond the end than unreadable."""
    moved = sorted(spread([5.0] * 10, gap=20, low=0, high=100))

    assert [later - earlier for earlier, later in pairwise(moved)] == [20] * 9


def test_no_tags_need_no_place() -> None:
    """A picture may have none."""
    assert spread([], gap=20, low=0, high=100) == []
