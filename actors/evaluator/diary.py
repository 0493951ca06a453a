"""What evaluator notes of its day, so that the day can be decided again; `actors.evaluator.replay` reads it.

Notes are kept in memory and written when evaluator touches the disk anyway, after the doorbells; the opening, and a
change of rules, targets or statuses, is written at once. So what a killed process had committed and not yet noted, a
fraction of a second, was decided with the rules that are noted, and the next life's opening tells how far it had read.
On the way of a trade there is one comparison a message: notes are of runs of messages of one sender. A message that
raised alerts is noted whole, because its publisher may be killed before it has recorded it; one that raised none, and
armed no rule again, changes no later decision.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

import msgspec

from actors.evaluator.core import Standing
from actors.evaluator.rules import Rule
from actors.runtime.clock import Clock
from actors.runtime.recorder import News
from actors.runtime.recordings import RecordingFile
from actors.runtime.streams import Position
from protocol.errors import DecodeError
from protocol.messages import MarketStatus, Targets, Trade
from protocol.recording import Aimed, Began, Decisive, Noted, Read, Record, Ruled, encode_entry, recording_date

__all__ = ["Diary"]

NOWHERE = Position()
BEGIN_AGAIN_S = 1.0
"""How soon the day is begun anew after the disk took nothing: its opening holds all rules and targets."""

Note = Record | Callable[[], Record]
"""What is noted, or what makes it when it is written."""


class Diary:
    """The notes of one life of evaluator. `sender` and `last` are for whoever reads trades: see `turn`."""

    def __init__(
        self,
        file: RecordingFile | None,
        clock: Clock,
        stand: Callable[[], Standing],
        cursors: Mapping[str, Position],
        alerts_on_disk: int,
    ) -> None:
        """Note nothing yet.

        Args:
            file: where notes go; None if nobody wants them.
            clock: whose day it is.
            stand: tells what decisions depend on now.
            cursors: how far each sender's trades had been read before this life.
            alerts_on_disk: where the record of alerts ends.
        """
        self._file = file
        self._clock = clock
        self._stand = stand
        self._done = dict(cursors)
        self._alerts_on_disk = alerts_on_disk
        self._notes: list[Note] = []
        self._day: date = recording_date(clock.now_ns())
        self._has_begun = False
        self._begin_at = float("-inf")
        self._first = NOWHERE
        self._trouble = ""
        self._news: list[News] = []
        self.sender = ""
        """Whose messages are being read."""
        self.last = NOWHERE
        """The last message that was read."""

    def turn(self, sender: str, position: Position) -> None:
        """Note that the message at *position* is of another *sender* than the last one, or not the next of its own.

        To be called before it is judged; the caller then keeps `last` at each message.
        """
        self.pause()
        if not self._has_begun and self._clock.monotonic() >= self._begin_at:
            self._begin()
        self.sender = sender
        self._first = self.last = position

    def pause(self) -> None:
        """Note what was read up to here; the next message needs a `turn`."""
        if not self.sender:
            return
        sender, first, last = self.sender, self._first, self.last
        self._done[sender] = last
        self.sender = ""
        if self._has_begun:
            self._note(Read(sender=sender, epoch=last.epoch, first=first.sequence, last=last.sequence))

    def decisive(self, sender: str, position: Position, read_trades: Callable[[], list[Trade]]) -> None:
        """Note a message that raised alerts or armed a rule again; it is read when that is written.

        Its alerts are still to be told.
        """
        if self._has_begun:
            self._note(partial(_decisive, sender, position, read_trades))

    def ruled(self, rules: list[Rule]) -> None:
        """Note that these are the rules from here on."""
        if self._has_begun:
            self.pause()
            self._note(Ruled(rules=[msgspec.to_builtins(rule) for rule in rules]))
            self._write()

    def aimed(self, targets: list[Targets]) -> None:
        """Note that these targets count from here on."""
        if self._has_begun:
            self.pause()
            for each in targets:
                self._note(Aimed(targets=each))
            self._write()

    def noted(self, status: MarketStatus) -> None:
        """Note what is the matter with a symbol from here on."""
        if self._has_begun:
            self.pause()
            self._note(Noted(status=status))
            self._write()

    def write(self, alerts_on_disk: int) -> None:
        """Put the notes on disk, and turn to another day if it has come; *alerts_on_disk* is where the record ends."""
        self.pause()
        self._alerts_on_disk = alerts_on_disk
        self._write()
        today = recording_date(self._clock.now_ns())
        if today != self._day:
            self._day = today
            self._has_begun = False

    def take_news(self) -> list[News]:
        """Return what is to be told of the diary since the last look."""
        news, self._news = self._news, []
        return news

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _begin(self) -> None:
        """Note what is decided with, on disk before anything is decided."""
        standing = self._stand()
        self._has_begun = True
        self._note(
            Began(
                at_ns=self._clock.now_ns(),
                rest_ns=standing.rest_ns,
                alerts=self._alerts_on_disk,
                cursors={sender: (at.epoch, at.sequence) for sender, at in self._done.items()},
                rules=[msgspec.to_builtins(rule) for rule in standing.rules],
                states={rule_id: msgspec.to_builtins(state) for rule_id, state in standing.states.items()},
                targets=standing.targets,
                statuses=standing.statuses,
            )
        )
        self._write()

    def _note(self, note: Note) -> None:
        if self._file is not None:
            self._notes.append(note)

    def _write(self) -> None:
        """Write the notes; what the disk does not take is dropped, and the day begins anew with what is known then."""
        if self._file is None or not self._notes:
            return
        notes, self._notes = self._notes, []
        if not self._file.append(self._day, b"".join(map(_encode, notes))):
            self._has_begun = False
            self._begin_at = self._clock.monotonic() + BEGIN_AGAIN_S
        trouble = self._file.trouble
        if trouble and not self._trouble:
            self._news.append(News("recording_interrupted", {"reason": trouble}))
        elif self._trouble and not trouble:
            self._news.append(News("recording_resumed", {}))
        self._trouble = trouble


def _decisive(sender: str, position: Position, read_trades: Callable[[], list[Trade]]) -> Decisive:
    return Decisive(sender=sender, epoch=position.epoch, number=position.sequence, trades=read_trades())


def _encode(note: Note) -> bytes:
    try:
        return encode_entry(note() if callable(note) else note)
    except DecodeError:
        # A message of which not even we can tell what it says.
        return b""
