"""The words in a picture."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from actors.chart.labels import axis_label, date_labels, title, volume_label, words_for
from protocol.messages import Venue
from tests.support.charts import weekdays_before

KOREAN, ENGLISH = (words_for(language, hangul=True) for language in ("ko", "en"))


@pytest.mark.parametrize(
    ("language", "hangul", "spoken"), [("ko", True, "ko"), ("en", True, "en"), ("ko", False, "en"), ("fr", True, "en")]
)
def test_a_picture_speaks_its_readers_language_if_it_can(language: str, hangul: bool, spoken: str) -> None:  # noqa: FBT001 - a case of the table
    """A machine without a Korean font, and a telegram that is newer, still get a picture that can be read."""
    assert words_for(language, hangul=hangul).language == spoken


def test_an_axis_needs_no_currency() -> None:
    """It is said in the tags beside it."""
    assert (axis_label(71_635, Venue.KRX), axis_label(39.7, Venue.NYSE)) == ("71,635", "39.70")


@pytest.mark.parametrize(
    ("volume", "korean", "english"),
    [
        (0, "0", "0"),
        (950, "950", "950"),
        (25_000, "2.5만", "25K"),
        (50_000_000, "5,000만", "50M"),
        (120_000_000, "1.2억", "120M"),
        (80_000_000_000, "800억", "80B"),
        (5_000_000_000_000, "50,000억", "5,000B"),
    ],
)
def test_volumes_are_written_short_enough_for_their_axis(volume: int, korean: str, english: str) -> None:
    """Ten digits would not fit beside the axis."""
    assert volume_label(volume, KOREAN) == korean
    assert volume_label(volume, ENGLISH) == english


def test_without_a_korean_font_the_title_is_the_code() -> None:
    """Boxes in place of letters would look like a broken program."""
    assert title("KODEX 레버리지", "122630", hangul=True) == "KODEX 레버리지 (122630)"
    assert title("KODEX 레버리지", "122630", hangul=False) == "122630"
    assert title("ProShares UltraPro QQQ", "TQQQ", hangul=False) == "ProShares UltraPro QQQ (TQQQ)"


@pytest.mark.parametrize("name", ["", "TQQQ"])
def test_a_symbol_without_a_name_is_not_named_twice(name: str) -> None:
    """`TQQQ (TQQQ)` helps nobody."""
    assert title(name, "TQQQ", hangul=True) == "TQQQ"


def test_the_first_session_of_each_month_is_labelled_and_each_year_once() -> None:
    """A year at a glance."""
    labels = date_labels(weekdays_before(date(2025, 3, 10), 90), KOREAN)

    assert [label for _, label in labels] == ["12월\n2024", "1월\n2025", "2월", "3월"]


def test_a_short_history_is_labelled_by_the_day() -> None:
    """A share listed last month has one month or two."""
    days = weekdays_before(date(2025, 11, 28), 12)

    assert date_labels(days, KOREAN)[0] == (0, "11-12")
    assert date_labels(days[:1], ENGLISH) == [(0, "11-12")]


def test_months_with_few_sessions_do_not_crowd_their_labels() -> None:
    """Labels that touch cannot be read."""
    days = [date(2020, 1, 1) + timedelta(days=20 * age) for age in range(100)]

    places = [place for place, _ in date_labels(days, KOREAN)]

    assert len(places) > 10
    assert all(later - earlier >= 100 / 14 for earlier, later in pairwise(places))
