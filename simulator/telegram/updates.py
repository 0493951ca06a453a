"""getUpdates: long polling with offsets, one poller at a time.

Source: Bot API, "Getting updates": `offset` confirms all updates before it, a negative one all but the last so many;
`limit` 1 to 100; `timeout` is cut to 50 s; a second poller ends the first with 409.
"""

import asyncio

from simulator.telegram.chats import ChatBook
from simulator.telegram.log import LogLine
from simulator.telegram.methods import BotMethods
from simulator.telegram.requests import Call
from simulator.telegram.types import ApiError, Update

__all__ = ["Polling"]

MAX_TIMEOUT_S = 50
MAX_UPDATES = 100
_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class Polling:
    """Brings updates to the one who polls."""

    def __init__(self, book: ChatBook, methods: BotMethods) -> None:
        self._book = book
        self._methods = methods
        self._waiting: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Let the poller see that there is something new."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def get_updates(self, call: Call) -> list[Update]:
        """Return what is not confirmed yet, waiting up to `timeout` seconds for something.

        Raises:
            ApiError: another poller came (409).
        """
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ApiError(409, _CONFLICT))
        self._confirm(call.integer("offset"))
        timeout_s = min(max(call.integer("timeout"), 0), MAX_TIMEOUT_S)
        if not self._book.updates and timeout_s:
            await self._wait(timeout_s)
        limit = min(max(call.integer("limit", MAX_UPDATES), 1), MAX_UPDATES)
        return self._book.updates[:limit]

    async def _wait(self, timeout_s: float) -> None:
        self._waiting = waiting = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(waiting, timeout_s)
        except TimeoutError:
            return

    def _confirm(self, offset: int) -> None:
        updates = self._book.updates
        if offset < 0 and updates:
            offset = updates[max(len(updates) + offset, 0)].update_id
        if updates and updates[0].update_id < offset:
            self._methods.record(LogLine(method="getUpdates", accepted=True, update_id=offset))
