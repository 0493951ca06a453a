"""What comes in: alerts and letters become deliveries, each once, and what an earlier life left is taken up.

Evaluator's database is read only where a doorbell was lost.
"""

import contextlib
from collections.abc import Collection, Mapping, Sequence

import msgspec
from structlog.typing import FilteringBoundLogger

from actors.runtime.clock import Clock
from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.channel import Channel
from actors.telegram.health import Health
from actors.telegram.outbox.addressees import Addressees
from actors.telegram.outbox.claims import Claims
from actors.telegram.outbox.deliveries import Content, Delivery, Kind, Stage
from actors.telegram.outbox.outbox import Instant
from actors.telegram.outbox.outboxes import Outboxes
from actors.telegram.outbox.reading import Reading
from actors.telegram.outbox.record import Record
from actors.telegram.outbox.senders import Senders
from actors.telegram.outbox.sources import ALERTS, SourceReader, Written
from actors.telegram.outbox.switched_off import SwitchedOff
from actors.telegram.outbox.wishes import is_drawn
from actors.telegram.store import DeliveryStore, Marks
from protocol.letters import Letter
from protocol.messages import Alert

__all__ = ["Intake"]


class Intake:
    """The records that *readers* read, from where *marks* says that an earlier life stopped."""

    def __init__(
        self,
        *,
        readers: Sequence[SourceReader],
        marks: Marks,
        boot_id: str,
        store: DeliveryStore,
        record: Record,
        claims: Claims,
        outbox: Outboxes,
        addressees: Addressees,
        senders: Mapping[str, Senders[Channel]],
        switched_off: SwitchedOff,
        health: Health,
        clock: Clock,
        log: FilteringBoundLogger,
    ) -> None:
        self._boot_id = boot_id
        self._store = store
        self._record = record
        self._claims = claims
        self._outbox = outbox
        self._addressees = addressees
        self._senders = senders
        self._switched_off = switched_off
        self._health = health
        self._clock = clock
        self._log = log
        self._next_id = store.next_id()
        self._readings = {
            reader.source.name: Reading(reader, store, marks.sources[reader.source.name], boot_id) for reader in readers
        }
        self._alerts = self._readings[ALERTS.name]

    def collect(self, now: Instant) -> None:
        """Make deliveries of what has none yet; what cannot be read now is read at the next look."""
        has_all = True
        for name, reading in self._readings.items():
            try:
                if reading.is_restored or self._restore(reading, now):
                    self._read_on(reading)
                else:
                    has_all = False
            except TemporaryFailure as error:
                has_all = False
                self._health.complain(name, str(error))
            else:
                self._health.clear(name)
        if has_all:
            self._claims.forget_earlier()
        # What cannot be written now is written at the next look.
        with contextlib.suppress(TemporaryFailure):
            self._switched_off.review()

    def on_alert(self, alert: Alert) -> bool:
        """Take an alert from its doorbell, and say whether that was all there is to know.

        Evaluator rings when the alert is on disk. The next one in its order needs no look there; any other shows that
        rings were lost.
        """
        if not self._alerts.is_restored or alert.position != self._alerts.position + 1:
            return False
        self._accept(self._alerts, [Written(alert.position, self._boot_id, alert)])
        return True

    # -- what an earlier life left -------------------------------------------------------------------------------

    def _restore(self, reading: Reading, now: Instant) -> bool:
        """Take up what an earlier life left of one record, and say whether that was possible yet."""
        if not reading.reader.is_open:
            return False
        source = reading.source
        left = self._store.unfinished(source.name)
        contents = reading.reader.by_id({each.content_id for each in left})
        found = [each for each in left if each.content_id in contents]
        self._bury([each.id for each in left if each.content_id not in contents], reading)
        for name in {each.channel for each in left if each.channel not in self._senders}:
            self._switched_off.note(name)
        restored = [self._taken_up(each.with_content(contents[each.content_id], source.name)) for each in found]
        changed = self._outbox.restore(restored, now, rebooted=reading.is_rebooted)
        changed += self._outbox.abandon({each.id: "no text" for each in found if each.lacks_text}, now)
        for delivery in changed:
            self._record.change(delivery)
        # With the doubts, not before them: a crash in between must not forget that there was a reboot.
        self._record.mark(source.boot_mark, self._boot_id)
        if found:
            log = self._log.bind(source=source.name)
            log.info("deliveries_restored", count=len(found), rebooted=reading.is_rebooted)
        reading.is_restored = True
        return True

    def _bury(self, lost: Collection[int], reading: Reading) -> None:
        """Give up deliveries of which nobody knows any more what they are to bring."""
        if lost:
            source = reading.source
            self._log.error("contents_of_deliveries_missed", source=source.name, count=len(lost))
            self._store.bury(lost, "its alert is gone" if source is ALERTS else "its letter is gone")

    def _taken_up(self, delivery: Delivery) -> Delivery:
        """Return *delivery* as it is, whatever an earlier life could not write any more.

        It is being sent, if that life may have begun with that; and where its chat has moved, it goes there.
        """
        taken_up = self._addressees.followed(delivery)
        if self._claims.may_be_sent(delivery):
            taken_up = msgspec.structs.replace(taken_up, stage=Stage.SENDING)
        if taken_up is not delivery:
            self._record.change(taken_up)
        return taken_up

    # -- what is new ---------------------------------------------------------------------------------------------

    def _read_on(self, reading: Reading) -> None:
        left = reading.begin_anew()
        if left:
            self._log.warning("positions_begun_anew", source=reading.source.name, position=left)
        for written in reading.portions():
            self._accept(reading, written)

    def _accept(self, reading: Reading, written: list[Written]) -> None:
        for each in reading.accept(written):
            if each.content is None:
                self._log.error("content_unreadable", source=reading.source.name, position=each.position)
            else:
                self._make_deliveries(each.content, reading, doubtful=each.boot_id != self._boot_id)
        self._record.mark(reading.source.position_mark, str(reading.position))

    def _make_deliveries(self, content: Content, reading: Reading, *, doubtful: bool) -> None:
        addressees = self._addressees.of(content)
        if not addressees:
            self._log.error("content_without_person_found", content_id=content.id)
            return
        now_ns = self._clock.now_ns()
        for addressee in addressees:
            senders = self._senders.get(addressee.channel)
            if senders is None:
                self._switched_off.note(addressee.channel)
            has_pictures = senders is not None and senders.channel.carries_pictures
            for kind in _kinds_of(content) if has_pictures else (Kind.TEXT,):
                delivery = Delivery(
                    id=self._next_id,
                    content=content,
                    source=reading.source.name,
                    kind=kind,
                    person_id=addressee.person_id,
                    channel=addressee.channel,
                    chat_id=addressee.chat_id,
                    doubtful=doubtful,
                    due_at_ns=now_ns,
                    created_at_ns=now_ns,
                )
                if self._claims.may_be_sent(delivery):
                    delivery = msgspec.structs.replace(delivery, doubtful=True)
                self._next_id += 1
                self._outbox.add(delivery)
                self._record.add(delivery)


def _kinds_of(content: Content) -> tuple[Kind, ...]:
    """Return what is brought of *content*: an alert has its chart, a letter may have one, or bring a picture along."""
    has_picture = is_drawn(content) or (isinstance(content, Letter) and bool(content.picture))
    return (Kind.TEXT, Kind.PICTURE) if has_picture else (Kind.TEXT,)
