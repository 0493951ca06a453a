"""How far one record has been read, from where an earlier life stopped: each alert and letter once."""

from collections.abc import Iterator

from actors.telegram.outbox.sources import MOST_AT_ONCE, SourceReader, Written
from actors.telegram.store import DeliveryStore, Mark

__all__ = ["Reading"]


class Reading:
    """The reading of one record."""

    def __init__(self, reader: SourceReader, store: DeliveryStore, mark: Mark, boot_id: str) -> None:
        """Go on behind *mark*; *boot_id* is the boot of the machine that we live in."""
        self.source = reader.source
        self.is_restored = False
        """Whether the deliveries that an earlier life left have found their contents."""
        self.is_rebooted = mark.boot_id != boot_id
        """Whether the machine went down since we last read on."""
        self.position = mark.position
        self._reader = reader
        self._store = store
        self._compares_until = 0
        self._read_file: tuple[int, int] | None = None

    @property
    def reader(self) -> SourceReader:
        """Where the record lies."""
        return self._reader

    def begin_anew(self) -> int:
        """Go back to the start if the record is in another file that has less in it; return from where, 0 if not.

        Its writer's database was made anew then: positions begin again, ids are still compared.
        """
        if not self._reader.is_open or self._reader.file == self._read_file:
            return 0
        self._read_file, self._compares_until = self._reader.file, self._reader.last_position()
        if self._compares_until >= self.position:
            return 0
        left, self.position = self.position, 0
        return left

    def portions(self) -> Iterator[list[Written]]:
        """Yield what is behind our position; it must be accepted before the next is taken."""
        while written := self._reader.after(self.position):
            yield written
            if len(written) < MOST_AT_ONCE:
                return

    def accept(self, written: list[Written]) -> list[Written]:
        """Move our position behind *written*, and return those that have no deliveries yet."""
        known = self._known(written)
        self.position = written[-1].position
        return [each for each in written if each.content is None or each.content.id not in known]

    def _known(self, written: list[Written]) -> set[str]:
        """Return those ids that have deliveries, which only a writer begun anew can write again."""
        if written[0].position > self._compares_until:
            return set()
        return self._store.known([each.content.id for each in written if each.content is not None])
