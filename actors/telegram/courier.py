"""Messages out: alerts become deliveries, the outbox says which goes next, threads send them.

What is done for an alert before its request leaves: one transaction that makes its deliveries, claims the text and
moves the mark, and the hand-over to a thread; evaluator's database is read only where a doorbell was lost. What the
outbox decided is written before it is done.
"""

import asyncio
import contextlib
from collections import deque
from functools import partial
from typing import NamedTuple

from actors.runtime.actor import Actor
from actors.runtime.errors import TemporaryFailure
from actors.telegram.album import Album
from actors.telegram.alerts import MOST_AT_ONCE, AlertReader, DecidedAlert
from actors.telegram.config import TelegramConfig
from actors.telegram.deliveries import Delivery, Kind, Stage
from actors.telegram.health import Health
from actors.telegram.outbox import Delays, Instant, Outbox
from actors.telegram.outcomes import BadToken, Doubtful, NotSent, Outcome, Refused, Rejected, Sent, Unparsable
from actors.telegram.record import Record
from actors.telegram.register import Register
from actors.telegram.senders import Senders
from actors.telegram.store import ALERT_POSITION, BOOT_ID, DeliveryStore, Marks
from actors.telegram.texts import Reader
from protocol.messages import Alert, Picture

__all__ = ["Courier"]


class _Errand(NamedTuple):
    """A delivery in a thread's hands."""

    delivery: Delivery
    outcome: "asyncio.Future[Outcome]"


