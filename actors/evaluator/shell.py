"""Evaluate what arrives: follow the trades without a gap, ask the core, write, then ring.

Subscribe, load the state, ask for the replay, go live: start, restart and recovery are this one path. Rules and targets
are read again from their owners' databases whenever a heartbeat shows that we missed news of them.
"""

import asyncio
import contextlib
import math
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import Engine

from actors.evaluator.base_prices import BasePrices
from actors.evaluator.config import EvaluatorConfig
from actors.evaluator.core import Evaluator
from actors.evaluator.diary import Diary
from actors.evaluator.questions import Questions
from actors.evaluator.rules import Rule
from actors.evaluator.statuses import BELIEVED_S
from actors.evaluator.store import Cursor, EvaluatorStore, read_rules, read_targets
from actors.evaluator.told import read_told
from actors.runtime.actor import Actor
from actors.runtime.boot import read_boot_id
from actors.runtime.errors import TemporaryFailure
from actors.runtime.mirror import Mirror
from actors.runtime.ports import Received
from actors.runtime.recorder import announce
from actors.runtime.recordings import open_recording
from actors.runtime.store import open_reader, open_store, read_store, reading_of
from actors.runtime.streams import Ask, Deliver, Fill, Follow, Hole, Position, StreamFollower
from protocol.errors import DecodeError
from protocol.messages import Alert, Event, Heartbeat, MarketStatus, ReplayChunk, Targets, Trade, Trades
from protocol.moments import NS, from_ns
from protocol.topology import Address, channel_of
from protocol.wire import Glance, Glances

__all__ = ["run"]

NEVER = float("-inf")
NOTED_AFTER_S = 0.003
"""How long after the doorbell it is logged and noted: whoever was rung needs the processor first."""
PATIENCE_S = 5.0
"""How long a publisher may be away before that is told."""
WOBBLES_EVERY_S = 3.0
"""How seldom it is told at most that targets were reached again: however wild the market, of each alert the newest."""


async def run(actor: Actor[EvaluatorConfig]) -> None:
    """Evaluate trades until told to stop."""
    shell = _Shell(actor)
    try:
        await actor.ports.serve(shell.on_batch)
        shell.finish()
    finally:
        shell.close()


