"""What goes out: what is due is claimed, handed to the threads that send it, and marked with what became of it.

A text is claimed on disk before its request leaves, by the quick way; the transaction that knows of it is made while
the request is under way.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from itertools import chain
from typing import NamedTuple

import msgspec

from actors.telegram.channels.channel import Channel
from actors.telegram.channels.outcomes import Outcome, Rejected
from actors.telegram.outbox.aftermath import Aftermath
from actors.telegram.outbox.claims import Claims
from actors.telegram.outbox.editor import Editor
from actors.telegram.outbox.etiquette import Etiquette
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.outbox import Bundle, Instant
from actors.telegram.outbox.outboxes import Outboxes
from actors.telegram.outbox.pictures import Pictures
from actors.telegram.outbox.record import Record
from actors.telegram.outbox.senders import Senders
from actors.telegram.outbox.switched_off import NO_ADDRESS

__all__ = ["Dispatch"]


class _Errand(NamedTuple):
    """A bundle in a thread's hands."""

    bundle: Bundle
    manner: Manner
    outcome: "asyncio.Future[Outcome]"


class Dispatch:
    """What *outbox* says is next, on its way by *senders*."""

    def __init__(
        self,
        *,
        outbox: Outboxes,
        record: Record,
        claims: Claims,
        senders: Mapping[str, Senders[Channel]],
        etiquette: Etiquette,
        pictures: Pictures,
        editor: Editor,
        aftermath: Aftermath,
        prices: Callable[[], Awaitable[Mapping[str, float]]],
        wake: Callable[[], None],
    ) -> None:
        """Begin with nothing under way.

        Args:
            outbox: what is to be sent.
            record: where it is written.
            claims: where it is written more quickly, before it is sent.
            senders: the threads that send it, by channel.
            etiquette: how it is brought.
            pictures: where the picture of what is over is let go.
            editor: who edits what was brought.
            aftermath: who else learns of it.
            prices: those of now, for a digest.
            wake: lets the work loop look, as there is an outcome.
        """
        self._outbox = outbox
        self._record = record
        self._claims = claims
        self._senders = senders
        self._etiquette = etiquette
        self._pictures = pictures
        self._editor = editor
        self._aftermath = aftermath
        self._prices = prices
        self._wake = wake
        self._claimed: list[Bundle] = []
        self._errands: dict[int, _Errand] = {}
        self._done: deque[_Errand] = deque()

    def send_due(self, now: Instant) -> None:
        """Claim what is due, have it sent, and write what is not yet written."""
        turn = self._outbox.claim(now)
        for delivery in chain(turn.changed, *turn.bundles):
            self._record.change(delivery)
        self._claimed += turn.bundles
        if self._claim() or self._record.save():
            self._send_claimed()
            self.save()

    def take_outcomes(self, now: Instant) -> None:
        """Take what became of what was sent."""
        while self._done:
            errand = self._done.popleft()
            outcome = errand.outcome.result()
            for delivery in self._outbox.on_outcome(errand.bundle, outcome, now):
                self._record.change(delivery)
                self._pictures.on_change(delivery)
            self._editor.on_outcome(errand.bundle, errand.manner, outcome)
            self._aftermath.on_outcome(errand.bundle, outcome)

    def save(self) -> None:
        """Write what is not yet written, after which no claim says more than the database."""
        if self._record.save():
            self._claims.clear()

    async def wait(self) -> None:
        """Wait for the requests under way."""
        while self._errands:
            await asyncio.wait([errand.outcome for errand in self._errands.values()])
            # Their callbacks run in the loop's next turn.
            await asyncio.sleep(0)

    def _claim(self) -> bool:
        """Claim what is to be sent by the quick way, and say whether that was possible."""
        if not self._claimed:
            return True
        # While the database takes nothing, nothing more is begun.
        return not self._record.is_stuck and self._claims.take(chain.from_iterable(self._claimed))

    def _send_claimed(self) -> None:
        claimed, self._claimed = self._claimed, []
        for bundle in claimed:
            manner = self._etiquette.manner_of(bundle)
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
        nowhere.set_result(Rejected(NO_ADDRESS, was_asked=False))
        return nowhere

    def _put_aside(self, errand: _Errand, _outcome: "asyncio.Future[Outcome]") -> None:
        # What is wrong with it shall be wrong in the work loop, where it ends the process.
        del self._errands[errand.bundle[0].id]
        self._done.append(errand)
        self._wake()
