"""Ask for the price of a symbol whose stream may be deaf, and have a deaf one renewed: the hands of `hearing`."""

import asyncio
from collections.abc import Mapping, Sequence

from actors.feed.config import FeedConfig
from actors.feed.demand.hours import Hours
from actors.feed.gaps.continuity import Continuity, Key
from actors.feed.gaps.repair import Place
from actors.feed.rest.hearing import Hearing, Sound
from actors.feed.rest.polling import Listing
from actors.feed.rest.prices import PriceDesk
from actors.feed.session.link import Link
from actors.runtime.actor import Actor
from actors.runtime.tasks import Tasks
from protocol.messages import Venue

__all__ = ["Listening"]

LOOK_S = 1.0


class Listening:
    """Who listens to each Korean stream; what carries US prices says `Carried`."""

    def __init__(self, actor: Actor[FeedConfig], links: Sequence[Link], continuity: Continuity, tasks: Tasks) -> None:
        """Hear nothing yet.

        Args:
            actor: whose clock and settings are used.
            links: what carries streams.
            continuity: knows the last trade of each stream.
            tasks: where the asking goes on.
        """
        config = actor.config
        self._hearing = Hearing(
            times=config.symbol_silence_times,
            least_s=config.symbol_silence_s,
            most_s=config.symbol_silence_cap_s,
            late_s=config.late_frames_s,
        )
        self._clock = actor.clock
        self._links = links
        self._continuity = continuity
        self._tasks = tasks
        self._asking: asyncio.Task[None] | None = None
        self._look_at = float("-inf")

    @property
    def deaf(self) -> frozenset[Key]:
        """The streams that bring nothing while their symbols trade."""
        return self._hearing.deaf

    def look(self, hours: Hours, desk: PriceDesk) -> None:
        """Listen, about once a second."""
        now = self._clock.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        at = self._clock.now()
        places = {
            venue: place for venue in (Venue.KRX, Venue.NXT) if (place := hours.continuous(venue, at)) is not None
        }
        for link in self._links:
            self._hearing.listen(link.name, self._sounds(link, places), now)
        found = self._hearing.take_deaf(now)
        for link in self._links:
            link.deaf = self._hearing.deaf
        for deafness in found:
            next(link for link in self._links if deafness.key in link.confirmed_at_ns()).renew(deafness)
        if self._asking is None or self._asking.done():
            key = self._hearing.next_question(now)
            if key is not None:
                self._asking = self._tasks.begin(self._ask(key, desk))

    def _sounds(self, link: Link, places: Mapping[Venue, Place]) -> dict[Key, Sound]:
        """Return what the streams of *link* have brought whose venues trade now: *places* are their sessions."""
        sounds = {}
        for key, since_ns in link.confirmed_at_ns().items():
            place = places.get(key[1])
            if place is not None:
                sounds[key] = Sound(since_ns, self._volume(key, place))
        return sounds

    def _volume(self, key: Key, place: Place) -> int:
        last = self._continuity.last_trade(key)
        is_of_session = last is not None and (last.session, last.session_date) == (place.session, place.session_date)
        return last.cumulative_volume if last is not None and is_of_session else 0

    async def _ask(self, key: Key, desk: PriceDesk) -> None:
        price = await desk.price_of(Listing(*key))
        self._hearing.on_price(key, None if price is None else price.cumulative_volume, self._clock.monotonic())
