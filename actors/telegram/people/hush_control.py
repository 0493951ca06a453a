"""What the operator may ask about quiet: who wants to be spared the alerts of a stock, and until when."""

import msgspec
from msgspec import Struct

from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused
from actors.telegram.config import TelegramConfig
from actors.telegram.people.hushes import Hushes
from actors.telegram.people.register import Register
from protocol.moments import from_ns

__all__ = ["HushControl"]


class _Arguments(Struct, frozen=True, forbid_unknown_fields=True):
    symbol: str


class HushControl:
    """The answer to the operator's question."""

    def __init__(self, register: Register, hushes: Hushes, actor: Actor[TelegramConfig]) -> None:
        self._register = register
        self._hushes = hushes
        self._clock = actor.clock

    def offer(self, actor: Actor[TelegramConfig]) -> None:
        """Let *actor* answer it."""
        actor.on_command("spared", self.spared)

    async def spared(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"symbol": "005930"}`: of those who watch it who is spared its alerts now, with the moment when that ends.

        `wakes_from` is how many σ deep an alert must be to come through; 0 where none does.

        Raises:
            CommandRefused: the arguments are others.
        """
        try:
            symbol = msgspec.convert(arguments, _Arguments).symbol
        except msgspec.ValidationError as error:
            message = f'expected {{"symbol": "005930"}}, found {arguments}: {error}'
            raise CommandRefused(message) from error
        now_ns = self._clock.now_ns()
        spared = []
        for person in self._register.people():
            watch = next((watch for watch in self._register.watches_of(person.id) if watch.symbol == symbol), None)
            if watch is None:
                continue
            hush = self._hushes.of(person.id)
            muted_ns = hush.muted_until(symbol, watch.venue, now_ns)
            quiet_ns = hush.quiet.end_after(now_ns, person.reader.zone) if hush.quiet else None
            ends = [end_ns for end_ns in (muted_ns, quiet_ns) if end_ns is not None]
            if ends:
                wakes_from = hush.quiet.wakes_from if hush.quiet and muted_ns is None else 0.0
                until = from_ns(max(ends)).isoformat()
                spared.append({"person": person.id, "until": until, "wakes_from": wakes_from})
        return {"spared": spared}
