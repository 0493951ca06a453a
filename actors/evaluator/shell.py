"""Evaluate what arrives: follow the trades without a gap, ask the core, write, then ring.

Subscribe, load the state, ask for the replay, go live: start, restart and recovery are this one path. Rules and targets
are read again from their owners' databases whenever a heartbeat shows that we missed news of them.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from actors.evaluator.config import EvaluatorConfig
from actors.evaluator.core import Evaluator
from actors.evaluator.store import EvaluatorStore, read_rules, read_targets
from actors.runtime.actor import Actor
from actors.runtime.clock import from_ns
from actors.runtime.errors import CommandRefused, Unanswered
from actors.runtime.news import News
from actors.runtime.ports import Received
from actors.runtime.store import open_reader, open_store
from actors.runtime.streams import Ask, Deliver, Follow, Hole, Position, StreamFollower
from protocol.messages import Alert, Event, Heartbeat, ReplayChunk, Targets, Trades, WatchListChanged
from protocol.topology import channel_of

__all__ = ["run"]

NS = 1_000_000_000
PATIENCE_S = 5.0
"""How long a publisher may be away before that is told."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


async def run(actor: Actor[EvaluatorConfig]) -> None:
    """Evaluate trades until told to stop."""
    shell = _Shell(actor)
    async for batch in actor.ports.receive():
        await shell.on_batch(batch)
    shell.checkpoint()


