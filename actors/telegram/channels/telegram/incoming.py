"""What people write, brought by long polling, each update once.

An update counts as dealt with when its answer has been sent, or waits for its turn, and is known again by its number
if Telegram repeats it after a restart; a planned stop finishes the one in hand. A text tells when it was written, a
pressed button does not: it is as old as our silence may have been, which is how long ago Telegram last told us of all
that there was. Source: Bot API 10, getUpdates, CallbackQuery.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from operator import methodcaller

from actors.runtime.actor import Actor
from actors.runtime.backoff import Backoff
from actors.runtime.crew import Crew
from actors.runtime.errors import TemporaryFailure
from actors.runtime.tasks import finish
from actors.telegram.channels.telegram.client import Bot
from actors.telegram.channels.telegram.identity import Identity
from actors.telegram.channels.telegram.wire import Update
from actors.telegram.chat.menu import Menu
from actors.telegram.config import TelegramConfig
from actors.telegram.health import Health
from actors.telegram.store import DeliveryStore, Marks
from protocol.moments import NS

__all__ = ["Incoming"]

MOST_UPDATES = 100
"""So many come at once; where so many come, there may be more that are as old."""
MARKED_EVERY_S = 30.0
NUMBERS_LAST_NS = timedelta(days=6) // timedelta(microseconds=1) * 1_000
"""Telegram numbers updates anew after a week without any; a number older than this says nothing."""


class Incoming:
    """The updates, in order, each handed to *on_update* until that has dealt with it."""

    def __init__(
        self,
        actor: Actor[TelegramConfig],
        *,
        store: DeliveryStore,
        bot: Bot,
        health: Health,
        marks: Marks,
        identity: Identity,
        menu: Menu,
        on_update: Callable[[Update, float], Awaitable[None]],
    ) -> None:
        self._actor = actor
        self._store = store
        self._crew = Crew("incoming", 1, lambda: bot)
        self._health = health
        self._last = marks.update_id
        self._seen_ns = marks.update_seen_ns
        self._heard_ns = marks.heard_ns
        self._heard_at_s: float | None = None
        self._marked_at_s = float("-inf")
        self._identity = identity
        self._menu = menu
        self._deal_with = on_update

    async def serve(self) -> None:
        """Take updates until cancelled."""
        try:
            await self._poll()
        finally:
            # Not waited for: a poll may last most of a minute, and what it brings then is brought again next time.
            self._crew.dismiss()

    async def _poll(self) -> None:
        backoff = Backoff(self._actor.config.retry_first_s, self._actor.config.retry_cap_s, self._actor.random)
        while True:
            await self._crew.do(self._prepare)
            try:
                updates = await self._crew.do(methodcaller("get_updates", self._offset()))
            except TemporaryFailure as error:
                self._health.complain("commands", f"Telegram brings no commands: {error}")
                await self._actor.clock.sleep(max(backoff.next(), error.retry_after_s or 0.0))
                continue
            backoff.reset()
            self._health.clear("commands")
            await self.take(updates)

    async def take(self, updates: list[Update]) -> None:
        """Deal with what has just been told, in order."""
        silent_s = self._silent_s()
        heard_ns, heard_at_s = self._actor.clock.now_ns(), self._actor.clock.monotonic()
        for update in updates:
            await finish(self.on_update(update, silent_s))
        if len(updates) < MOST_UPDATES:
            # Only now: killed before, we meet what is left again, and it is still as old.
            self._heard_ns, self._heard_at_s = heard_ns, heard_at_s
            self._mark_heard()

    async def on_update(self, update: Update, silent_s: float = 0.0) -> None:
        """Deal with *update*, unless that was done before; it may have happened up to *silent_s* ago."""
        if update.update_id < self._offset():
            return
        await self._deal_with(update, silent_s)
        self._last, self._seen_ns = update.update_id, self._actor.clock.now_ns()
        try:
            self._store.mark_update(self._last, self._seen_ns)
        except TemporaryFailure as error:
            self._actor.log.warning("update_unmarked", update_id=self._last, reason=str(error))

    def _silent_s(self) -> float:
        """Return how long ago Telegram last told us of all that there was, in an earlier life by the world's clock."""
        if self._heard_at_s is not None:
            return self._actor.clock.monotonic() - self._heard_at_s
        return (self._actor.clock.now_ns() - self._heard_ns) / NS

    def _mark_heard(self) -> None:
        now_s = self._actor.clock.monotonic()
        if now_s < self._marked_at_s + MARKED_EVERY_S:
            return
        try:
            self._store.mark_heard(self._heard_ns)
            self._marked_at_s = now_s
        except TemporaryFailure as error:
            self._actor.log.warning("hearing_unmarked", reason=str(error))

    def _prepare(self, bot: Bot) -> None:
        """Learn and set what does not come with updates; neither keeps a command from being served."""
        self._identity.learn_from(bot)
        self._menu.set_on(bot)

    def _offset(self) -> int:
        """Return the number of the update that we want next; 0 is whichever Telegram has."""
        is_known = self._last and self._actor.clock.now_ns() - self._seen_ns < NUMBERS_LAST_NS
        return self._last + 1 if is_known else 0
