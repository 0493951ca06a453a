"""Keep the catalogue of the day: each master file read once a day, in a thread beside the work loop.

What a file listed stays until the next one has been read to its end, so yesterday's names serve while today's file
cannot be had, or is none. No alert depends on it, so that it is no reason to call this actor degraded.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Protocol

from msgspec import Struct

from actors.analyst.config import AnalystConfig
from actors.analyst.instruments.catalogue import Catalogue
from actors.kis.errors import MasterError
from actors.kis.masters import MASTER_FILES, parse_master
from actors.market.sessions import SEOUL
from actors.runtime.actor import Actor
from actors.runtime.backoff import Backoff
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import open_store

__all__ = ["Downloads", "FileRead", "Renewal", "is_due", "read_master"]


class Downloads(Protocol):
    """Where master files come from; `actors.kis.downloads.MasterDownloads` is the real one."""

    def fetch(self, name: str) -> bytes:
        """Return the file *name*, unpacked; raises TemporaryFailure or MasterError."""


class FileRead(Struct, frozen=True, kw_only=True):
    """What became of one file."""

    file: str
    instruments: int = 0
    damaged: int = 0
    """Lines that were not understood."""
    first_damage: str = ""
    failure: str = ""
    """Why it could not be read, empty if it was."""


def is_due(read_at: datetime | None, now: datetime, renewed_at: time) -> bool:
    """Say whether a file read at *read_at* is of another day than *now*; days begin at *renewed_at* in Seoul.

    A reading in the future is of another world's clock.
    """
    here = now.astimezone(SEOUL)
    day_began = datetime.combine(here.date(), renewed_at, SEOUL)
    if day_began > here:
        day_began -= timedelta(days=1)
    return read_at is None or not day_began <= read_at <= now


def read_master(file: str, catalogue: Catalogue, downloads: Downloads, now: datetime) -> FileRead:
    """Fetch *file* and keep what it lists; a file that is mostly damage takes nothing away."""
    refused: list[MasterError] = []
    try:
        content = downloads.fetch(file)
        count = catalogue.keep_listings(file, parse_master(file, content, refused), now)
    except (TemporaryFailure, MasterError) as failure:
        return FileRead(file=file, failure=str(failure))
    first_damage = str(refused[0]) if refused else ""
    if count <= len(refused):
        failure_text = f"expected more good lines than damaged ones, found {count} and {len(refused)}: {first_damage}"
        return FileRead(file=file, failure=failure_text)
    catalogue.close_file(file, now, count, len(refused))
    return FileRead(file=file, instruments=count, damaged=len(refused), first_damage=first_damage)


class Renewal:
    """The one task that reads master files, and when the next may begin."""

    def __init__(
        self,
        actor: Actor[AnalystConfig],
        catalogue: Catalogue,
        downloads: Downloads | None,
        on_renewed: Callable[[], None],
    ) -> None:
        """Read files from *downloads*, None for none at all; *on_renewed* is called when some have been read."""
        config = actor.config
        self._actor = actor
        self._downloads = downloads
        self._on_renewed = on_renewed
        self._read_at: dict[str, datetime | None] = {file: catalogue.read_at(file) for file in MASTER_FILES}
        self._pause = Backoff(config.retry_first_s, config.look_again_s, actor.random)
        self._not_before = float("-inf")
        self._failing: set[str] = set()
        self._task: asyncio.Task[list[FileRead]] | None = None

    def look(self) -> None:
        """Take what the task has done, and begin another when a file is due."""
        clock = self._actor.clock
        if self._task is not None and self._task.done():
            self._take(self._task.result())
            self._task = None
        if self._downloads is None or self._task is not None or clock.monotonic() < self._not_before:
            return
        now = clock.now()
        due = [file for file, read_at in self._read_at.items() if is_due(read_at, now, self._actor.config.renewed_at)]
        if due:
            self._task = asyncio.create_task(self._read(due, self._downloads, now))

    def renew(self) -> list[str]:
        """Have all files read again, whenever that was done last; return which."""
        if self._downloads is None:
            return []
        self._read_at = dict.fromkeys(self._read_at)
        self._not_before = float("-inf")
        return list(self._read_at)

    async def close(self) -> None:
        """Wait for what is under way: each file is a few seconds, and `Downloads` notices that we stop."""
        if self._task is not None:
            await self._task

    async def _read(self, files: list[str], downloads: Downloads, now: datetime) -> list[FileRead]:
        def work() -> list[FileRead]:
            # A connection of its own: the work loop's is in use. What is lost with the power is fetched again.
            engine = open_store("analyst", self._actor.settings, durable=False)
            try:
                return [read_master(file, Catalogue(engine), downloads, now) for file in files]
            finally:
                engine.dispose()

        read = await asyncio.to_thread(work)
        for each in read:
            if not each.failure:
                self._read_at[each.file] = now
        self._actor.ports.wake()
        return read

    def _take(self, read: list[FileRead]) -> None:
        log = self._actor.log
        for each in read:
            if not each.failure:
                self._failing.discard(each.file)
                tell = log.warning if each.damaged else log.info
                tell(
                    "master_file_read",
                    file=each.file,
                    instruments=each.instruments,
                    damaged=each.damaged,
                    first_damage=each.first_damage,
                )
            elif each.file not in self._failing:
                self._failing.add(each.file)
                log.warning("master_file_delayed", file=each.file, reason=each.failure)
        if any(each.failure for each in read):
            self._not_before = self._actor.clock.monotonic() + self._pause.next()
        else:
            self._pause.reset()
        if not all(each.failure for each in read):
            self._on_renewed()
