"""The catalogue of the day."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from actors.analyst.config import AnalystConfig
from actors.analyst.instruments.catalogue import Catalogue
from actors.analyst.instruments.renewal import Renewal, is_due, read_master
from actors.kis.errors import MasterError
from actors.kis.masters import MASTER_FILES
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import open_store
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.market import NINE
from tests.support.masters import korean_line
from tests.support.ports import FakePorts

EIGHT = time(8, 0)
FILE = "kospi_code.mst"
SAMSUNG, HYNIX = korean_line(), korean_line("000660", "SK하이닉스")


def seoul(text: str) -> datetime:
    """Return a moment of Seoul's clock, as the actors have it."""
    return datetime.fromisoformat(f"2025-11-{text}:00+09:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("read_at", "now", "due"),
    [
        (None, "28T09:00", True),
        ("28T08:00", "28T09:00", False),
        ("28T07:59", "28T08:00", True),
        ("27T09:00", "28T07:59", False),
        ("27T09:00", "28T08:00", True),
        ("27T07:00", "28T07:00", True),
        ("28T08:01", "29T07:59", False),
        ("29T09:00", "28T09:00", True),
    ],
)
def test_a_file_is_due_once_a_day_from_eight_in_seoul(read_at: str | None, now: str, *, due: bool) -> None:
    """The morning's file has the day's base prices and halts; a reading in the future is another world's."""
    assert is_due(seoul(read_at) if read_at else None, seoul(now), EIGHT) is due


class Shelf:
    """Serves what the test put there."""

    def __init__(self, content: bytes | TemporaryFailure | MasterError) -> None:
        self._content = content

    def fetch(self, name: str) -> bytes:
        """Return the content, or raise it."""
        assert name == FILE
        if isinstance(self._content, bytes):
            return self._content
        raise self._content


def shelf(*lines: str) -> Shelf:
    """Return a shelf with a file of *lines*."""
    return Shelf("\n".join(lines).encode("cp949"))


def catalogue_in(directory: Path) -> Catalogue:
    """Return a catalogue that has read a file with both stocks."""
    settings = make_settings(directory)
    lay_out(settings, "analyst")
    catalogue = Catalogue(open_store("analyst", settings))
    assert not read_master(FILE, catalogue, shelf(SAMSUNG, HYNIX), NINE).failure
    return catalogue


def test_a_new_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """A base price of yesterday is a wrong one."""
    catalogue = catalogue_in(tmp_path)
    tomorrow = NINE + timedelta(days=1)

    read = read_master(FILE, catalogue, shelf(korean_line(base_price="000101200"), "damaged", HYNIX), tomorrow)

    assert (read.instruments, read.damaged, read.failure) == (2, 1, "")
    assert read.first_damage.startswith("kospi_code.mst:2: ")
    samsung = catalogue.instrument("005930")
    assert samsung is not None
    assert samsung.base_price == 101_200
    assert catalogue.read_at(FILE) == tomorrow


@pytest.mark.parametrize(
    "served",
    [
        Shelf(TemporaryFailure("expected the file, found ConnectionError")),
        Shelf(MasterError("expected a zip, found 12 bytes")),
        shelf(),
        shelf("damaged", SAMSUNG),
        shelf("damaged", "damaged"),
    ],
)
def test_a_file_that_is_none_takes_nothing_away(tmp_path: Path, served: Shelf) -> None:
    """Yesterday's names serve until a good file comes."""
    catalogue = catalogue_in(tmp_path)

    read = read_master(FILE, catalogue, served, NINE + timedelta(days=1))

    assert read.failure.startswith("expected ")
    assert catalogue.instrument("000660") is not None
    assert catalogue.read_at(FILE) == NINE


class Shelves:
    """Serves no file, and notes which are asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def fetch(self, name: str) -> bytes:
        """Note it."""
        self.asked.append(name)
        return b""


def test_files_of_today_are_read_again_when_somebody_wants_it(tmp_path: Path) -> None:
    """A name that was wrong this morning need not stay so until tomorrow."""
    settings = make_settings(tmp_path)
    lay_out(settings, "analyst")
    catalogue, shelves = Catalogue(open_store("analyst", settings)), Shelves()
    for file in MASTER_FILES:
        catalogue.close_file(file, NINE, 1, 0)
    actor = make_actor("analyst", AnalystConfig(), settings, ports=FakePorts(), clock=FakeClock(NINE))

    async def scene() -> None:
        renewal = Renewal(actor, catalogue, shelves, lambda: None)
        renewal.look()
        await renewal.close()
        assert shelves.asked == []
        assert renewal.renew() == list(MASTER_FILES)
        renewal.look()
        await renewal.close()

    asyncio.run(scene())
    assert shelves.asked == list(MASTER_FILES)
    assert Renewal(actor, catalogue, None, lambda: None).renew() == []
