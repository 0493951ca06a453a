"""Pictures that are asked for on the control socket."""

import asyncio
from typing import Any

import msgspec
import pytest

from actors.chart.backtest import BackTestDrawing
from actors.chart.client import AnalystClient
from actors.chart.orders import AnyDrawing
from actors.chart.requests import Requests
from actors.chart.sheet import SheetDrawing
from actors.runtime.errors import CommandRefused, TemporaryFailure
from tests.support.charts import a_back_test, a_year_of_bars, bar_rows, targets_row
from tests.support.ports import FakePorts


class Counter:
    """Where pictures are asked for, with an analyst that knows two symbols."""

    def __init__(self) -> None:
        self.drawn: list[AnyDrawing] = []
        self.languages: list[str] = []
        self.ports = FakePorts()
        rows = [targets_row("122630", "KODEX 레버리지"), targets_row("005930")]
        self.ports.answers["analyst", "targets"] = lambda **_: {"targets": rows, "reasons": {}}
        self.ports.answers["analyst", "bars"] = lambda **_: {"bars": bar_rows(a_year_of_bars(600))}
        self.ports.answers["analyst", "backtest"] = lambda **_: msgspec.to_builtins(a_back_test())

    def ask(self, **arguments: Any) -> dict[str, object]:  # noqa: ANN401 - whatever somebody types
        """Return the answer."""
        return asyncio.run(Requests(AnalystClient(self.ports), self._make_png).answer(arguments))

    async def _make_png(self, drawing: AnyDrawing, language: str) -> bytes:
        self.drawn.append(drawing)
        self.languages.append(language)
        return b"png"


def test_a_sheet_has_the_symbols_in_the_order_in_which_they_are_asked_for() -> None:
    """People know their list by its order."""
    counter = Counter()

    assert counter.ask(picture="sheet", symbols=["005930", "122630"]) == {"png": b"png"}
    (sheet,) = counter.drawn
    assert isinstance(sheet, SheetDrawing)
    assert [(cell.symbol, cell.name, len(cell.bars)) for cell in sheet.cells] == [
        ("005930", "005930", 60),
        ("122630", "KODEX 레버리지", 60),
    ]


def test_a_back_test_is_drawn_when_analyst_is_done() -> None:
    """Until then the answer says what analyst is at, and whoever asked asks again."""
    counter = Counter()
    done = counter.ports.answers["analyst", "backtest"]
    counter.ports.answers["analyst", "backtest"] = lambda **_: {"unfinished": "fetching"}
    assert counter.ask(picture="backtest", symbol="122630", years=1) == {"unfinished": "fetching"}

    counter.ports.answers["analyst", "backtest"] = done

    assert counter.ask(picture="backtest", symbol="122630") == {"png": b"png"}
    (drawing,) = counter.drawn
    assert isinstance(drawing, BackTestDrawing)


def test_a_picture_is_drawn_in_the_language_that_is_asked_for() -> None:
    """Without one it is Korean, as it was before there was a choice."""
    counter = Counter()

    counter.ask(picture="sheet", symbols=["005930"])
    counter.ask(picture="sheet", symbols=["005930"], language="en")
    counter.ask(picture="backtest", symbol="122630", language="en")

    assert counter.languages == ["ko", "en", "en"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({}, "picture"),
        ({"picture": "portrait"}, "portrait"),
        ({"picture": "sheet"}, "symbols"),
        ({"picture": "sheet", "symbols": []}, "length"),
        ({"picture": "sheet", "symbols": ["122630"] * 11}, "length"),
        ({"picture": "sheet", "symbols": ["122630", "000660", "035720"]}, "found none of 000660, 035720"),
        ({"picture": "backtest"}, "symbol"),
        ({"picture": "sheet", "symbols": ["122630"], "language": "fr"}, "found 'fr'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(arguments: dict[str, object], found: str) -> None:
    """One clear error: what was expected, what was found."""
    with pytest.raises(CommandRefused, match=found):
        Counter().ask(**arguments)


def test_what_analyst_refuses_is_refused_and_its_silence_is_weather() -> None:
    """Nobody should ask again for a symbol that there is not; everybody may while analyst starts anew."""

    def refuse(**_: object) -> dict[str, object]:
        message = "expected a symbol, found X"
        raise CommandRefused(message)

    counter = Counter()
    counter.ports.answers["analyst", "backtest"] = refuse
    with pytest.raises(CommandRefused, match="found X"):
        counter.ask(picture="backtest", symbol="X")

    del counter.ports.answers["analyst", "backtest"]
    with pytest.raises(TemporaryFailure, match="back test of 122630"):
        counter.ask(picture="backtest", symbol="122630")

    counter.ports.answers["analyst", "backtest"] = lambda **_: msgspec.to_builtins(a_back_test())
    counter.ports.answers["analyst", "bars"] = lambda **_: {"bars": []}
    with pytest.raises(TemporaryFailure, match="found none"):
        counter.ask(picture="backtest", symbol="122630")
