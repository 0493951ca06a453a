"""Plays the faults: brings each to the part of the simulated KIS that it is about."""

from collections.abc import Callable

import msgspec

from simulator.faults import (
    Corrupt,
    Drop,
    Fault,
    FaultScript,
    Fields,
    ForgetApprovalKey,
    ForgetTokens,
    RecordsPerFrame,
    Refuse,
    Replay,
    Rest,
    SlotBusy,
    Unmute,
)
from simulator.journal import Journal
from simulator.kis.broker import Broker
from simulator.kis.keys import KeyDesk
from simulator.kis.rest_faults import RestFaults
from simulator.kis.websocket import KisWebSocket
from simulator.market.exchange import Exchange

__all__ = ["Player"]


class Player:
    """Knows every part that a fault may be about, and when the next is due."""

    def __init__(
        self,
        *,
        script: FaultScript,
        journal: Journal,
        exchange: Exchange,
        broker: Broker,
        desk: KeyDesk,
        rest: RestFaults,
        replay: Callable[[str], None],
    ) -> None:
        self.script = script
        self._journal = journal
        self.exchange = exchange
        self._broker = broker
        self._desk = desk
        self._rest = rest
        self._replay = replay
        self.websocket: KisWebSocket | None = None

    def order(self, fault: Fault) -> bool:
        """Let *fault* wait for its trigger, or play it now; return whether it was played."""
        if self.script.add(fault):
            return False
        self.play(fault)
        return True

    def play_due(self, kind: str, number: int) -> None:
        """Play what is due at event *number* of *kind*: `trade`, `connection` or `request`."""
        for fault in self.script.due(kind, number):
            self.play(fault)

    def play(self, fault: Fault) -> None:
        """Play *fault* now and note it."""
        connections = self._on_websocket(fault)
        self._elsewhere(fault)
        self._journal.flush()
        self._journal.fault(msgspec.to_builtins(fault), self.exchange.next_index, connections)

    def _on_websocket(self, fault: Fault) -> list[int]:
        websocket = self.websocket
        assert websocket is not None  # noqa: S101 - set while the world is put together
        match fault:
            case Drop():
                return websocket.drop(fault)
            case Unmute():
                return websocket.unmute()
            case Corrupt():
                return websocket.corrupt(fault)
            case Refuse(what="websocket"):
                websocket.refuse(fault.seconds)
            case Fields():
                websocket.fields = fault.count
        return websocket.open_sessions

    def _elsewhere(self, fault: Fault) -> None:
        match fault:
            case Refuse(what="rest"):
                self._rest.refuse(fault.seconds)
            case Rest():
                self._rest.add(fault)
            case ForgetApprovalKey():
                self._desk.forget_approvals()
            case ForgetTokens():
                self._desk.expire_tokens()
            case SlotBusy():
                self._broker.slot_busy_s = fault.seconds
            case RecordsPerFrame():
                self.exchange.set_records_per_frame(fault.least, max(fault.least, fault.most))
            case Replay():
                self._replay(fault.date)
