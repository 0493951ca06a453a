"""Open days, in the shape that KIS documents."""

import json
from datetime import date

import pytest

from actors.kis.errors import ShapeError
from actors.kis.open_days import build_open_days_call, parse_open_days


def answer(*rows: dict[str, str]) -> bytes:
    """Return a successful answer."""
    return json.dumps({"rt_cd": "0", "msg_cd": "MCA00000", "msg1": "정상처리", "output": rows}).encode()


def test_open_days_are_read_by_date() -> None:
    """Of its five marks `opnd_yn` is the exchange's; a row without a date ends the answer."""
    first = {"bass_dt": "20251231", "bzdy_yn": "Y", "opnd_yn": "N"}

    assert parse_open_days(answer(first, {"bass_dt": "20260102", "opnd_yn": "Y"}, {})) == {
        date(2025, 12, 31): False,
        date(2026, 1, 2): True,
    }
    assert build_open_days_call(date(2025, 12, 31)).params["BASS_DT"] == "20251231"


@pytest.mark.parametrize("rows", [[], [{"bass_dt": "20251231", "opnd_yn": "?"}], [{"bass_dt": "soon", "opnd_yn": "Y"}]])
def test_open_days_that_say_nothing_are_refused(rows: list[dict[str, str]]) -> None:
    """KIS wins against the calendar, so what it says must be beyond doubt."""
    with pytest.raises(ShapeError):
        parse_open_days(answer(*rows))
