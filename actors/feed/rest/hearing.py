"""Tell the stream of one symbol that has gone deaf from a symbol that is quiet. Pure: handed the moment.

    HEARD --no trade for long, by its own measure--> ASKED --its volume has not moved--> HEARD, with more patience
      ^                                                 `--it has, and no trade comes--> DEAF
      `-----------------------------------a trade----------------------------------------'

A symbol's own measure is the mean interval between its trades, as far as one look a second shows it. What answers is
one price over REST, not a new connection, which would cost all the others theirs; and it is asked only where others of
the same link trade meanwhile: a link that brings no trade at all is for `silence`. That the symbol trades is seen in
its cumulative volume: it is more than the stream has told, or, where that has told nothing in this session, more than
the answer before.

A DEAF stream is to be registered anew. If that does not help, the next question comes after twice the time: KIS blocks
who subscribes and unsubscribes in a loop. It counts as deaf, and is followed by its minute bars, until it brings a
trade.
"""

from collections.abc import Mapping

from msgspec import Struct

from actors.feed.gaps.continuity import Key

__all__ = ["Deafness", "Hearing", "Sound"]

NEVER = float("inf")
UNKNOWN = -1
WEIGHT = 10
"""How many intervals the mean is about."""


class Sound(Struct, frozen=True):
    """What a stream has brought: *volume* is its last cumulative volume of this session, 0 if there was no trade."""

    since_ns: int
    """When KIS confirmed it, UTC epoch ns: another moment is another registration."""
    volume: int


class Deafness(Struct, frozen=True):
    """A stream that brought nothing for *silent_s* in which *shares* were traded."""

    key: Key
    silent_s: float
    shares: int


class _Ear(Struct):
    link: str
    sound: Sound
    active_at: float
    patience_s: float
    ask_at: float
    interval_s: float = 0.0
    """The mean interval between trades, 0 until there was one."""
    told: int = UNKNOWN
    """The cumulative volume that the last answer told."""
    shares: int = 0
    is_listening: bool = True
    is_asked: bool = False
    deaf_at: float = NEVER
    """When what was traded, and did not come, may be on its way no more."""
    is_deaf: bool = False


class Hearing:
    """How long each stream has been silent, and what is done about it."""

    def __init__(self, *, times: float, least_s: float, most_s: float, late_s: float) -> None:
        """Set the patience.

        Args:
            times: with a silence, in mean intervals of the symbol.
            least_s: but no shorter than this; doubles while nothing was traded.
            most_s: and never longer, unless *least_s* is.
            late_s: for how long a trade may be on its way that REST has told of already.
        """
        self._times = times
        self._least_s = least_s
        self._most_s = max(most_s, least_s)
        self._late_s = late_s
        self._ears: dict[Key, _Ear] = {}
        self._active_at: dict[str, float] = {}

    @property
    def deaf(self) -> frozenset[Key]:
        """The streams that are deaf."""
        return frozenset(key for key, ear in self._ears.items() if ear.is_deaf)

    def listen(self, link: str, sounds: Mapping[Key, Sound], now: float) -> None:
        """Take a look at the streams of *link* that are confirmed and ought to bring trades now, and no others."""
        for key, sound in sounds.items():
            ear = self._ears.get(key)
            if ear is None:
                self._ears[key] = _Ear(link, sound, now, self._least_s, now + self._least_s)
            elif not ear.is_listening or sound.since_ns != ear.sound.since_ns or sound.volume < ear.sound.volume:
                self._begin(ear, link, sound, now)
            elif sound.volume > ear.sound.volume:
                self._active_at[link] = now
                self._hear(ear, sound, now)
        for key, ear in self._ears.items():
            if ear.link == link and key not in sounds:
                ear.is_listening = ear.is_asked = False

    def next_question(self, now: float) -> Key | None:
        """Return whose price is to be asked, if anybody's; it counts as asked."""
        due = [key for key, ear in self._ears.items() if self._is_due(ear, now)]
        if not due:
            return None
        key = min(due, key=lambda each: self._ears[each].ask_at)
        self._ears[key].is_asked = True
        return key

    def on_price(self, key: Key, volume: int | None, now: float) -> None:
        """Take the cumulative *volume* that KIS told of *key*, None if it told none."""
        ear = self._ears[key]
        if not ear.is_asked:
            return
        ear.is_asked = False
        ear.patience_s = min(2 * ear.patience_s, self._most_s)
        ear.ask_at = now + ear.patience_s
        if volume is None:
            return
        known = max(ear.sound.volume or UNKNOWN, ear.told)
        ear.told = max(ear.told, volume)
        if UNKNOWN < known < volume:
            ear.shares = volume - known
            ear.deaf_at = now + self._late_s

    def take_deaf(self, now: float) -> list[Deafness]:
        """Return the streams that have proved deaf, each once for an answer."""
        found = []
        for key, ear in self._ears.items():
            if ear.is_listening and ear.deaf_at <= now:
                ear.deaf_at, ear.is_deaf = NEVER, True
                found.append(Deafness(key, now - ear.active_at, ear.shares))
        return found

    def _is_due(self, ear: _Ear, now: float) -> bool:
        if not ear.is_listening or ear.is_asked or now < ear.ask_at:
            return False
        # At least half of its silence others of the link were not silent.
        return 2 * (self._active_at.get(ear.link, float("-inf")) - ear.active_at) >= now - ear.active_at

    def _begin(self, ear: _Ear, link: str, sound: Sound, now: float) -> None:
        """Let the silence of a stream begin now; that it is deaf, and its patience, only a trade changes."""
        if sound.volume < ear.sound.volume:
            ear.told = UNKNOWN
        ear.link, ear.sound, ear.is_listening, ear.is_asked = link, sound, True, False
        ear.active_at, ear.ask_at, ear.deaf_at = now, now + ear.patience_s, NEVER

    def _hear(self, ear: _Ear, sound: Sound, now: float) -> None:
        interval_s = now - ear.active_at
        ear.interval_s += (interval_s - ear.interval_s) / (WEIGHT if ear.interval_s else 1)
        ear.patience_s = min(max(self._times * ear.interval_s, self._least_s), self._most_s)
        ear.sound, ear.active_at, ear.ask_at = sound, now, now + ear.patience_s
        ear.is_asked, ear.deaf_at, ear.is_deaf = False, NEVER, False
