"""Bars as analyst answers them, and what becomes of an answer that is none."""

import asyncio
from datetime import date

import pytest

from actors.chart.client import AnalystClient
from actors.chart.drawing import Bar
from actors.runtime.errors import CommandRefused, TemporaryFailure
from tests.support.charts import a_year_of_bars, bar_rows
from tests.support.ports import FakePorts

SINCE = date(2025, 1, 1)


def read(ports: FakePorts) -> list[Bar]:
    """Ask through *ports*."""
    return asyncio.run(AnalystClient(ports).daily_bars("122630", SINCE))


def test_bars_come_as_analyst_tells_them() -> None:
    """The date travels as text, and whole prices may come without a point."""
    bars = a_year_of_bars(3)
    asked: list[object] = []

    def answer(**arguments: object) -> dict[str, object]:
        asked.append(arguments)
        return {"bars": bar_rows(bars)}

    ports = FakePorts()
    ports.answers["analyst", "bars"] = answer

    assert read(ports) == bars
    assert asked == [{"symbol": "122630", "since": "2025-01-01"}]


def test_no_bars_are_an_answer() -> None:
    """A symbol newly watched has none for a moment."""
    ports = FakePorts()
    ports.answers["analyst", "bars"] = lambda **_: {"bars": []}

    assert read(ports) == []


def test_an_analyst_that_is_away_is_a_failure_for_now() -> None:
    """One picture is late; the actor and the next picture are not."""
    with pytest.raises(TemporaryFailure, match="within 5 s"):
        read(FakePorts())


def test_an_analyst_that_refuses_is_a_failure_for_now() -> None:
    """In an update the other process may still be one that does not know the command."""

    def refuse(**_: object) -> dict[str, object]:
        message = "expected one of the commands find, targets"
        raise CommandRefused(message)

    ports = FakePorts()
    ports.answers["analyst", "bars"] = refuse

    with pytest.raises(TemporaryFailure, match="one of the commands"):
        read(ports)


@pytest.mark.parametrize(
    "answer", [{}, {"bars": None}, {"bars": [["2025-11-27", 1.0]]}, {"bars": [["x", 1, 1, 1, 1, 1]]}]
)
def test_an_answer_without_bars_is_a_failure_for_now(answer: dict[str, object]) -> None:
    """A picture of half an answer would be believed."""
    ports = FakePorts()
    ports.answers["analyst", "bars"] = lambda **_: answer

    with pytest.raises(TemporaryFailure, match="bars of 122630"):
        read(ports)
