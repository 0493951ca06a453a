"""The highest price since a day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from actors.market.highs import high_since, records_of

FIRST = date(2025, 1, 2)
PASTS = st.dictionaries(
    st.integers(0, 60).map(lambda days: FIRST + timedelta(days)), st.integers(1, 20).map(float), max_size=40
)


@given(PASTS, st.integers(-2, 62), st.integers(0, 30), st.integers(0, 60))
def test_the_high_since_any_day_is_that_of_the_days_since(
    highs: dict[date, float], wanted: int, first: int, last: int
) -> None:
    """A few records stand for a whole year."""
    since, until, on = (FIRST + timedelta(days) for days in (first, last, wanted))
    counted = {day: high for day, high in highs.items() if since <= day <= until}

    records = records_of(highs, since, until)

    assert high_since(records, on) == max((high for day, high in counted.items() if day >= on), default=0.0)
    assert len(records) <= len(counted)
