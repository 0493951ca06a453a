"""The console as a channel: a line of who, when and whether it rings, then the text as it is, then an empty line.

An address is the name that stands there. A message counts as taken when all of it is written; what was written in part
is a doubt like any other.
"""

import os
import sys
from pathlib import Path

from actors.runtime.clock import Clock
from actors.telegram.channels.channel import Message, Opened, Rates
from actors.telegram.channels.console.config import ConsoleConfig
from actors.telegram.channels.outcomes import Doubtful, Knocked, NotSent, Outcome, Sent

__all__ = ["CONSOLE", "ConsoleChannel", "open_console"]

CONSOLE = "console"
STDOUT = "-"
AS_FAST_AS_ONE_READS = Rates(chat_per_s=1_000.0, chat_burst=1_000.0, bot_per_s=1_000.0)
FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC


class ConsoleChannel:
    """Appends to *path*, None for stdout."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def bring(self, message: Message) -> Outcome:
        """Write *message*, once, and return what became of it."""
        mark = "🔕" if message.silent else "🔔"
        page = f"── {self._clock.now():%Y-%m-%dT%H:%M:%SZ} {mark} {message.address}\n{message.text}\n\n"
        return self._write(page.encode("utf-8", "replace"))

    def knock(self) -> Knocked:
        """See whether there is a place to write to, in place of a message that nobody is to get."""
        outcome = self._write(b"")
        return outcome if isinstance(outcome, NotSent) else Sent()

    def _write(self, page: bytes) -> Outcome:
        try:
            # Opened for each: a file that was set aside meanwhile is no longer the one that is looked at.
            file = os.dup(sys.stdout.fileno()) if self._path is None else os.open(self._path, FLAGS, 0o600)
        except OSError as error:
            return NotSent(str(error.strerror))
        try:
            written = os.write(file, page)
        except OSError as error:
            return NotSent(str(error.strerror))
        finally:
            os.close(file)
        return Sent() if written == len(page) else Doubtful("written in part")


def open_console(config: ConsoleConfig, root: Path, clock: Clock) -> Opened[ConsoleChannel] | None:
    """Return the console as *config* wants it used, paths relative to *root*; None if it does not."""
    if not config.path:
        return None
    path = None if config.path == STDOUT else root / config.path
    return Opened(
        name=CONSOLE,
        title="The console",
        rates=AS_FAST_AS_ONE_READS,
        open=lambda: ConsoleChannel(path, clock),
        threads=1,
        refused="the console lets nobody in",
        unreached="may [telegram.channels.console] path be written, is there room on the disk?",
        carries_pictures=False,
        address=r"[^\s].{0,63}",
    )
