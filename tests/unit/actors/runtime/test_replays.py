"""What is told again to those who missed it."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta

from actors.runtime.replays import Filler, Replays
from protocol.messages import ReplayChunk, ReplayRequest, Trade
from protocol.moments import to_ns
from tests.support.clock import FakeClock
from tests.support.market import NINE, trade

EPOCH = 5
ASKER = b"evaluator"


class Publisher:
    """A stream whose messages are kept for a minute, one published a second, and what its readers are answered."""

    def __init__(self, published: int) -> None:
        self.clock = FakeClock(NINE)
        self.begun: list[Coroutine[object, object, None]] = []
        self.replays = Replays(["trades"], EPOCH, self.clock, self.begun.append)
        self.chunks: list[ReplayChunk] = []
        self.publish(published)

    def publish(self, count: int) -> None:
        """Publish *count* messages, a second apart."""
        ring = self.replays.rings["trades"]
        for _ in range(count):
            self.clock.step(1.0)
            ring.append(b"%d" % (ring.newest + 1), self.clock.monotonic())

    def ask(
        self, first: int, *, epoch: int = EPOCH, since_ns: int = 1, stream: str = "trades", filler: Filler | None = None
    ) -> None:
        """Ask for what was published from *first* on."""
        request = ReplayRequest(stream=stream, epoch=epoch, first=first, since_ns=since_ns)
        self.replays.on_request(request, ASKER, self.chunks.append, filler)

    def fill(self) -> ReplayChunk:
        """Let the one filling that was begun end, and return the answer."""
        (filling,) = self.begun
        self.begun.clear()
        asyncio.run(_await(filling))
        (chunk,) = self.chunks
        return chunk


async def _await(work: Coroutine[object, object, None]) -> None:
    await work


class Elsewhere:
    """Has a trade for each stretch of time that it is asked for; *knows* says for how many it can tell."""

    def __init__(self, publisher: Publisher, knows: int = 9, published_meanwhile: int = 0) -> None:
        self._publisher = publisher
        self._knows = knows
        self._published_meanwhile = published_meanwhile
        self.asked: list[tuple[int, int | None]] = []

    async def fill(self, since_ns: int, until_ns: int | None) -> list[Trade] | None:
        """Tell what was traded; more may be published while we look."""
        self.asked.append((since_ns, until_ns))
        published, self._published_meanwhile = self._published_meanwhile, 0
        self._publisher.publish(published)
        return [trade(float(len(self.asked)))] if len(self.asked) <= self._knows else None


def test_what_the_ring_has_is_answered_at_once() -> None:
    """Nobody is asked for what is here."""
    publisher = Publisher(published=3)
    elsewhere = Elsewhere(publisher)
    publisher.ask(2, filler=elsewhere.fill)

    assert publisher.chunks == [ReplayChunk(stream="trades", epoch=EPOCH, first=2, newest=3, frames=[b"2", b"3"])]
    assert (publisher.begun, elsewhere.asked) == ([], [])


def test_numbers_of_another_life_are_answered_from_the_first_of_ours() -> None:
    """They say nothing of what this life has said."""
    publisher = Publisher(published=3)
    publisher.ask(1_000, epoch=4)

    assert (publisher.chunks[0].first, publisher.chunks[0].frames) == (1, [b"1", b"2", b"3"])


def test_who_asks_for_a_stream_that_is_not_replayed_is_not_answered() -> None:
    """There is nothing to tell, and nothing ends by it."""
    publisher = Publisher(published=1)
    publisher.ask(1, stream="targets")

    assert (publisher.chunks, publisher.begun) == ([], [])


def test_what_the_ring_has_lost_is_filled_up_to_where_it_begins() -> None:
    """Of the 100 messages the ring has those of the last minute."""
    publisher = Publisher(published=100)
    elsewhere = Elsewhere(publisher)
    publisher.ask(10, since_ns=7, filler=elsewhere.fill)
    chunk = publisher.fill()

    assert elsewhere.asked == [(7, to_ns(NINE + timedelta(seconds=40)))]
    assert (chunk.first, chunk.newest, chunk.filling) == (40, 100, [trade(1.0)])


def test_a_life_that_has_lost_nothing_yet_is_filled_without_an_end() -> None:
    """What the life before it said may lie anywhere before its first message."""
    publisher = Publisher(published=3)
    elsewhere = Elsewhere(publisher)
    publisher.ask(50, epoch=4, since_ns=7, filler=elsewhere.fill)

    assert (publisher.fill().first, elsewhere.asked) == (1, [(7, None)])


def test_what_the_ring_loses_while_it_is_filled_is_filled_too() -> None:
    """Bars take seconds to come, in which the ring's beginning moves on."""
    publisher = Publisher(published=100)
    elsewhere = Elsewhere(publisher, published_meanwhile=5)
    publisher.ask(10, since_ns=7, filler=elsewhere.fill)
    chunk = publisher.fill()

    began, begins = (to_ns(NINE + timedelta(seconds=seconds)) for seconds in (40, 45))
    assert elsewhere.asked == [(7, began), (began, begins)]
    assert (chunk.first, chunk.filling) == (45, [trade(1.0), trade(2.0)])


def test_where_nobody_can_tell_the_answer_says_that_nothing_stands_for_the_hole() -> None:
    """Not even the stretch before it is told then: its reader would take the rest for quiet."""
    publisher = Publisher(published=100)
    publisher.ask(10, filler=Elsewhere(publisher, knows=1, published_meanwhile=5).fill)

    assert publisher.fill().filling is None


def test_who_asks_again_while_it_is_filled_is_answered_once_and_afterwards_anew() -> None:
    """Readers ask twice a second until they are answered."""
    publisher = Publisher(published=100)
    elsewhere = Elsewhere(publisher)
    publisher.ask(10, filler=elsewhere.fill)
    publisher.ask(10, filler=elsewhere.fill)
    publisher.fill()
    publisher.ask(10, filler=elsewhere.fill)

    assert len(publisher.begun) == 1
    publisher.begun.pop().close()


def test_without_a_moment_or_anybody_who_fills_the_ring_is_all_there_is() -> None:
    """Who has never read has missed nothing that could be named."""
    publisher = Publisher(published=100)
    elsewhere = Elsewhere(publisher)
    publisher.ask(10, since_ns=0, filler=elsewhere.fill)
    publisher.ask(10)

    assert [chunk.first for chunk in publisher.chunks] == [40, 40]
    assert elsewhere.asked == []
