"""The courier's parts with fail-points in and around what they do, and a disk that is full now and then."""

import asyncio
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeVar, cast

from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.outcomes import Outcome
from actors.telegram.channels.telegram.channel import TelegramChannel
from actors.telegram.outbox.claims import Claims
from actors.telegram.outbox.deliveries import Delivery
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.outbox import Bundle
from actors.telegram.outbox.senders import Senders
from actors.telegram.outbox.sources import SourceReader, Written
from actors.telegram.people.reach import Reach
from actors.telegram.store import DeliveryStore, Unfinished
from protocol.messages import Message, PictureWanted
from tests.support.ports import FakePorts
from tests.support.reaper import Reaper

__all__ = [
    "FailingClaims",
    "FailingPorts",
    "FailingReach",
    "FailingReader",
    "FailingSenders",
    "FailingStore",
]

ResultT = TypeVar("ResultT")


def _need_room(reaper: Reaper) -> None:
    if reaper.disk_is_full:
        message = "database or disk is full"
        raise TemporaryFailure(message)


class FailingStore(DeliveryStore):
    """Dies around and within its commits."""

    reaper: Reaper

    def save(self, added: Collection[Delivery], changed: Collection[Delivery], begun: Mapping[str, str]) -> None:
        """Write it, or find no room."""
        self.reaper.pass_by("before a commit")
        _need_room(self.reaper)
        super().save(added, cast("Collection[Delivery]", self._rows_until_killed(changed)), begun)
        self.reaper.pass_by("after a commit")

    def unfinished(self, source: str) -> list[Unfinished]:
        """Return what was left."""
        self.reaper.pass_by("reading what was left")
        return super().unfinished(source)

    def mark_update(self, update_id: int, now_ns: int) -> None:
        """Note that an update was dealt with."""
        self.reaper.pass_by("before an update is marked")
        super().mark_update(update_id, now_ns)
        self.reaper.pass_by("after an update was marked")

    def _rows_until_killed(self, rows: Collection[Delivery]) -> Iterator[Delivery]:
        yield from rows
        # What was written before it in the same transaction must be gone with it.
        self.reaper.pass_by("within a commit")


class FailingClaims(Claims):
    """Dies behind what it has written."""

    reaper: Reaper

    def take(self, deliveries: Iterable[Delivery]) -> bool:
        """Claim, or find no room."""
        before = os.fstat(self._file).st_size
        is_taken = super().take(deliveries)
        if self.reaper.disk_is_full:
            # It takes half of what is claimed, which is no claim, and no beginning of the next.
            os.truncate(self._file, (before + os.fstat(self._file).st_size) // 2)
            is_taken = False
        self.reaper.pass_by("after a claim")
        return is_taken

    def clear(self) -> None:
        """Empty the file."""
        super().clear()
        self.reaper.pass_by("after the claims were cleared")


class FailingReader(SourceReader):
    """Dies while it reads."""

    reaper: Reaper

    def after(self, position: int) -> list[Written]:
        """Read on."""
        self.reaper.pass_by("reading the record")
        return super().after(position)


class FailingReach(Reach):
    """Dies around the move of a chat."""

    reaper: Reaper

    def follow(self, old: int, new: int) -> None:
        """Let people's chats follow their group, or find no room."""
        self.reaper.pass_by("before a chat is moved")
        _need_room(self.reaper)
        super().follow(old, new)
        self.reaper.pass_by("after a chat was moved")


class FailingSenders(Senders[TelegramChannel]):  # both channels speak as Telegram does
    """Send at once, in the loop's own thread, and die behind it."""

    reaper: Reaper

    def send(self, bundle: Bundle, manner: Manner) -> "asyncio.Future[Outcome]":
        """Send *bundle*."""
        sent = _settled(self._send(bundle, manner, self.channel.open()))
        self.reaper.pass_by("after a request")
        return sent

    def ask(self, call: Callable[[TelegramChannel], ResultT]) -> "asyncio.Future[ResultT]":
        """Make *call*."""
        asked = _settled(call(self.channel.open()))
        self.reaper.pass_by("after a request")
        return asked


class FailingPorts(FakePorts):
    """Die behind what they have sent."""

    def __init__(self, reaper: Reaper) -> None:
        super().__init__()
        self._reaper = reaper

    def send(self, message: Message) -> None:
        """Ask chart for a picture, or ring."""
        super().send(message)
        if isinstance(message, PictureWanted):
            self._reaper.pass_by("asking for a picture")


def _settled(result: ResultT) -> "asyncio.Future[ResultT]":
    future: asyncio.Future[ResultT] = asyncio.get_running_loop().create_future()
    future.set_result(result)
    return future
