"""A number that one process counts and another reads, through shared memory: counting costs no system call."""

import mmap
from pathlib import Path

__all__ = ["Tally"]

SIZE = 8


class Tally:
    """The number in *path*, 0 at first."""

    def __init__(self, path: Path) -> None:
        with path.open("a+b") as file:
            file.truncate(SIZE)
            self._numbers = memoryview(mmap.mmap(file.fileno(), SIZE)).cast("q")

    @property
    def count(self) -> int:
        """What was counted so far."""
        return self._numbers[0]

    @count.setter
    def count(self, count: int) -> None:
        self._numbers[0] = count
