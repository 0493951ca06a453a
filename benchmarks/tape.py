"""What is written to a WebSocket: frames packed beforehand, whose cumulative volumes are filled in as they leave.

Feed looks for holes and repeats in the volumes, so they must add up over everything that one client is sent: a walk
that is played again and again, the crossings in between, one order after another.
"""

from collections.abc import Iterable
from typing import NamedTuple

from websockets.frames import Frame, Opcode

from benchmarks.records import SYMBOLS, Record, frames_of

__all__ = ["Packed", "Tape", "pack"]

FIRST_VOLUME = 100_000_000
"""Nine digits, as all that follow have: a frame says its length. The longest benchmark fills a sixth of the room."""
_BLANK = 999_999_999
"""Stands where a cumulative volume will be."""


class Packed(NamedTuple):
    """WebSocket frames that lack nothing but cumulative volumes."""

    trades: list[tuple[bytes, str, int]]
    """What comes before the cumulative volume of each trade, its symbol, and its shares."""
    rest: bytes
    """What comes behind the last one."""


def pack(records: Iterable[Record], per_frame: int, fields: int) -> Packed:
    """Return *records* in WebSocket frames of *per_frame* records of so many *fields*."""
    blank = [record._replace(cumulative_volume=_BLANK) for record in records]
    frames = frames_of(blank, per_frame, fields)
    written = b"".join(Frame(Opcode.TEXT, frame).serialize(mask=False) for frame in frames)
    *pieces, rest = written.split(b"%d" % _BLANK)
    trades = [(piece, record.symbol, record.volume) for piece, record in zip(pieces, blank, strict=False)]
    return Packed(trades, rest)


class Tape:
    """All that one client is sent: how many shares of each symbol were traded so far."""

    def __init__(self) -> None:
        self._volumes = dict.fromkeys(SYMBOLS, FIRST_VOLUME)

    def write(self, packed: Packed) -> bytes:
        """Return the bytes of *packed* frames, whose trades come behind all that were written before."""
        volumes = self._volumes
        texts: list[bytes] = []
        for before, symbol, volume in packed.trades:
            volumes[symbol] = reached = volumes[symbol] + volume
            texts += (before, b"%d" % reached)
        texts.append(packed.rest)
        return b"".join(texts)
