"""What analyst knows, asked of analyst itself: the means to read its database would cost this process 14 MB."""

from datetime import date
from typing import TypeVar

import msgspec
from msgspec import Struct

from actors.chart.backtest import BackTestTold
from actors.chart.day import Minutes
from actors.chart.drawing import Bar
from actors.chart.sheet import TargetsTold
from actors.runtime.errors import CommandRefused, TemporaryFailure, Unanswered
from actors.runtime.ports import Ports
from protocol.messages import PictureWanted

__all__ = ["AnalystClient"]

ANSWER_S = 5.0
MINUTES_S = 30.0
"""A day of minutes is up to twenty-six calls to KIS."""
BACK_TEST_S = 10.0

AnswerT = TypeVar("AnswerT", bound=Struct)


class _Bars(Struct, frozen=True):
    bars: list[Bar]


class _Targets(Struct, frozen=True):
    targets: list[TargetsTold]


class AnalystClient:
    """Asks on analyst's control socket. All questions raise TemporaryFailure if analyst does not do its part."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def daily_bars(self, symbol: str, since: date) -> list[Bar]:
        """Return the bars of *symbol* from *since* on, oldest first; none while analyst has none."""
        return (await self._ask(_Bars, "bars", symbol=symbol, since=since.isoformat())).bars

    async def minutes(self, wanted: PictureWanted) -> Minutes:
        """Return the minutes of the day of *wanted*, as far as it has come."""
        at = wanted.traded_at.isoformat()
        return await self._ask(Minutes, "minutes", MINUTES_S, symbol=wanted.symbol, venue=wanted.venue.value, at=at)

    async def targets(self) -> list[TargetsTold]:
        """Return the newest targets of everything that is watched."""
        return (await self._ask(_Targets, "targets")).targets

    async def back_test(self, symbol: str, years: float) -> BackTestTold | str:
        """Return the result, or what is being done about it; asked again, it may be done.

        Raises:
            CommandRefused: there is no such symbol, or too little history.
            TemporaryFailure: analyst did not answer.
        """
        try:
            answer = await self._ports.ask("analyst", "backtest", timeout_s=BACK_TEST_S, symbol=symbol, years=years)
            if "unfinished" in answer:
                return str(answer["unfinished"])
            return msgspec.convert(answer, BackTestTold)
        except (Unanswered, msgspec.ValidationError) as error:
            message = f"expected a back test of {symbol} from analyst: {error}"
            raise TemporaryFailure(message) from error

    async def _ask(
        self, answer_type: type[AnswerT], command: str, timeout_s: float = ANSWER_S, **arguments: object
    ) -> AnswerT:
        try:
            answer = await self._ports.ask("analyst", command, timeout_s=timeout_s, **arguments)
            return msgspec.convert(answer, answer_type)
        except (CommandRefused, Unanswered, msgspec.ValidationError) as error:
            message = f"expected {command} of {arguments.get('symbol', 'all')} from analyst: {error}"
            raise TemporaryFailure(message) from error