class Courier:
    """All deliveries of one life of the actor, which goes on where *marks* says that an earlier one stopped."""

    def __init__(
        self,
        actor: Actor[TelegramConfig],
        *,
        store: DeliveryStore,
        register: Register,
        alerts: AlertReader,
        senders: Senders,
        health: Health,
        marks: Marks,
        boot_id: str,
    ) -> None:
        config = actor.config
        self._actor = actor
        self._store = store
        self._register = register
        self._alerts = alerts
        self._senders = senders
        self._health = health
        self._record = Record(store, health)
        self._outbox = Outbox(_delays_of(config), actor.random)
        self._album = Album(config.picture_again_s, config.picture_life_s)
        self._claimed: list[Delivery] = []
        self._errands: dict[int, _Errand] = {}
        self._done: deque[_Errand] = deque()
        self._next_id = store.next_id()
        self._boot_id = boot_id
        self._is_rebooted = marks.boot_id != boot_id
        self._is_restored = False
        self._position = marks.alert_position
        self._compares_until = 0
        self._read_file: tuple[int, int] | None = None

    def collect(self) -> None:
        """Make deliveries of the alerts that have none yet; what cannot be read now is read at the next look."""
        try:
            self._is_restored = self._is_restored or self._restore()
            if self._is_restored:
                self._accept_decided()
        except TemporaryFailure as error:
            self._health.complain("alerts", str(error))
        else:
            self._health.clear("alerts")

    def on_alert(self, alert: Alert) -> bool:
        """Take an alert from its doorbell, and say whether that was all there is to know.

        Evaluator rings when the alert is on disk. The next one in its order needs no look there; any other shows that
        rings were lost.
        """
        if not self._is_restored or alert.position != self._position + 1:
            return False
        self._accept([DecidedAlert(alert.position, self._boot_id, alert)])
        return True

    def on_picture(self, picture: Picture) -> None:
        """Take what chart drew."""
        for delivery_id in self._album.on_picture(picture):
            self._outbox.picture_came(delivery_id)

    def work(self) -> None:
        """Take the outcomes, send what is due, ask for pictures."""
        now = self._now()
        self._take_outcomes(now)
        claimed = self._outbox.claim(now)
        for delivery in claimed:
            self._record.change(delivery)
        self._claimed += claimed
        if self._record.save():
            self._send_claimed()
        self._look_after_pictures(now)
        self._actor.queue = len(self._outbox)

    async def finish(self) -> None:
        """Wait for the requests in flight, and mark them: a planned stop repeats nothing."""
        while self._errands:
            await asyncio.wait([errand.outcome for errand in self._errands.values()])
            # Their callbacks run in the loop's next turn.
            await asyncio.sleep(0)
        self._take_outcomes(self._now())
        self._record.save()

    async def say(self, chat_id: int, text: str) -> Outcome:
        """Send an answer to a command, outside the order of the alerts."""
        outcome = await self._senders.say(chat_id, text)
        self._tell_health(outcome)
        return outcome

    # -- in ------------------------------------------------------------------------------------------------------

    def _restore(self) -> bool:
        """Take up what an earlier life left, and say whether that was possible yet."""
        if not self._alerts.is_open:
            return False
        left = self._store.unfinished()
        alerts = self._alerts.by_id({each.alert_id for each in left})
        found = [each for each in left if each.alert_id in alerts]
        lost = [each.id for each in left if each.alert_id not in alerts]
        if lost:
            self._actor.log.error("alerts_of_deliveries_missed", count=len(lost))
            self._store.bury(lost, "its alert is gone")
        now = self._now()
        restored = [each.with_alert(alerts[each.alert_id]) for each in found]
        changed = self._outbox.restore(restored, now, rebooted=self._is_rebooted)
        changed += self._outbox.abandon({each.id: "no text" for each in found if each.lacks_text}, now)
        for delivery in changed:
            self._record.change(delivery)
        # With the doubts, not before them: a crash in between must not forget that there was a reboot.
        self._record.mark(BOOT_ID, self._boot_id)
        if found:
            self._actor.log.info("deliveries_restored", count=len(found), rebooted=self._is_rebooted)
        return True

    def _accept_decided(self) -> None:
        if self._alerts.is_open and self._alerts.file != self._read_file:
            self._read_file, self._compares_until = self._alerts.file, self._alerts.last_position()
            if self._compares_until < self._position:
                # Evaluator's database was made anew: its positions begin again, its alerts' ids are still compared.
                self._actor.log.warning("alert_positions_begun_anew", position=self._position)
                self._position = 0
        is_more = True
        while is_more:
            decided = self._alerts.after(self._position)
            self._accept(decided)
            is_more = len(decided) == MOST_AT_ONCE

    def _accept(self, decided: list[DecidedAlert]) -> None:
        if not decided:
            return
        known = self._known(decided)
        for each in decided:
            if each.alert.id not in known:
                self._make_deliveries(each)
        self._position = decided[-1].position
        self._record.mark(ALERT_POSITION, str(self._position))

    def _known(self, decided: list[DecidedAlert]) -> set[str]:
        """Return those of these alerts that have deliveries, which only an evaluator begun anew can decide again."""
        if decided[0].position > self._compares_until:
            return set()
        return self._store.known([each.alert.id for each in decided])

    def _make_deliveries(self, decided: DecidedAlert) -> None:
        person = self._register.person(decided.alert.person_id)
        if person is None:
            self._actor.log.error("alert_without_person_found", alert_id=decided.alert.id)
            return
        now_ns = self._actor.clock.now_ns()
        for kind in (Kind.TEXT, Kind.PICTURE):
            delivery = Delivery(
                id=self._next_id,
                alert=decided.alert,
                kind=kind,
                chat_id=person.chat_id,
                doubtful=decided.boot_id != self._boot_id,
                due_at_ns=now_ns,
                created_at_ns=now_ns,
            )
            self._next_id += 1
            self._outbox.add(delivery)
            self._record.add(delivery)

    # -- out -----------------------------------------------------------------------------------------------------

    def _send_claimed(self) -> None:
        claimed, self._claimed = self._claimed, []
        for delivery in claimed:
            png = self._album.png_of(delivery.alert) if delivery.kind is Kind.PICTURE else b""
            outcome = self._senders.send(delivery, png, self._reader_of(delivery))
            errand = self._errands[delivery.id] = _Errand(delivery, outcome)
            outcome.add_done_callback(partial(self._put_aside, errand))

    def _put_aside(self, errand: _Errand, _outcome: "asyncio.Future[Outcome]") -> None:
        # What is wrong with it shall be wrong in the work loop, where it ends the process.
        del self._errands[errand.delivery.id]
        self._done.append(errand)
        self._actor.ports.wake()

    def _take_outcomes(self, now: Instant) -> None:
        while self._done:
            errand = self._done.popleft()
            outcome = errand.outcome.result()
            self._tell_health(outcome)
            for delivery in self._outbox.on_outcome(errand.delivery.id, outcome, now):
                self._note(delivery)
            self._tell(errand.delivery, outcome)

    def _reader_of(self, delivery: Delivery) -> Reader:
        person = self._register.person(delivery.alert.person_id)
        return person.reader if person is not None else self._register.default_reader

    # -- pictures ------------------------------------------------------------------------------------------------

    def _look_after_pictures(self, now: Instant) -> None:
        for delivery in self._outbox.take_pictures():
            if self._album.want(delivery.id, delivery.alert, now.s):
                self._outbox.picture_came(delivery.id)
        for wanted in self._album.due(now.s):
            self._actor.ports.send(wanted)
        for delivery in self._outbox.abandon(self._album.expired(now.s), now):
            self._note(delivery)
            self._actor.log.warning("picture_given_up", alert_id=delivery.alert.id, reason=delivery.reason)

    def _note(self, delivery: Delivery) -> None:
        """Have what became of *delivery* written, and let its picture go when it is over."""
        self._record.change(delivery)
        if delivery.kind is Kind.PICTURE and delivery.stage in {Stage.SENT, Stage.DEAD}:
            self._album.forget(delivery.id, delivery.alert)

    # -- what others learn of it ---------------------------------------------------------------------------------

    def _tell(self, delivery: Delivery, outcome: Outcome) -> None:
        log = self._actor.log.bind(alert_id=delivery.alert.id, kind=delivery.kind.value)
        match outcome:
            case Sent(message_id=message_id):
                self._actor.progressed()
                self._note_reachable(delivery, reachable=True)
                log.info("delivery_sent", message_id=message_id)
            case Refused(reason=reason):
                self._note_reachable(delivery, reachable=False)
                log.error("delivery_failed", reason=reason)
            case Rejected(reason=reason):
                log.error("delivery_failed", reason=reason)
            case Unparsable(reason=reason):
                log.error("markup_refused", reason=reason)
            case _:
                log.debug("delivery_retried", outcome=str(outcome))

    def _tell_health(self, outcome: Outcome) -> None:
        match outcome:
            case BadToken():
                self._health.complain("token", "Telegram refuses the bot token: set it anew with `sigmactl init`")
            case NotSent(reason=reason) | Doubtful(reason=reason):
                self._health.complain("telegram", f"Telegram does not answer: {reason}")
            case _:
                self._health.clear("token")
                self._health.clear("telegram")

    def _note_reachable(self, delivery: Delivery, *, reachable: bool) -> None:
        # If it cannot be written now, the person's next message will show it again.
        with contextlib.suppress(TemporaryFailure):
            self._register.set_reachable(delivery.alert.person_id, reachable=reachable)

    def _now(self) -> Instant:
        return Instant(self._actor.clock.now_ns(), self._actor.clock.monotonic())


def _delays_of(config: TelegramConfig) -> Delays:
    return Delays(
        first_s=config.retry_first_s,
        cap_s=config.retry_cap_s,
        doubt_min_s=config.doubt_min_s,
        doubt_max_s=config.doubt_max_s,
        bad_token_s=config.bad_token_retry_s,
    )
