"""Plays the faults: brings each to the part of the simulated KIS that it is about."""

from collections.abc import Callable, Collection

import msgspec

from simulator.clock import monotonic_ns
from simulator.faults import (
    Acks,
    Answer,
    CircuitBreaker,
    Corrupt,
    Deaf,
    Drop,
    Duplicate,
    EmptyRows,
    Fault,
    Fields,
    Fill,
    ForgetApprovalKey,
    ForgetTokens,
    Gap,
    Halt,
    Move,
    NoAck,
    RecordsPerFrame,
    Refuse,
    Reorder,
    Replay,
    Reset,
    Rest,
    SlotBusy,
    StealSlot,
    Unmute,
    Vi,
    WrongBar,
)
from simulator.journal import Journal
from simulator.kis.broker import Broker
from simulator.kis.events import MarketEvents
from simulator.kis.keys import KeyDesk
from simulator.kis.quotations import Quotations
from simulator.kis.rest_faults import RestFaults
from simulator.kis.websocket import KisWebSocket
from simulator.market.exchange import Exchange
from simulator.script import FaultScript

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
        app_keys: Collection[str],
        websocket: KisWebSocket,
        events: MarketEvents,
        quotations: Quotations,
        rest: RestFaults,
        replay: Callable[[str], None],
        save: Callable[[], None],
    ) -> None:
        self.script = script
        self._journal = journal
        self.exchange = exchange
        self._broker = broker
        self._desk = desk
        self._app_keys = app_keys
        self._websocket = websocket
        self._events = events
        self._quotations = quotations
        self._rest = rest
        self._replay = replay
        self._save = save

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
        self._in_the_market(fault)
        self._on_rest(fault)
        self._journal.flush()
        self._journal.fault(msgspec.to_builtins(fault), self.exchange.next_index, connections)

    def _on_websocket(self, fault: Fault) -> list[int]:
        websocket = self._websocket
        match fault:
            case Drop():
                return websocket.drop(fault)
            case Unmute():
                return websocket.unmute()
            case StealSlot():
                return websocket.steal_slot([fault.app_key] if fault.app_key else self._app_keys, fault.seconds)
            case Corrupt() | Duplicate() | Gap() | Reorder():
                websocket.publisher.disorder.add(fault, monotonic_ns())
            case Deaf():
                self._broker.deafen(fault.tr_key)
            case Answer() | NoAck() | Acks():
                websocket.disturb_answers(fault)
            case Refuse(what="websocket"):
                websocket.refuse(fault.seconds)
            case Fields():
                websocket.publisher.fields = fault.count
            case SlotBusy():
                self._broker.rules.slot_busy_s = fault.seconds
        return websocket.open_sessions

    def _in_the_market(self, fault: Fault) -> None:
        match fault:
            case Vi() | Halt() | CircuitBreaker():
                self._events.begin(fault)
                self._save()  # a simulator that is killed now must not forget it: it is not played again
            case Move():
                self._events.move(fault)
                self._save()
            case Reset():
                self._events.reset(fault)
                self._save()
            case Fill():
                self._events.fill(fault)
            case RecordsPerFrame():
                self.exchange.set_records_per_frame(fault.least, max(fault.least, fault.most))
            case Replay():
                self._replay(fault.date)

    def _on_rest(self, fault: Fault) -> None:
        match fault:
            case Refuse(what="rest"):
                self._rest.refuse(fault.seconds)
            case Rest():
                self._rest.add(fault)
            case ForgetApprovalKey():
                self._desk.forget_approvals()
            case ForgetTokens():
                self._desk.expire_tokens()
            case EmptyRows():
                self._quotations.empty_rows = fault.count
            case WrongBar():
                self._quotations.wrong_bars[fault.symbol, fault.session_date] = fault
