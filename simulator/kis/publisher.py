"""Brings trades and news to who has registered for them, and notes which trades nobody could see.

    trade of KRX   H0STCNT0, and H0UNCNT0 if NXT lists the symbol        status of a symbol   H0STMKO0, H0NXMKO0
    trade of NXT   H0NXCNT0, H0UNCNT0                                    a filled order       H0STCNI0, H0GSCNI0, …
    American trade HDFSCNT0, under the key of the free feed

H0UNCNT0 confirms and stays silent for every other symbol, as KIS does. Its volumes and extremes are of both venues.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import msgspec

from simulator.clock import WorldClock
from simulator.journal import Journal, TradeLine
from simulator.kis.broker import Broker
from simulator.kis.connection import Connection, build_raw_frame
from simulator.kis.disorder import Disorder, Outgoing
from simulator.kis.frames import (
    KRX_TRADES,
    NXT_TRADES,
    UNIFIED_TRADES,
    US_TRADES,
    build_frame,
    build_record,
    build_us_record,
    us_key,
)
from simulator.kis.notices import encrypted
from simulator.market.instrument import Print

__all__ = ["Publisher"]

_SESSIONS = {"1": "pre_market", "2": "regular", "3": "after_hours", "5": "regular"}
Registration = tuple[str, str]


class Publisher:
    """Sends frames; the sessions and their sockets belong to the WebSocket's server."""

    def __init__(
        self, broker: Broker, connections: dict[int, Connection], journal: Journal, clock: WorldClock, fields: int
    ) -> None:
        self._broker = broker
        self._connections = connections
        self._journal = journal
        self._clock = clock
        self._newest: dict[str, dict[str, Print]] = {}
        self.fields = fields
        self.on_nxt: frozenset[str] = frozenset()
        """The symbols that NXT lists, too."""
        self.disorder = Disorder()

    def publish(self, trades: Iterable[Print], most: int) -> None:
        """Send *trades* in their order to who has registered for them, up to *most* of one symbol in a frame."""
        outgoing: list[Outgoing] = []
        now_ns = self._clock.now_ns()
        for _, run in groupby(trades, key=lambda trade: (trade.symbol, trade.venue)):
            together = list(run)
            for start in range(0, len(together), most):
                part = together[start : start + most]
                connection, unseen = self._send_part(outgoing, part)
                for trade in part:
                    self._journal.trade(_line(trade, connection, now_ns, unseen))
        self.write(outgoing)

    def publish_raw(self, registration: Registration, frame: bytes) -> list[int]:
        """Send a ready-made *frame* to who has registered for it; return their numbers."""
        receivers = self._receivers(registration)
        self.write([Outgoing(number, build_raw_frame(frame)) for number in receivers])
        return receivers

    def publish_notice(self, tr_ids: Sequence[str], hts_id: str, record: str) -> list[int]:
        """Send a plain *record* to who has registered for notices, each encrypted for his session."""
        told = []
        for tr_id in tr_ids:
            for session in self._broker.subscribers.get((tr_id, hts_id), ()):
                frame = f"1|{tr_id}|001|{encrypted(record, session.cipher)}".encode()
                self.write([Outgoing(session.number, build_raw_frame(frame))])
                told.append(session.number)
        return told

    def repeat_before(self, session: int, registration: Registration) -> None:
        """Send the old frames of a *registration* once more, if that is ordered."""
        self.write([Outgoing(session, frame) for frame in self.disorder.before(registration)])

    def look_after_held(self) -> None:
        """Send what was held back for too long."""
        self.write(self.disorder.overdue(self._clock.monotonic_ns()))

    def write(self, outgoing: Iterable[Outgoing]) -> None:
        """Put frames on their sockets, all of one session at once."""
        by_session: dict[int, list[bytes]] = {}
        for each in outgoing:
            by_session.setdefault(each.session, []).append(each.frame)
        for number, frames in by_session.items():
            if connection := self._connections.get(number):
                connection.write(b"".join(frames))

    def _send_part(self, outgoing: list[Outgoing], trades: list[Print]) -> tuple[int | None, str]:
        """Send one frame of each TR; return who got it by the venue's own TR, or why nobody did who had registered."""
        trade = trades[0]
        if trade.symbol in self.on_nxt:
            unified = [self._unify(each) for each in trades]
            self._send(outgoing, (UNIFIED_TRADES, trade.symbol), unified, self._korean)
        if trade.venue == "KRX":
            return self._send(outgoing, (KRX_TRADES, trade.symbol), trades, self._korean)
        if trade.venue == "NXT":
            return self._send(outgoing, (NXT_TRADES, trade.symbol), trades, self._korean)
        return self._send(outgoing, (US_TRADES, us_key(trade.venue, trade.symbol)), trades, build_us_record)

    def _send(
        self,
        outgoing: list[Outgoing],
        registration: Registration,
        trades: list[Print],
        build: Callable[[Print], str],
    ) -> tuple[int | None, str]:
        if registration not in self._broker.subscribers:
            return None, ""
        receivers = self._receivers(registration)
        if not receivers:
            return None, "mute"
        if registration in self._broker.deaf:
            return None, "deaf"
        if self.disorder.loses(trades[0].symbol, self._clock.monotonic_ns()):
            return None, "gap"
        payload = build_frame([build(trade) for trade in trades], registration[0])
        frames, is_seen = self.disorder.treat(registration, receivers, payload)
        outgoing += frames
        return (receivers[0], "") if is_seen else (None, "spoilt")

    def _korean(self, trade: Print) -> str:
        return build_record(trade, self.fields)

    def _receivers(self, registration: Registration) -> list[int]:
        sessions = self._broker.subscribers.get(registration, ())
        return [session.number for session in sessions if self._connections[session.number].is_useful]

    def _unify(self, trade: Print) -> Print:
        """Return *trade* as the unified feed tells it: volumes of both venues, extremes and open of the whole day."""
        venues = self._newest.setdefault(trade.symbol, {})
        venues[trade.venue] = trade
        others = [other for other in venues.values() if other.session_date == trade.session_date]
        first = min(others, key=lambda other: other.opened_at_ns)
        low, high = min(others, key=lambda other: other.low), max(others, key=lambda other: other.high)
        return msgspec.structs.replace(
            trade,
            open=first.open,
            opened_at_ns=first.opened_at_ns,
            low=low.low,
            low_at_ns=low.low_at_ns,
            high=high.high,
            high_at_ns=high.high_at_ns,
            cumulative_volume=sum(other.cumulative_volume for other in others),
            cumulative_value=sum(other.cumulative_value for other in others),
        )


def _line(trade: Print, connection: int | None, written_at: int, unseen: str) -> TradeLine:
    return TradeLine(
        trade.index,
        trade.symbol,
        trade.venue,
        trade.traded_at_ns,
        trade.session_date.isoformat(),
        trade.price,
        trade.base_price,
        trade.volume,
        trade.cumulative_volume,
        trade.low,
        trade.low_at_ns,
        connection,
        written_at,
        _SESSIONS[trade.market_class],
        unseen,
    )