class _Shell:
    """The core, its store, and where each stream stands."""

    def __init__(self, actor: Actor[EvaluatorConfig]) -> None:
        self._actor = actor
        durable, quick = (open_store("evaluator", actor.settings, durable=durable) for durable in (True, False))
        self._store = EvaluatorStore(durable, quick, read_boot_id())
        believed = self._store.statuses(actor.clock.now_ns() - BELIEVED_S * NS)
        self._core = Evaluator(int(actor.config.rest_s * NS), self._store.states(), believed)
        cursors = self._store.cursors()
        senders = [str(Address(sender)) for sender in channel_of(Trades).senders]
        known = {sender: cursors.get(sender, Cursor()) for sender in senders}
        self._followers = {
            sender: StreamFollower("trades", cursor.position, cursor.reached_ns) for sender, cursor in known.items()
        }
        self._written = dict(cursors)
        recording = open_recording(actor.settings, actor.address, actor.ports.epoch)
        read = {sender: cursor.position for sender, cursor in cursors.items()}
        self._diary = Diary(recording, actor.clock, self._core.standing, read, self._store.position)
        self._undelivered: list[Alert] = []
        """Decided, and not yet on disk: nobody has been told."""
        self._unwritten: list[MarketStatus] = []
        """What is the matter with symbols, as the core keeps it, and not yet on disk."""
        self._write_at = actor.clock.monotonic() + actor.config.checkpoint_s
        self._write_failure = ""
        self._unnoted: list[tuple[Alert, int]] = []
        """Told, and neither logged nor noted, with the moment of the doorbell."""
        self._note_at = NEVER
        """When that is to be done; NEVER: nothing was written since."""
        self._tell_wobbles_at = NEVER
        self._base_prices = BasePrices(actor)
        self._live_at = actor.clock.monotonic()
        self._knows_all = False
        """Whether rules and targets have been read: a trade that is judged before is judged against nothing."""
        self._unknown: list[str] = []
        """Rules that only a newer version understands, by id: they alert nobody."""
        stored_rules = partial(read_store, "telegram", actor.settings, self._read_rules)
        stored_targets = partial(read_store, "analyst", actor.settings, self._read_targets)
        self._rules = Mirror("telegram", "watches", stored_rules)
        self._targets = Mirror("analyst", "targets", stored_targets, says_all=True)
        Questions(actor, self._core).offer()

    def on_batch(self, batch: list[Received]) -> None:
        """Deal with all that arrived at once: at most one commit, then the doorbells, then everything else."""
        for received in batch:
            # All but a few are trades, which tell nothing of rules and targets.
            if not isinstance(received.message, Glances):
                self._rules.hear(received)
                self._targets.hear(received)
        now = self._actor.clock.monotonic()
        if self._knows_all:
            for received in batch:
                self._undelivered += self._on_received(received, now)
            for sender, follower in self._followers.items():
                if not follower.is_live:
                    self._undelivered += self._perform(sender, follower.on_quiet(now))
            is_pressing = self._undelivered or self._unwritten
            if (is_pressing and not self._write_failure) or now >= self._write_at:
                self._write(now)
            self._tell_of_wobbles(now)
            self._note(now)
        else:
            # Nobody tells it a second time.
            for received in batch:
                if isinstance(received.message, MarketStatus):
                    self._on_status(received.message)
        self._read_news()
        self._tell_state(now)
        self._base_prices.look(self._core.disagreements(), now)

    def finish(self) -> None:
        """Write down what is left to write.

        Not after a bug: what was decided in the middle of it, and not told, would count as told.
        """
        if self._knows_all:
            self._write(self._actor.clock.monotonic())
            self._note(math.inf)

    def close(self) -> None:
        """Let go of what is open."""
        self._base_prices.close()
        self._diary.close()

    def _on_received(self, received: Received, now: float) -> list[Alert]:
        message = received.message
        follower = self._followers.get(received.sender)
        match message:
            case Trades() | Glances() if follower:
                position = Position(received.epoch, received.sequence)
                return self._perform(received.sender, follower.on_message(position, message, now))
            case ReplayChunk() if follower:
                return self._perform(received.sender, follower.on_chunk(message, now))
            case Heartbeat() if follower:
                newest = message.sequences.get("trades", 0)
                return self._perform(received.sender, follower.on_heartbeat(received.epoch, newest, now))
            case MarketStatus():
                self._on_status(message)
            case Targets():
                self._core.aim(message)
                self._diary.aimed([message])
        return []

    def _on_status(self, status: MarketStatus) -> None:
        self._unwritten.append(self._core.on_status(status))
        self._diary.noted(status)

    def _perform(self, sender: str, follows: list[Follow]) -> list[Alert]:
        alerts: list[Alert] = []
        diary, core = self._diary, self._core
        for follow in follows:
            match follow:
                case Deliver(message=Trades() | Glances() as message, position=position):
                    if sender != diary.sender:
                        diary.turn(sender, position)
                    diary.last = position
                    raised = self._judge(message)
                    if raised or core.has_returned:
                        alerts += raised
                        core.has_returned = False
                        diary.decisive(sender, position, message.whole)
                    self._reach(sender, message.trades)
                case Fill(trades=trades, position=position):
                    diary.pause()
                    raised = core.on_trades(trades)
                    if raised or core.has_returned:
                        alerts += raised
                        core.has_returned = False
                        diary.turn(sender, position)
                        diary.decisive(sender, position, Trades(trades=trades).whole)
                        diary.pause()
                    self._reach(sender, trades)
                case Ask(request=request):
                    self._actor.ports.ask_replay(sender, request)
                case Hole():
                    diary.pause()
                    self._tell_of_hole(sender, follow)
        return alerts

    def _judge(self, message: Trades | Glances) -> list[Alert]:
        if isinstance(message, Trades):
            return self._core.on_trades(message.trades)
        try:
            return self._core.on_glances(message)
        except DecodeError as error:
            self._actor.log.warning("message_rejected", reason=str(error))
            return []

    def _reach(self, sender: str, trades: Sequence[Trade | Glance]) -> None:
        """Note how far *sender* has been read, in time: from there on it is asked to fill what it no longer has."""
        if trades:
            follower = self._followers[sender]
            follower.since_ns = max(follower.since_ns, trades[-1].traded_at_ns)
        self._actor.progressed(len(trades))

    def _write(self, now: float) -> None:
        """Write what is decided and ring for it, and have it noted a moment later."""
        self._write_at = now + self._actor.config.checkpoint_s
        self._commit()
        if self._note_at == NEVER:
            self._note_at = now + NOTED_AFTER_S
            asyncio.get_running_loop().call_later(NOTED_AFTER_S, self._actor.ports.wake)

    def _note(self, now: float) -> None:
        """Log what was told, and note what was read, if it is time for that."""
        if not NEVER < self._note_at <= now:
            return
        self._note_at = NEVER
        told, self._unnoted = self._unnoted, []
        for alert, rung_ns in told:
            details = {"alert_id": alert.id, "symbol": alert.symbol, "price": alert.price, "target": alert.target_price}
            self._actor.log.info("alert_raised", **details, rung_at=from_ns(rung_ns).isoformat())
        self._diary.write(self._store.position)
        announce(self._actor, self._diary.take_news())

    def _commit(self) -> None:
        """The record, then the doorbell: nothing is told to anybody that is not on disk.

        While the disk takes nothing, what is decided waits here and the write is tried again; the cursor stands still.
        """
        moved = self._moved()
        if not self._undelivered and not self._unwritten and not moved:
            return
        try:
            written = self._store.commit(self._undelivered, self._core.changed, moved, self._unwritten)
        except TemporaryFailure as failure:
            if not self._write_failure:
                log = self._actor.log.bind(alerts=len(self._undelivered))
                log.error("record_not_written", reason=str(failure))  # noqa: TRY400 - the reason says it all
            self._write_failure = str(failure)
            return
        self._write_failure = ""
        self._core.keep()
        self._undelivered, self._unwritten = [], []
        self._written |= moved
        for alert in written:
            self._actor.ports.send(alert)
            self._unnoted.append((alert, self._actor.clock.now_ns()))

    def _tell_of_wobbles(self, now: float) -> None:
        """Ring for what is on no disk, behind all that is."""
        if now < self._tell_wobbles_at:
            return
        for again in self._core.take_wobbles():
            self._actor.ports.send(again)
            self._tell_wobbles_at = now + WOBBLES_EVERY_S

    def _moved(self) -> dict[str, Cursor]:
        return {
            sender: Cursor(follower.position, follower.since_ns)
            for sender, follower in self._followers.items()
            if follower.position != self._written.get(sender, Cursor()).position
        }

    def _read_news(self) -> None:
        """Read again what has changed or may have: rules always, targets when an announcement was missed."""
        rules = self._rules.look()
        if rules is not None:
            self._core.watch(rules)
            self._diary.ruled(rules)
        targets = self._targets.look() or []
        for each in targets:
            self._core.aim(each)
        if targets:
            self._diary.aimed(targets)
        if not self._knows_all and self._rules.is_current and self._targets.is_current:
            with contextlib.suppress(TemporaryFailure):  # telegram's database cannot be read now
                self._knows_all = self._take_up_what_was_told()

    def _take_up_what_was_told(self) -> bool:
        """Go on behind what telegram has read, if that is more than our record holds; say whether that was possible."""
        reader = open_reader("telegram", self._actor.settings)
        if reader is None:
            return False
        try:
            with reading_of("telegram"):
                told = read_told(reader, self._actor.clock.now_ns(), int(self._actor.config.rest_s * NS))
        finally:
            reader.dispose()
        if told.position <= self._store.position:
            return True
        try:
            self._store.go_on_behind(told.position, self._core.recall(told.states))
        except TemporaryFailure as failure:
            self._write_failure = str(failure)
            return False
        self._write_failure = ""
        self._actor.log.error("record_lost", position=told.position, rules=len(told.states))
        return True

    def _read_rules(self, reader: Engine) -> list[Rule]:
        rules, unknown = read_rules(reader)
        if unknown and unknown != self._unknown:
            self._actor.log.error("rules_not_understood", rules=unknown)
        self._unknown = unknown
        return rules

    def _read_targets(self, reader: Engine) -> list[Targets]:
        today = (self._actor.clock.now() - timedelta(days=1)).date()
        return read_targets(reader, today)

    def _tell_state(self, now: float) -> None:
        """Run once everything is read and no trade is known to be missing; degrade while a publisher is long away."""
        behind = [sender for sender, follower in self._followers.items() if not follower.is_live]
        if not behind:
            self._live_at = now
        if self._write_failure:
            self._actor.degraded(self._write_failure)
        elif trouble := self._rules.trouble or self._targets.trouble:
            self._actor.degraded(trouble)
        elif not behind and self._rules.is_current and self._targets.is_current:
            self._actor.running()
        elif behind and now - self._live_at > PATIENCE_S:
            self._actor.degraded(f"expected trades from {', '.join(behind)}, found no answer yet")

    def _tell_of_hole(self, sender: str, hole: Hole) -> None:
        details = {
            "sender": sender,
            "after": f"{hole.after.epoch}/{hole.after.sequence}",
            "before": f"{hole.before.epoch}/{hole.before.sequence}",
        }
        self._actor.log.warning("gap_found", **details)
        self._actor.ports.publish(Event(name="gap_found", at=self._actor.clock.now(), details=details))
