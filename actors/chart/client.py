"""Analyst's daily bars, asked of analyst itself: the means to read its database would cost this process 14 MB."""

from datetime import date

import msgspec
from msgspec import Struct

from actors.chart.drawing import Bar
from actors.runtime.errors import CommandRefused, TemporaryFailure, Unanswered
from actors.runtime.ports import Ports

__all__ = ["BarClient"]

ANSWER_S = 5.0


class _Answer(Struct, frozen=True):
    bars: list[Bar]


class BarClient:
    """Asks for bars on analyst's control socket."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def daily_bars(self, symbol: str, since: date) -> list[Bar]:
        """Return the bars of *symbol* from *since* on, oldest first; none while analyst has none.

        Raises:
            TemporaryFailure: analyst did not answer within five seconds, or not with bars.
        """
        try:
            answer = await self._ports.ask(
                "analyst", "bars", timeout_s=ANSWER_S, symbol=symbol, since=since.isoformat()
            )
            return msgspec.convert(answer, _Answer).bars
        except (CommandRefused, Unanswered, msgspec.ValidationError) as error:
            message = f"expected daily bars of {symbol} from analyst: {error}"
            raise TemporaryFailure(message) from error
