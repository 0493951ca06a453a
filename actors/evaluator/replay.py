"""Decide a recorded day again, as evaluator did: the same trades in the same order, by the same rules. Pure.

Evaluator's file is a row of openings (`Began`), readings and changes. A life that was killed forgot what it had not
committed, and the next life's opening tells how far its database had come: what the file says beyond that is cut off
here, and what it does not say yet, because the process died between its commit and its notes, is put in. So the plan
reads each message once, and what evaluator never saw does not count.

The alerts are those of the day, ids included, over any number of deaths of any process. Messages that evaluator read
and their publisher did not record (it was killed within a second, its disk was full) are counted; those that raised
alerts evaluator has noted itself, and the others change no decision. Two things are not exact, where evaluator itself
died, or found its disk full, between a commit and its note: the order of two senders of one symbol in that stretch, and
the rules in it if they changed while the disk was full.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from actors.evaluator.core import Evaluator, Standing
from actors.evaluator.rules import Rule, RuleState
from actors.kis.errors import FrameError
from actors.kis.frames import parse_trades
from protocol.errors import DecodeError
from protocol.messages import Alert, Trade
from protocol.recording import Aimed, Arrived, Began, Decisive, Entry, Noted, Opened, Published, Read, Record, Ruled

__all__ = ["Replayed", "Tape", "plan", "replay"]


class Replayed(Struct, kw_only=True):
    """What came of it."""

    alerts: list[Alert] = []
    alerts_before: int = 0
    """The position of the last alert that was on disk when the recording began."""
    messages: int = 0
    """Messages of trades that were read again."""
    unrecorded: int = 0
    """Messages that evaluator read, and that are not recorded: they raised no alerts."""


def plan(records: Iterable[Record]) -> list[Record]:
    """Return the *records* of evaluator's file with each message read once, and up to where the databases had come.

    Raises:
        DecodeError: they do not begin with an opening.
    """
    planned: list[Record] = []
    for record in records:
        match record:
            case Began():
                if planned:
                    for sender, cursor in record.cursors.items():
                        _bring(planned, sender, *cursor)
                planned.append(record)
            case Read() | Decisive() | Ruled() | Aimed() | Noted():
                if not planned:
                    message = (
                        f"expected evaluator's file to say first what it began with, found {type(record).__name__}"
                    )
                    raise DecodeError(message)
                planned.append(record)
    return planned


def replay(planned: Sequence[Record], tapes: Mapping[str, "Tape"]) -> Replayed:
    """Return what evaluator decides when it reads *tapes* (by sender) as *planned*."""
    kept = {(each.sender, each.epoch, each.number): each.trades for each in planned if isinstance(each, Decisive)}
    found = Replayed()
    alerts: dict[str, Alert] = {}
    evaluator = Evaluator(0)
    is_first = True
    for record in planned:
        match record:
            case Began():
                evaluator = Evaluator.standing_at(_standing(record))
                if is_first:
                    found.alerts_before, is_first = record.alerts, False
            case Ruled():
                evaluator.watch(msgspec.convert(record.rules, list[Rule]))
            case Aimed():
                evaluator.aim(record.targets)
            case Noted():
                evaluator.on_status(record.status)
            case Read():
                tape = tapes.get(record.sender)
                messages = tape.read(record) if tape else {}
                for number in range(record.first, record.last + 1):
                    trades = messages.get(number) or kept.get((record.sender, record.epoch, number), [])
                    found.unrecorded += not trades
                    for alert in evaluator.on_trades(trades):
                        alerts.setdefault(alert.id, alert)
                found.messages += record.last - record.first + 1
    found.alerts = list(alerts.values())
    return found


class Tape:
    """The messages of one publisher's file, read forward."""

    def __init__(self, epochs: Sequence[int], entries: Iterable[Entry]) -> None:
        """Begin at the beginning.

        Args:
            epochs: the lives in the file, in its order.
            entries: what is in it.
        """
        self._lives = {epoch: place for place, epoch in enumerate(dict.fromkeys(epochs))}
        self._messages = _messages(entries)
        self._next = next(self._messages, None)

    def read(self, wanted: Read) -> dict[int, list[Trade]]:
        """Return the messages of *wanted* that are recorded, by number; what lies before them is stepped over."""
        life = self._lives.get(wanted.epoch)
        found: dict[int, list[Trade]] = {}
        if life is None:
            return found
        while self._next is not None:
            epoch, number, trades = self._next
            place = self._lives[epoch], number
            if place > (life, wanted.last):
                break
            if place >= (life, wanted.first):
                found[number] = trades
            self._next = next(self._messages, None)
        return found


def _bring(planned: list[Record], sender: str, epoch: int, sequence: int) -> None:
    """Let *planned* read *sender* exactly up to number *sequence* of *epoch*."""
    lives = list(dict.fromkeys(life for life, _ in _places(planned, sender)))
    later = set(lives[lives.index(epoch) + 1 :]) if epoch in lives else set()
    reached = max((number for life, number in _places(planned, sender) if life == epoch), default=0)
    for index, record in reversed(list(enumerate(planned))):
        if not isinstance(record, Read) or record.sender != sender:
            continue
        if record.epoch in later or (record.epoch == epoch and record.first > sequence):
            del planned[index]
        elif record.epoch == epoch and record.last > sequence:
            planned[index] = msgspec.structs.replace(record, last=sequence)
    if reached < sequence:
        planned.append(Read(sender=sender, epoch=epoch, first=reached + 1, last=sequence))


def _places(planned: list[Record], sender: str) -> Iterator[tuple[int, int]]:
    """Yield how far *sender* had been read after each of *planned* that tells it: epoch and number."""
    for record in planned:
        if isinstance(record, Read) and record.sender == sender:
            yield record.epoch, record.last
        elif isinstance(record, Began) and sender in record.cursors:
            yield record.cursors[sender]


def _standing(began: Began) -> Standing:
    return Standing(
        rest_ns=began.rest_ns,
        rules=msgspec.convert(began.rules, list[Rule]),
        targets=began.targets,
        states=msgspec.convert(began.states, dict[str, RuleState]),
        statuses=began.statuses,
    )


def _messages(entries: Iterable[Entry]) -> Iterator[tuple[int, int, list[Trade]]]:
    """Yield epoch, number and trades of each message that can be made again."""
    epoch = 0
    for entry in entries:
        match entry.record:
            case Opened():
                epoch = entry.record.epoch
            case Published(number=number, trades=trades):
                yield epoch, number, trades
            case Arrived(counts=counts) as arrived if counts:
                trades = _parse(arrived, entry.frames)
                if len(trades) != sum(counts):
                    continue  # this version reads the frames otherwise: the messages count as not recorded
                start = 0
                for number, count in enumerate(counts, arrived.first):
                    yield epoch, number, trades[start : start + count]
                    start += count


def _parse(arrived: Arrived, frames: Iterable[bytes]) -> list[Trade]:
    trades: list[Trade] = []
    for frame in frames:
        try:
            trades += parse_trades(frame, arrived.at_ns, [])
        except FrameError:
            continue
    return trades
