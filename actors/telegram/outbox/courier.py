"""Messages out: alerts and letters become deliveries, the outbox says which goes next, threads send them.

What is done for an alert before its request leaves: its deliveries are made and the text is claimed, on disk, too, and
handed to a thread; the transaction that knows all of that is made while the request is under way. Evaluator's database
is read only where a doorbell was lost.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import NamedTuple

import msgspec

from actors.ledger.rows import TELEGRAM
from actors.runtime.actor import Actor
from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.channel import Channel, Keyboard, Message
from actors.telegram.channels.outcomes import (
    BadToken,
    Doubtful,
    Moved,
    NotSent,
    Outcome,
    Refused,
    Rejected,
    Sent,
    Unparsable,
    Wait,
)
from actors.telegram.channels.telegram.channel import TelegramChannel
from actors.telegram.config import TelegramConfig
from actors.telegram.health import Health
from actors.telegram.outbox.addressees import Addressees
from actors.telegram.outbox.album import Album
from actors.telegram.outbox.claims import Claims
from actors.telegram.outbox.deliveries import Content, Delivery, Kind, Stage
from actors.telegram.outbox.editor import Editor
from actors.telegram.outbox.keyboards import Keyboards
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.outbox import Bundle, Instant, Outbox
from actors.telegram.outbox.outboxes import Outboxes
from actors.telegram.outbox.patience import Delays
from actors.telegram.outbox.reading import Reading
from actors.telegram.outbox.record import Record
from actors.telegram.outbox.senders import Senders
from actors.telegram.outbox.sources import ALERTS, SourceReader, Written
from actors.telegram.outbox.switched_off import NO_ADDRESS, SwitchedOff
from actors.telegram.outbox.wishes import Wish, is_drawn, wish_for
from actors.telegram.people.hushes import Hushes
from actors.telegram.people.reach import Reach
from actors.telegram.people.register import Register
from actors.telegram.store import DeliveryStore, Marks
from protocol.letters import Letter
from protocol.messages import Alert, Picture, ReachedAgain
from protocol.rehearsal import NOBODY, is_rehearsal

__all__ = ["Courier"]


class _Errand(NamedTuple):
    """A bundle in a thread's hands."""

    bundle: Bundle
    manner: Manner
    outcome: "asyncio.Future[Outcome]"


