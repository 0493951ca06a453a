"""The closed days: right for the years that the exchanges have announced, and cheap for every actor."""

import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from actors.market.closed_days import ClosedDays, compute_closed_days, load_closed_days
from protocol.messages import Market

# KRX's own list of 2026 (global.krx.co.kr, market closing), weekends left out.
KRX_2026 = {
    date(2026, month, day)
    for month, day in (
        (1, 1),
        (2, 16),
        (2, 17),
        (2, 18),
        (3, 2),
        (5, 1),
        (5, 5),
        (5, 25),
        (6, 3),
        (7, 17),
        (8, 17),
        (9, 24),
        (9, 25),
        (10, 5),
        (10, 9),
        (12, 25),
        (12, 31),
    )
}
# NYSE's own list of 2025 (nyse.com, holidays and trading hours; 9 January was a day of national mourning).
US_2025 = {
    date(2025, month, day)
    for month, day in ((1, 1), (1, 9), (1, 20), (2, 17), (4, 18), (5, 26), (6, 19), (7, 4), (9, 1), (11, 27), (12, 25))
}


@cache
def closed_days() -> ClosedDays:
    """Return what the library says."""
    return compute_closed_days()


def test_korea_closes_in_2026_on_the_days_that_the_exchange_lists() -> None:
    """Elections and Constitution Day came late into the calendars: a missed one wakes people for nothing."""
    assert {day for day in closed_days().krx if day.year == 2026} == KRX_2026


def test_the_us_closes_in_2025_on_the_days_that_the_exchange_lists() -> None:
    """A day of mourning is closed although no rule foretells it."""
    assert {day for day in closed_days().us if day.year == 2025} == US_2025


def test_the_day_after_thanksgiving_is_a_half_day() -> None:
    """After a half day's close no price is fresh, three hours before the usual time."""
    assert date(2025, 11, 28) in closed_days().us_half_days


def test_closed_days_have_names_in_the_languages_that_know_them() -> None:
    """New York's are not called anything in Korean."""
    assert closed_days().names_of(Market.KRX, date(2026, 9, 25)) == {"ko": "추석", "en": "Chuseok"}
    assert closed_days().names_of(Market.US, date(2026, 11, 26)) == {"en": "Thanksgiving Day"}
    assert closed_days().names_of(Market.KRX, date(2026, 9, 28)) == {}


def test_a_half_day_is_never_a_closed_day() -> None:
    """A day in both lists would be two things at once."""
    assert not closed_days().us_half_days & closed_days().us


def test_what_the_child_process_leaves_is_what_the_library_says(tmp_path: Path) -> None:
    """The file must not lose or change a day."""
    assert load_closed_days(tmp_path) == closed_days()


def test_the_file_is_read_again_instead_of_a_second_child(tmp_path: Path) -> None:
    """An actor that restarts must be back at once."""
    load_closed_days(tmp_path)
    kept = tmp_path / "closed-days.json"
    kept.write_bytes(kept.read_bytes().replace(b'"2026-05-01",', b"", 1))

    assert date(2026, 5, 1) not in load_closed_days(tmp_path).krx


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b'{"library": "0", "krx": [], "us": [], "us_half_days": []}'])
def test_a_spoilt_or_old_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    """A file of another version of the library may lack the newest holiday."""
    (tmp_path / "closed-days.json").write_bytes(content)

    assert load_closed_days(tmp_path) == closed_days()


def test_an_actor_that_loads_the_days_does_not_import_the_library(tmp_path: Path) -> None:
    """It would cost each of them 16 MB for good."""
    script = (
        "import sys; from pathlib import Path; from actors.market.closed_days import load_closed_days;"
        "import actors.market.sessions; load_closed_days(Path(sys.argv[1])); sys.exit('holidays' in sys.modules)"
    )
    project_dir = Path(__file__).resolve().parents[4]

    finished = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=project_dir, check=False)

    assert finished.returncode == 0