class _Shell:
    """The core, its store, and where each stream stands."""

    def __init__(self, actor: Actor[EvaluatorConfig]) -> None:
        self._actor = actor
        boot_id = BOOT_ID.read_text(encoding="ascii").strip()
        self._store = EvaluatorStore(open_store("evaluator", actor.settings), boot_id)
        self._core = Evaluator(int(actor.config.rest_s * NS), self._store.states())
        cursors = self._store.cursors()
        self._followers = {
            str(address): StreamFollower("trades", cursors.get(str(address), Position()))
            for sender in channel_of(Trades).senders
            for address in actor.settings.instances_of(sender)
        }
        self._written = dict(cursors)
        self._checkpoint_at = actor.clock.monotonic() + actor.config.checkpoint_s
        self._recompute_at = float("-inf")
        self._live_at = actor.clock.monotonic()
        self._rules = News("telegram", "watches")
        self._targets = News("analyst", "targets")
        actor.on_command("prices", self._answer_prices)

    async def on_batch(self, batch: list[Received]) -> None:
        """Deal with all that arrived at once: at most one commit, then the doorbells."""
        alerts: list[Alert] = []
        for received in batch:
            alerts += self._on_received(received)
        now = self._actor.clock.monotonic()
        for sender, follower in self._followers.items():
            alerts += self._perform(sender, follower.on_quiet(now))
        self._read_news()
        self._tell_state(now)
        if alerts:
            self._raise(alerts)
        elif now >= self._checkpoint_at:
            self.checkpoint()
        if self._core.disagreements() and now >= self._recompute_at:
            await self._ask_for_recomputation(now)

    def _on_received(self, received: Received) -> list[Alert]:
        message = received.message
        now = self._actor.clock.monotonic()
        follower = self._followers.get(received.sender)
        match message:
            case Trades() if follower:
                position = Position(received.epoch, received.sequence)
                return self._perform(received.sender, follower.on_message(position, message, now))
            case ReplayChunk() if follower:
                return self._perform(received.sender, follower.on_chunk(message, now))
            case Heartbeat():
                self._rules.on_heartbeat(received.epoch, message)
                self._targets.on_heartbeat(received.epoch, message)
                if follower:
                    newest = message.sequences.get("trades", 0)
                    return self._perform(received.sender, follower.on_heartbeat(received.epoch, newest, now))
            case Targets():
                self._targets.on_message(received.epoch, received.sequence)
                self._core.aim(message)
            case WatchListChanged():
                self._rules.on_message(received.epoch, received.sequence)
                self._rules.miss()
        return []

    def _perform(self, sender: str, follows: list[Follow]) -> list[Alert]:
        alerts: list[Alert] = []
        for follow in follows:
            match follow:
                case Deliver(message=Trades(trades=trades)):
                    alerts += self._core.on_trades(trades)
                    self._actor.progressed(len(trades))
                case Ask(request=request):
                    self._actor.ports.ask_replay(sender, request)
                case Hole():
                    self._tell_of_hole(sender, follow)
        return alerts

    def _raise(self, alerts: list[Alert]) -> None:
        """The record, then the doorbell: nothing is told to anybody that is not on disk."""
        for alert in self._store.commit(alerts, self._core.states(alerts), self._moved()):
            self._actor.ports.send(alert)
            self._actor.log.info(
                "alert_raised", alert_id=alert.id, symbol=alert.symbol, price=alert.price, target=alert.target_price
            )
        self._note_written()

    def checkpoint(self) -> None:
        """Write down how far we have read, if we have."""
        moved = self._moved()
        if moved:
            self._store.commit([], {}, moved)
        self._note_written()

    def _moved(self) -> dict[str, Position]:
        return {
            sender: follower.position
            for sender, follower in self._followers.items()
            if follower.position != self._written.get(sender, Position())
        }

    def _note_written(self) -> None:
        self._written = {sender: follower.position for sender, follower in self._followers.items()}
        self._checkpoint_at = self._actor.clock.monotonic() + self._actor.config.checkpoint_s

    def _read_news(self) -> None:
        """Read again what we missed news of; while its owner has no database yet, there is nothing to watch."""
        if self._rules.missed and self._read("telegram", lambda reader: self._core.watch(read_rules(reader))):
            self._rules.caught_up()
        if self._targets.missed and self._read("analyst", self._aim_all):
            self._targets.caught_up()

    def _tell_state(self, now: float) -> None:
        """Run once everything is read and no trade is known to be missing; degrade while a publisher is long away."""
        behind = [sender for sender, follower in self._followers.items() if not follower.is_live]
        if not behind:
            self._live_at = now
        if not behind and not self._rules.missed and not self._targets.missed:
            self._actor.running()
        elif behind and now - self._live_at > PATIENCE_S:
            self._actor.degraded(f"expected trades from {', '.join(behind)}, found nobody there")

    def _read(self, writer: str, use: Callable[[Engine], None]) -> bool:
        reader = open_reader(writer, self._actor.settings)
        if reader is None:
            return False
        use(reader)
        reader.dispose()
        return True

    def _aim_all(self, reader: Engine) -> None:
        today = (self._actor.clock.now() - timedelta(days=1)).date()
        for targets in read_targets(reader, today):
            self._core.aim(targets)

    async def _ask_for_recomputation(self, now: float) -> None:
        """Have analyst look again: its base price is not the exchange's, and the targets are held meanwhile."""
        self._recompute_at = now + self._actor.config.recompute_s
        for symbol, base_price in self._core.disagreements().items():
            self._actor.log.warning("base_price_disagrees", symbol=symbol, exchange=base_price)
            try:
                await self._actor.ports.ask("analyst", "recompute", timeout_s=1.0, symbol=symbol)
            except (CommandRefused, Unanswered) as error:
                self._actor.log.warning("recomputation_unanswered", symbol=symbol, reason=str(error))

    def _tell_of_hole(self, sender: str, hole: Hole) -> None:
        details = {
            "sender": sender,
            "after": f"{hole.after.epoch}/{hole.after.sequence}",
            "before": f"{hole.before.epoch}/{hole.before.sequence}",
        }
        self._actor.log.warning("gap_found", **details)
        self._actor.ports.publish(Event(name="gap_found", at=self._actor.clock.now(), details=details))

    async def _answer_prices(self, _arguments: dict[str, object]) -> dict[str, object]:
        return {
            trade.symbol: {"price": trade.price, "traded_at": from_ns(trade.traded_at_ns).isoformat()}
            for trade in self._core.last_trades()
        }
