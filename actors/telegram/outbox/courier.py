"""Messages out: alerts and letters become deliveries, the outbox says which goes next, threads send them.

    records, doorbells --Intake--> Outboxes --Dispatch--> threads --Aftermath--> log, health, people's chats
                                      └──Pictures──> chart

What is done for an alert before its request leaves: its deliveries are made and the text is claimed, on disk, too, and
handed to a thread; the transaction that knows all of that is made while the request is under way.
"""

import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence

from actors.ledger.rows import TELEGRAM
from actors.runtime.actor import Actor
from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.channel import Channel, Keyboard, Message, Rates
from actors.telegram.channels.outcomes import Moved, Outcome, Wait
from actors.telegram.channels.telegram.channel import TelegramChannel
from actors.telegram.config import TelegramConfig
from actors.telegram.health import Health
from actors.telegram.outbox.addressees import Addressees
from actors.telegram.outbox.aftermath import Aftermath
from actors.telegram.outbox.claims import Claims
from actors.telegram.outbox.dispatch import Dispatch
from actors.telegram.outbox.editor import Editor
from actors.telegram.outbox.etiquette import Etiquette
from actors.telegram.outbox.intake import Intake
from actors.telegram.outbox.keyboards import Keyboards
from actors.telegram.outbox.outbox import Instant, Outbox
from actors.telegram.outbox.outboxes import Outboxes
from actors.telegram.outbox.patience import Delays
from actors.telegram.outbox.pictures import Pictures
from actors.telegram.outbox.record import Record
from actors.telegram.outbox.senders import Senders
from actors.telegram.outbox.sources import SourceReader
from actors.telegram.outbox.spared import Spared
from actors.telegram.outbox.switched_off import SwitchedOff
from actors.telegram.people.hushes import Hushes
from actors.telegram.people.reach import Reach
from actors.telegram.people.register import Register
from actors.telegram.store import DeliveryStore, Marks
from protocol.messages import Alert, Picture, ReachedAgain

__all__ = ["Courier"]


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
        self._claims = claims
        self._telegram = telegram
        senders: dict[str, Senders[Channel]] = {each.channel.name: each for each in (telegram, *others)}
        addressees = Addressees(register, actor.config.self_test_chat_id)
        record = Record(store, health)
        spared = Spared(register, hushes, actor.clock)
        self._outbox = Outboxes({name: _outbox_of(actor, each.channel.rates, spared) for name, each in senders.items()})
        self._editor = Editor(actor, self._outbox.telegram, telegram.channel, is_wanted=spared.is_wanted_now)
        self._pictures = Pictures(actor, self._outbox, record, addressees)
        self._aftermath = Aftermath(
            actor, outbox=self._outbox, record=record, senders=senders, health=health, reach=reach
        )
        self._intake = Intake(
            readers=readers,
            marks=marks,
            boot_id=boot_id,
            store=store,
            record=record,
            claims=claims,
            outbox=self._outbox,
            addressees=addressees,
            senders=senders,
            switched_off=SwitchedOff(register, store, health),
            health=health,
            clock=actor.clock,
            log=actor.log,
        )
        self._dispatch = Dispatch(
            outbox=self._outbox,
            record=record,
            claims=claims,
            senders=senders,
            etiquette=Etiquette(addressees, hushes, keyboards, self._pictures, actor.clock),
            pictures=self._pictures,
            editor=self._editor,
            aftermath=self._aftermath,
            prices=prices,
            wake=actor.ports.wake,
        )

    def collect(self) -> None:
        """Make deliveries of what has none yet; what cannot be read now is read at the next look."""
        self._intake.collect(self._now())

    def on_alert(self, alert: Alert) -> bool:
        """Take an alert from its doorbell, and say whether that was all there is to know."""
        return self._intake.on_alert(alert)

    def on_reached_again(self, again: ReachedAgain) -> None:
        """Take from evaluator what has happened since an alert: it is written under its message, if there is time."""
        self._editor.on_reached_again(again)

    def on_picture(self, picture: Picture) -> None:
        """Take what chart drew."""
        self._pictures.on_picture(picture)

    def work(self) -> None:
        """Take the outcomes, send what is due, ask for pictures."""
        now = self._now()
        self._dispatch.take_outcomes(now)
        self._dispatch.send_due(now)
        self._pictures.work(now)
        self._editor.work(now)
        self._actor.queue = self._outbox.waiting

    async def finish(self) -> None:
        """Wait for the requests in flight, and mark them: a planned stop repeats nothing."""
        await self._dispatch.wait()
        self._dispatch.take_outcomes(self._now())
        self._dispatch.save()
        await self._editor.close()
        self._claims.close()

    # -- what those who answer people ask ------------------------------------------------------------------------

    def may_say(self, chat_id: int) -> bool:
        """Say whether it is the turn of an answer: it goes outside the order of the deliveries, but not before all."""
        return not self._outbox.telegram.is_behind(chat_id, self._now())

    async def say(self, chat_id: int, text: str, keyboard: Keyboard) -> Outcome:
        """Send an answer to a command; where its chat is asked to wait, so do the deliveries.

        Where a group has become a supergroup, it goes there.
        """
        self._outbox.telegram.spend(chat_id, self._now())
        message = Message(address=str(chat_id), text=text, keyboard=keyboard, silent=False)
        outcome = await self._telegram.ask(lambda channel: channel.bring(message))
        if isinstance(outcome, Wait):
            self._outbox.telegram.pause(chat_id, outcome, self._now())
        self._aftermath.tell_health(TELEGRAM, outcome)
        if isinstance(outcome, Moved):
            # If that cannot be written now, Telegram says it again at the next try.
            with contextlib.suppress(TemporaryFailure):
                self.move_chat(chat_id, outcome.chat_id)
            return await self.say(outcome.chat_id, text, keyboard)
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
        self._aftermath.move_chat(old, new)

    def _now(self) -> Instant:
        return Instant(self._actor.clock.now_ns(), self._actor.clock.monotonic())


def _outbox_of(actor: Actor[TelegramConfig], rates: Rates, spared: Spared) -> Outbox:
    config = actor.config
    delays = Delays(
        first_s=config.retry_first_s,
        cap_s=config.retry_cap_s,
        doubt_min_s=config.doubt_min_s,
        doubt_max_s=config.doubt_max_s,
        doubt_silent_s=config.doubt_silent_s,
        bad_token_s=config.bad_token_retry_s,
    )
    return Outbox(
        delays,
        actor.random,
        rates,
        group_from=config.group_from,
        is_held=spared.is_held,
        is_gone=spared.is_gone,
    )