class Courier:
    """All deliveries of one life of the actor, which goes on where *marks* says that an earlier one stopped.

    They go by *telegram*, which is also how people are answered, and by those *others* that are switched on.
    """

    def __init__(
        self,
        actor: Actor[TelegramConfig],
        *,
        store: DeliveryStore,
        claims: Claims,
        register: Register,
        reach: Reach,
        hushes: Hushes,
        prices: Callable[[], Awaitable[Mapping[str, float]]],
        keyboards: Keyboards,
        readers: Sequence[SourceReader],
        telegram: Senders[TelegramChannel],
        others: Sequence[Senders[Channel]] = (),
        health: Health,
        marks: Marks,
        boot_id: str,
    ) -> None:
        self._actor = actor
        self._store = store
        self._claims = claims
        self._register = register
        self._reach = reach
        self._addressees = Addressees(register, actor.config.self_test_chat_id)
        self._hushes = hushes
        self._prices = prices
        self._keyboards = keyboards
        self._telegram = telegram
        self._senders: dict[str, Senders[Channel]] = {each.channel.name: each for each in (telegram, *others)}
        self._health = health
        self._record = Record(store, health)
        self._switched_off = SwitchedOff(register, store, health)
        self._outbox = Outboxes({name: self._outbox_of(senders) for name, senders in self._senders.items()})
        self._editor = Editor(actor, self._outbox.telegram, telegram.channel, is_wanted=self._is_wanted_now)
        self._album = Album(actor.config.picture_again_s, actor.config.picture_life_s)
        self._claimed: list[Bundle] = []
        self._errands: dict[int, _Errand] = {}
        self._done: deque[_Errand] = deque()
        self._next_id = store.next_id()
        self._boot_id = boot_id
        self._readings = {
            reader.source.name: Reading(reader, store, marks.sources[reader.source.name], boot_id) for reader in readers
        }
        self._alerts = self._readings[ALERTS.name]

    def _outbox_of(self, senders: Senders[Channel]) -> Outbox:
        return Outbox(
            _delays_of(self._actor.config),
            self._actor.random,
            senders.channel.rates,
            group_from=self._actor.config.group_from,
            is_held=self._is_held,
            is_gone=self._is_gone,
        )

    def collect(self) -> None:
        """Make deliveries of what has none yet; what cannot be read now is read at the next look."""
        has_all = True
        for name, reading in self._readings.items():
            try:
                if reading.is_restored or self._restore(reading):
                    self._read_on(reading)
                else:
                    has_all = False
            except TemporaryFailure as error:
                has_all = False
                self._health.complain(name, str(error))
            else:
                self._health.clear(name)
        if has_all:
            self._claims.take_up()
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

    def on_reached_again(self, again: ReachedAgain) -> None:
        """Take from evaluator what has happened since an alert: it is written under its message, if there is time."""
        self._editor.on_reached_again(again)

    def on_picture(self, picture: Picture) -> None:
        """Take what chart drew."""
        for delivery_id in self._album.on_picture(picture):
            self._outbox.picture_came(delivery_id)

    def work(self) -> None:
        """Take the outcomes, send what is due, ask for pictures."""
        now = self._now()
        self._take_outcomes(now)
        turn = self._outbox.claim(now)
        for delivery in chain(turn.changed, *turn.bundles):
            self._record.change(delivery)
        self._claimed += turn.bundles
        if self._claim() or self._record.save():
            self._send_claimed()
            self._save()
        self._look_after_pictures(now)
        self._editor.work(now)
        self._actor.queue = self._outbox.waiting

    async def finish(self) -> None:
        """Wait for the requests in flight, and mark them: a planned stop repeats nothing."""
        while self._errands:
            await asyncio.wait([errand.outcome for errand in self._errands.values()])
            # Their callbacks run in the loop's next turn.
            await asyncio.sleep(0)
        self._take_outcomes(self._now())
        self._save()
        self._editor.close()
        self._claims.close()

    def may_say(self, chat_id: int) -> bool:
        """Say whether it is the turn of an answer: it goes outside the order of the deliveries, but not before all."""
        return not self._outbox.telegram.is_behind(chat_id, self._now())

    async def say(self, chat_id: int, text: str, keyboard: Keyboard) -> Outcome:
        """Send an answer to a command; where its chat is asked to wait, so do the deliveries."""
        self._outbox.telegram.spend(chat_id, self._now())
        message = Message(address=str(chat_id), text=text, keyboard=keyboard, silent=False)
        outcome = await self._telegram.ask(lambda channel: channel.bring(message))
        if isinstance(outcome, Wait):
            self._outbox.telegram.pause(chat_id, outcome, self._now())
        self._tell_health(TELEGRAM, outcome)
        return outcome

    async def answer_press(self, press_id: str, text: str) -> None:
        """Answer a pressed button."""
        try:
            await self._telegram.ask(lambda channel: channel.bot.answer_press(press_id, text))
        except TemporaryFailure as error:
            self._actor.log.warning("press_unanswered", reason=str(error))

    def move_chat(self, old: int, new: int) -> None:
        """Let a group that became a supergroup get under its new number what it is to get.

        Raises:
            TemporaryFailure: that cannot be written now.
        """
        for delivery in self._outbox.telegram.move_chat(old, new):
            self._record.change(delivery)
        self._reach.follow(old, new)

    # -- in ------------------------------------------------------------------------------------------------------

    def _restore(self, reading: Reading) -> bool:
        """Take up what an earlier life left of one record, and say whether that was possible yet."""
        if not reading.reader.is_open:
            return False
        source = reading.source
        left = self._store.unfinished(source.name)
        contents = reading.reader.by_id({each.content_id for each in left})
        found = [each for each in left if each.content_id in contents]
        lost = [each.id for each in left if each.content_id not in contents]
        if lost:
            self._actor.log.error("contents_of_deliveries_missed", source=source.name, count=len(lost))
            self._store.bury(lost, "its alert is gone" if source is ALERTS else "its letter is gone")
        for name in {each.channel for each in left if each.channel not in self._senders}:
            self._switched_off.note(name)
        now = self._now()
        restored = [self._as_claimed(each.with_content(contents[each.content_id], source.name)) for each in found]
        changed = self._outbox.restore(restored, now, rebooted=reading.is_rebooted)
        changed += self._outbox.abandon({each.id: "no text" for each in found if each.lacks_text}, now)
        for delivery in changed:
            self._record.change(delivery)
        # With the doubts, not before them: a crash in between must not forget that there was a reboot.
        self._record.mark(source.boot_mark, self._boot_id)
        if found:
            log = self._actor.log.bind(source=source.name)
            log.info("deliveries_restored", count=len(found), rebooted=reading.is_rebooted)
        reading.is_restored = True
        return True

    def _as_claimed(self, delivery: Delivery) -> Delivery:
        """Return *delivery*, as being sent if an earlier life may have begun with that and could not write it."""
        if not self._claims.may_be_sent(delivery):
            return delivery
        claimed = msgspec.structs.replace(delivery, stage=Stage.SENDING)
        self._record.change(claimed)
        return claimed

    def _read_on(self, reading: Reading) -> None:
        left = reading.begin_anew()
        if left:
            self._actor.log.warning("positions_begun_anew", source=reading.source.name, position=left)
        for written in reading.portions():
            self._accept(reading, written)

    def _accept(self, reading: Reading, written: list[Written]) -> None:
        for each in reading.accept(written):
            if each.content is None:
                self._actor.log.error("content_unreadable", source=reading.source.name, position=each.position)
            else:
                self._make_deliveries(each.content, reading, doubtful=each.boot_id != self._boot_id)
        self._record.mark(reading.source.position_mark, str(reading.position))

    def _make_deliveries(self, content: Content, reading: Reading, *, doubtful: bool) -> None:
        addressees = self._addressees.of(content)
        if not addressees:
            self._actor.log.error("content_without_person_found", content_id=content.id)
            return
        now_ns = self._actor.clock.now_ns()
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

    # -- out -----------------------------------------------------------------------------------------------------

    def _claim(self) -> bool:
        """Claim what is to be sent by the quick way, and say whether that was possible."""
        if not self._claimed:
            return True
        # While the database takes nothing, nothing more is begun.
        return not self._record.is_stuck and self._claims.take(chain.from_iterable(self._claimed))

    def _save(self) -> None:
        if self._record.save():
            self._claims.clear()

    def _send_claimed(self) -> None:
        claimed, self._claimed = self._claimed, []
        for bundle in claimed:
            manner = self._manner_of(bundle)
            if bundle[0].missed:
                outcome: asyncio.Future[Outcome] = asyncio.ensure_future(self._send_digest(bundle, manner))
            else:
                outcome = self._send(bundle, manner)
            errand = self._errands[bundle[0].id] = _Errand(bundle, manner, outcome)
            outcome.add_done_callback(partial(self._put_aside, errand))

    async def _send_digest(self, bundle: Bundle, manner: Manner) -> Outcome:
        """Send what was missed, with the prices of now."""
        prices = await self._prices()
        return await self._send(bundle, msgspec.structs.replace(manner, prices=prices))

    def _send(self, bundle: Bundle, manner: Manner) -> "asyncio.Future[Outcome]":
        if manner.address:
            return self._senders[bundle[0].channel].send(bundle, manner)
        nowhere: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        nowhere.set_result(Rejected(NO_ADDRESS))
        return nowhere

    def _manner_of(self, bundle: Bundle) -> Manner:
        first = bundle[0]
        wish = _wish_of(first)
        alerts = [each.content for each in bundle if isinstance(each.content, Alert)]
        rings = not first.missed and self._hushes.of(first.person_id).rings(alerts)
        png = b"" if wish is None else self._album.png_of(wish.key)
        keyboard = self._keyboards.under(bundle)
        return Manner(
            reader=self._addressees.reader_of(first),
            address=self._addressees.address_of(first),
            silent=not rings,
            png=png,
            late_by=self._lateness_of(first),
            keyboard=keyboard,
        )

    def _lateness_of(self, delivery: Delivery) -> timedelta:
        """Return how long an alert that nobody held has waited here; what is no alert is as good later."""
        if delivery.missed or delivery.kind is not Kind.TEXT or not isinstance(delivery.content, Alert):
            return timedelta()
        return timedelta(microseconds=(self._actor.clock.now_ns() - delivery.created_at_ns) // 1_000)

    def _is_held(self, delivery: Delivery, at_ns: int) -> bool:
        person, alert = self._register.person(delivery.person_id), delivery.content
        if not isinstance(alert, Alert) or is_rehearsal(alert.symbol):
            return False
        if person is None:
            # Put aside at once: what is held for somebody who was removed is given up.
            return True
        return self._hushes.of(person.id).holds(alert, at_ns, person.reader.zone)

    def _is_gone(self, delivery: Delivery) -> bool:
        return self._register.person(delivery.person_id) is None

    def _is_wanted_now(self, delivery: Delivery) -> bool:
        return not self._is_gone(delivery) and not self._is_held(delivery, self._actor.clock.now_ns())

    def _put_aside(self, errand: _Errand, _outcome: "asyncio.Future[Outcome]") -> None:
        # What is wrong with it shall be wrong in the work loop, where it ends the process.
        del self._errands[errand.bundle[0].id]
        self._done.append(errand)
        self._actor.ports.wake()

    def _take_outcomes(self, now: Instant) -> None:
        while self._done:
            errand = self._done.popleft()
            outcome = errand.outcome.result()
            self._tell_health(errand.bundle[0].channel, outcome, errand.bundle[0].person_id)
            for delivery in self._outbox.on_outcome(errand.bundle, outcome, now):
                self._note(delivery)
            if isinstance(outcome, Moved):
                # If that cannot be written now, Telegram says it again at the next try.
                with contextlib.suppress(TemporaryFailure):
                    self.move_chat(errand.bundle[0].chat_id, outcome.chat_id)
            self._editor.on_outcome(errand.bundle, errand.manner, outcome)
            if len(errand.bundle) > 1 and isinstance(outcome, Rejected):
                self._actor.log.error("bundle_parted", count=len(errand.bundle), reason=outcome.reason)
                continue
            for delivery in errand.bundle:
                self._tell(delivery, outcome)

    # -- pictures ------------------------------------------------------------------------------------------------

    def _look_after_pictures(self, now: Instant) -> None:
        for delivery in self._outbox.take_pictures():
            wish = _wish_of(delivery)
            # Where nothing is to be drawn, the letter brings its picture with it.
            if wish is None or self._album.want(delivery.id, wish, now.s):
                self._outbox.picture_came(delivery.id)
        for wanted in self._album.due(now.s):
            self._actor.ports.send(wanted)
        for delivery in self._outbox.abandon(self._album.expired(now.s), now):
            self._note(delivery)
            self._actor.log.warning("picture_given_up", content_id=delivery.content.id, reason=delivery.reason)

    def _note(self, delivery: Delivery) -> None:
        """Have what became of *delivery* written, and let its picture go when it is over."""
        self._record.change(delivery)
        wish = _wish_of(delivery)
        if wish is not None and delivery.stage in {Stage.SENT, Stage.DEAD}:
            self._album.forget(delivery.id, wish.key)

    # -- what others learn of it ---------------------------------------------------------------------------------

    def _tell(self, delivery: Delivery, outcome: Outcome) -> None:
        log = self._actor.log.bind(content_id=delivery.content.id, kind=delivery.kind.value, channel=delivery.channel)
        match outcome:
            case Sent(message_id=message_id, receipt=receipt):
                self._actor.progressed()
                self._note_reachable(delivery, reachable=True)
                log.info("delivery_sent", message_id=receipt or message_id)
            case Refused(reason=reason):
                self._note_reachable(delivery, reachable=False)
                log.error("delivery_failed", reason=reason)
            case Rejected(reason=reason):
                log.error("delivery_failed", reason=reason)
            case Unparsable(reason=reason):
                log.error("markup_refused", reason=reason)
            case _:
                log.debug("delivery_retried", outcome=str(outcome))

    def _tell_health(self, name: str, outcome: Outcome, person_id: int = NOBODY) -> None:
        channel = self._senders[name].channel
        token, reach, address = f"{name} token", name, f"{name} of {person_id}"
        match outcome:
            case BadToken():
                self._health.complain(token, channel.refused)
            case NotSent(reason=reason) | Doubtful(reason=reason):
                self._health.complain(reach, f"{channel.title} does not answer: {reason}")
            case Wait(complaint=complaint) if complaint:
                self._health.complain(address, complaint)
            case _:
                for topic in (token, reach, address):
                    self._health.clear(topic)

    def _note_reachable(self, delivery: Delivery, *, reachable: bool) -> None:
        if delivery.channel != TELEGRAM:
            # Whoever blocked the bot may well read elsewhere: what is known is the chat's.
            return
        # If it cannot be written now, the person's next message will show it again.
        with contextlib.suppress(TemporaryFailure):
            self._reach.note(delivery.person_id, reachable=reachable)

    def _now(self) -> Instant:
        return Instant(self._actor.clock.now_ns(), self._actor.clock.monotonic())


def _kinds_of(content: Content) -> tuple[Kind, ...]:
    """Return what is brought of *content*: an alert has its chart, a letter may have one, or bring a picture along."""
    has_picture = is_drawn(content) or (isinstance(content, Letter) and bool(content.picture))
    return (Kind.TEXT, Kind.PICTURE) if has_picture else (Kind.TEXT,)


def _wish_of(delivery: Delivery) -> Wish | None:
    """Return what chart is to draw for *delivery*, None if that is nothing."""
    return wish_for(delivery.content) if delivery.kind is Kind.PICTURE else None


def _delays_of(config: TelegramConfig) -> Delays:
    return Delays(
        first_s=config.retry_first_s,
        cap_s=config.retry_cap_s,
        doubt_min_s=config.doubt_min_s,
        doubt_max_s=config.doubt_max_s,
        doubt_silent_s=config.doubt_silent_s,
        bad_token_s=config.bad_token_retry_s,
    )
