"""What happens to symbols besides trades: interruptions, halts, circuit breakers, filled orders.

An event suspends its symbols on the exchange, tells those who have registered for market status, and tells them again
when it is over: that a halt or a circuit breaker ends before the cross with which trading resumes, that an interruption
ends behind its cross, which ends it.

Source: KIS Open API, H0STMKO0 (국내주식 장운영정보), 11 fields; codes of circuit breakers as seen.
"""

from simulator.clock import WorldClock
from simulator.faults import CircuitBreaker, Fill, Halt, Move, Reset, Vi
from simulator.kis.frames import clock_text
from simulator.kis.notices import build_notice
from simulator.kis.publisher import Publisher
from simulator.market.exchange import Exchange, on_nxt

__all__ = ["MarketEvents"]

_SECOND_NS = 1_000_000_000
_STATUS_TRS = {"H0STMKO0": "KRX", "H0NXMKO0": "NXT"}
_AT_HOME, _ABROAD = ("H0STCNI0", "H0STCNI9"), ("H0GSCNI0", "H0GSCNI9")
_HALTED, _MARGIN_ALLOWED = "58", "55"
Event = Vi | Halt | CircuitBreaker


class MarketEvents:
    """Plays events and remembers those that go on.

    Args:
        exchange: whose symbols.
        publisher: who tells clients.
        clock: the world's time.
        hts_id: the key of notices.
    """

    def __init__(self, exchange: Exchange, publisher: Publisher, clock: WorldClock, hts_id: str) -> None:
        self.exchange = exchange
        self._publisher = publisher
        self._clock = clock
        self._hts_id = hts_id
        self._going_on: dict[str, tuple[int, Event]] = {}
        self._fills = 0

    def begin(self, event: Event) -> None:
        """Suspend what *event* is about, and tell.

        Raises:
            LookupError: there is no such symbol.
        """
        codes = self._codes(event)
        now_ns = self._clock.now_ns()
        until_ns = now_ns + int(event.seconds * _SECOND_NS)
        self.exchange.suspend(self._instruments(codes), now_ns, until_ns, event.sigma)
        for code in codes:
            self._going_on[code] = (until_ns, event)
            self._tell(code, event, is_on=True)

    def move(self, move: Move) -> None:
        """Move a price; raises as `begin`."""
        for name in self._instruments([self._known(move.symbol)]):
            self.exchange.move(name, move.sigma)

    def reset(self, reset: Reset) -> None:
        """Set a base price anew; raises as `begin`, also where the symbol has traded in its session already."""
        for name in self._instruments([self._known(reset.symbol)]):
            self.exchange.reset(name, reset.ratio)

    def fill(self, fill: Fill) -> list[int]:
        """Tell the account's owner of *fill*; return the sessions that were told; raises as `begin`."""
        profile = self.exchange.instruments[self._known(fill.symbol)].profile
        self._fills += 1
        clock = clock_text(self._clock.now_ns() // _SECOND_NS * _SECOND_NS)
        record = build_notice(
            fill, hts_id=self._hts_id, venue=profile.venue, name=profile.name, clock=clock, number=self._fills
        )
        return self._publisher.publish_notice(_AT_HOME if profile.venue == "KRX" else _ABROAD, self._hts_id, record)

    def end_halts(self, now_ns: int) -> None:
        """Tell of the halts and circuit breakers that are over by *now_ns*."""
        for code, (until_ns, event) in list(self._going_on.items()):
            if now_ns >= until_ns and not isinstance(event, Vi):
                self._end(code, event)

    def end_interruptions(self) -> None:
        """Tell of the volatility interruptions whose cross has been made."""
        for code, (_, event) in list(self._going_on.items()):
            if isinstance(event, Vi) and code not in self.exchange.suspended:
                self._end(code, event)

    def _end(self, code: str, event: Event) -> None:
        del self._going_on[code]
        self._tell(code, event, is_on=False)

    def going_on(self, code: str) -> Event | None:
        """Return what goes on about *code*."""
        return self._going_on[code][1] if code in self._going_on else None

    def _codes(self, event: Event) -> list[str]:
        if not isinstance(event, CircuitBreaker):
            return [self._known(event.symbol)]
        return [name for name, each in self.exchange.instruments.items() if each.venue == "KRX"]

    def _known(self, code: str) -> str:
        if code not in self.exchange.instruments:
            message = f"expected a symbol of the market, found {code}"
            raise LookupError(message)
        return code

    def _instruments(self, codes: list[str]) -> list[str]:
        names = [name for code in codes for name in (code, on_nxt(code))]
        return [name for name in names if name in self.exchange.instruments]

    def _tell(self, code: str, event: Event, *, is_on: bool) -> None:
        for tr_id, venue in _STATUS_TRS.items():
            record = _status_record(code, event, venue, is_on=is_on)
            self._publisher.publish_raw((tr_id, code), f"0|{tr_id}|001|{record}".encode())


def _status_record(code: str, event: Event, venue: str, *, is_on: bool) -> str:
    on = "Y" if is_on else "N"
    halted, reason, mkop, vi = "N", "(null)", "112", "N"
    match event:
        case Vi():
            vi = on
        case Halt():
            halted, reason = on, event.reason if is_on else "(null)"
        case CircuitBreaker():
            halted, mkop = on, event.codes[0 if is_on else 1]
    state = _HALTED if halted == "Y" and isinstance(event, Halt) else _MARGIN_ALLOWED
    return f"{code}^{halted}^{reason}^{mkop}^^^^{state}^{vi}^N^{venue}"
