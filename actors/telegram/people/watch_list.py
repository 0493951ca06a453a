"""Change what somebody watches: ask analyst, write, then tell the others. For the chat and for the operator alike."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from actors.market.choices import SessionChoice, write_choices
from actors.runtime.actor import Actor
from actors.runtime.errors import ActorError, CommandRefused, Unanswered
from actors.telegram.config import TelegramConfig
from actors.telegram.people.person import Person, Watch
from actors.telegram.people.register import Register
from protocol.messages import Venue, WatchListChanged

__all__ = ["MOST_CHOICES", "AlreadyWatched", "Ambiguous", "NotFound", "NotWatched", "TooMany", "WatchList"]

MOST_CHOICES = 5


class AlreadyWatched(ActorError):  # noqa: N818 - it states a fact
    """The person watches it already."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(f"expected a symbol that is not watched, found {watch.symbol} ({watch.name})")
        self.watch = watch


class TooMany(ActorError):  # noqa: N818 - it states a fact
    """The person watches as many as one may."""

    def __init__(self, most: int, example: str) -> None:
        super().__init__(f"expected at most {most} watched symbols, found one more; remove one, such as {example}")
        self.most = most
        self.example = example


class NotFound(ActorError):  # noqa: N818 - it states a fact
    """There is no such symbol."""

    def __init__(self, words: str, reason: str = "") -> None:
        """Tell that nothing is called *words*, or the *reason* that somebody else gives."""
        super().__init__(reason or f"expected the symbol or name of something that is listed, found {words}")
        self.words = words


class Ambiguous(ActorError):  # noqa: N818 - it states a fact
    """Several may be meant, or one that is only like what was written."""

    def __init__(self, words: str, choices: Sequence[Watch], rest: str = "") -> None:
        """Tell of it.

        Args:
            words: what was written; empty if nothing was.
            choices: what may be meant, the likeliest first.
            rest: what stood behind these words in the command.
        """
        named = ", ".join(f"{choice.symbol} ({choice.name})" for choice in choices)
        super().__init__(f"expected the code of one instrument, found {words!r}, which may mean {named}")
        self.choices = choices
        self.rest = rest


class NotWatched(ActorError):  # noqa: N818 - it states a fact
    """The person does not watch it."""

    def __init__(self, words: str, name: str) -> None:
        """Tell that *words* mean nothing that the person called *name* watches."""
        super().__init__(f"expected a stock that {name} watches, found {words}")
        self.words = words


class _Found(Struct, frozen=True):
    symbol: str
    name: str
    venue: Venue


class _Answer(Struct, frozen=True):
    """What analyst answers to `find` with words; `unreachable` says why it cannot tell now."""

    candidates: list[_Found] = []
    certain: bool = False
    unreachable: str = ""


class WatchList:
    """What all people watch together."""

    def __init__(self, actor: Actor[TelegramConfig], register: Register) -> None:
        self._actor = actor
        self._register = register

    def announce(self) -> None:
        """Tell the others to read the watch list again."""
        self._actor.ports.publish(WatchListChanged(symbols=self._register.all_symbols()))

    async def add(self, person: Person, words: str) -> Watch:
        """Let *person* watch what *words* mean, a symbol or a name, and return it as analyst knows it.

        Raises:
            AlreadyWatched, TooMany, NotFound, Ambiguous: it cannot be.
            Unanswered: analyst cannot be asked now.
        """
        self._require_room(person, words)
        watch = await self.meant(words)
        # Looked at again: while analyst thought, another command may have been quicker.
        self._require_room(person, watch.symbol)
        levels = self._register.levels_for_new(person.id, self._actor.config.levels)
        self._register.watch(person.id, watch, levels, self._actor.clock.now_ns())
        self._actor.log.info("watch_added", person_id=person.id, symbol=watch.symbol)
        self.announce()
        return watch

    def hold(self, person: Person, watch: Watch) -> None:
        """See to it that *person* watches *watch*: a new one at no σ level, since that is not what was asked for.

        Raises:
            TooMany: the person watches as many as one may.
        """
        try:
            self._require_room(person, watch.symbol)
        except AlreadyWatched:
            return
        self._register.watch(person.id, watch, (), self._actor.clock.now_ns())
        self._actor.log.info("watch_added", person_id=person.id, symbol=watch.symbol)

    async def meant(self, words: str) -> Watch:
        """Return what analyst finds for *words*.

        Raises:
            NotFound, Ambiguous: nothing, or several.
            Unanswered: analyst cannot be asked now.
        """
        timeout_s = self._actor.config.ask_timeout_s
        try:
            answer = msgspec.convert(
                await self._actor.ports.ask("analyst", "find", timeout_s=timeout_s, words=words), _Answer
            )
        except CommandRefused as error:
            raise NotFound(words, str(error)) from error
        except msgspec.ValidationError as error:
            message = f"expected candidates for {words} from analyst: {error}"
            raise Unanswered(message) from error
        if answer.unreachable:
            message = f"{words} cannot be looked up now: {answer.unreachable}"
            raise Unanswered(message)
        choices = [Watch(symbol=each.symbol, name=each.name, venue=each.venue) for each in answer.candidates]
        if not choices:
            raise NotFound(words)
        if not answer.certain:
            raise Ambiguous(words, choices[:MOST_CHOICES])
        return choices[0]

    def choose_sessions(self, person: Person, sessions: Iterable[SessionChoice]) -> Person:
        """Let these *sessions*, and no others, alert *person*, and return the person as it is then."""
        chosen = self._register.choose_sessions(person.id, sessions, self._actor.clock.now_ns())
        self._actor.log.info("sessions_chosen", person_id=person.id, sessions=write_choices(chosen.sessions))
        self.announce()
        return chosen

    def remove(self, person: Person, symbol: str) -> Watch:
        """Let *person* watch *symbol* no longer, and return what it was.

        Raises:
            NotWatched: it was not.
        """
        watch = self._find(person, symbol)
        if watch is None:
            raise NotWatched(symbol, person.name)
        self._register.forget(person.id, symbol)
        self._actor.log.info("watch_removed", person_id=person.id, symbol=symbol)
        self.announce()
        return watch

    def _require_room(self, person: Person, symbol: str) -> None:
        known = self._find(person, symbol)
        if known is not None:
            raise AlreadyWatched(known)
        watched = self._register.watches_of(person.id)
        if len(watched) >= self._actor.config.most_watches:
            raise TooMany(self._actor.config.most_watches, watched[0].symbol)

    def _find(self, person: Person, symbol: str) -> Watch | None:
        return next((watch for watch in self._register.watches_of(person.id) if watch.symbol == symbol), None)
