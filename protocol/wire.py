"""The bytes between actors: a stream's name, a zero byte, and a MessagePack envelope.

    b"trades" 0x00 [sender, epoch, sequence, [type, field, …]]

One part, never several: ZeroMQ filters by the prefix, and a second part costs six times the message. What is pushed or
asked goes without a stream's name in front. `epoch` is one per life of the sending process, `sequence` counts the
messages of one stream in that life, from 1; where there is no stream both are 0.

Decoding survives any bytes: whatever is wrong with them is a `DecodeError`. (msgspec also raises UnicodeDecodeError, a
ValueError, and RecursionError.) A price that is not a number is refused by its type (`protocol.messages`).
"""

from datetime import date
from typing import TypeVar

import msgspec
from msgspec import Struct

from protocol.errors import DecodeError
from protocol.messages import Message, Number, Trade, Trades

__all__ = [
    "Envelope",
    "Glance",
    "Glanced",
    "Glances",
    "decode",
    "decode_published",
    "encode",
    "encode_published",
    "glance_published",
    "topic_of",
]


FoundT = TypeVar("FoundT")


class Envelope(Struct, frozen=True, array_like=True):
    """A message with its origin. `sender` is `feed-1`; see the module for `epoch` and `sequence`."""

    sender: str
    epoch: int
    sequence: int
    message: Message


class Glance(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """The beginning of a `Trade`, by which most trades are seen not to matter: half the price of reading it whole."""

    symbol: str
    price: Number
    day_low: Number
    session_date: date
    traded_at_ns: int


class Glances(Struct, frozen=True):
    """A `Trades` of which the beginning of each trade was read, with the frame that holds the rest."""

    trades: list[Glance]
    frame: bytes

    def whole(self) -> list[Trade]:
        """Return the trades, each whole.

        Raises:
            DecodeError: what follows the beginnings is not as it should be.
        """
        message = decode_published(self.frame)[1].message
        assert isinstance(message, Trades)  # noqa: S101 - for the type alone: its tag was read
        return message.trades


class Glanced(Struct, frozen=True):
    """An `Envelope` around `Glances`."""

    sender: str
    epoch: int
    sequence: int
    message: Glances


class _GlancedTrades(Struct, frozen=True, kw_only=True, array_like=True, tag=Trades.__name__):
    trades: list[Glance]


class _GlancedEnvelope(Struct, frozen=True, array_like=True):
    sender: str
    epoch: int
    sequence: int
    message: _GlancedTrades


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Envelope)
_glancer = msgspec.msgpack.Decoder(_GlancedEnvelope)


def topic_of(stream: str) -> bytes:
    """Return the first bytes of every frame of *stream*, which is also what its subscribers ask ZeroMQ for."""
    return stream.encode("ascii") + b"\0"


def encode(envelope: Envelope) -> bytes:
    """Return *envelope* as the bytes that are pushed or asked."""
    return _encoder.encode(envelope)


def encode_published(stream: str, envelope: Envelope) -> bytes:
    """Return *envelope* as the frame that subscribers of *stream* receive."""
    return topic_of(stream) + _encoder.encode(envelope)


def decode(frame: bytes | memoryview) -> Envelope:
    """Return the envelope in *frame*.

    Raises:
        DecodeError: the bytes are not an envelope with one of our messages, or hold a price that is not a number.
    """
    return _decode(_decoder, frame)


def decode_published(frame: bytes) -> tuple[str, Envelope]:
    """Return the stream's name and the envelope in a published *frame*.

    Raises:
        DecodeError: there is no stream's name in front, or what follows is not an envelope.
    """
    stream, body = _parted(frame)
    return stream, decode(body)


def glance_published(frame: bytes) -> tuple[str, Glanced]:
    """Return the stream's name and the beginnings of the trades in a published *frame*.

    Raises:
        DecodeError: there is no stream's name in front, or what follows is not an envelope around `Trades`.
    """
    stream, body = _parted(frame)
    found = _decode(_glancer, body)
    return stream, Glanced(found.sender, found.epoch, found.sequence, Glances(found.message.trades, frame))


def _parted(frame: bytes) -> tuple[str, memoryview]:
    end = frame.find(b"\0")
    name = frame[:end]
    if end < 0 or not name.isascii():
        message = f"expected a stream's name and a zero byte, found {frame[:24]!r}"
        raise DecodeError(message)
    return name.decode("ascii"), memoryview(frame)[end + 1 :]


def _decode(decoder: msgspec.msgpack.Decoder[FoundT], frame: bytes | memoryview) -> FoundT:
    try:
        return decoder.decode(frame)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        message = f"expected an envelope in MessagePack, found {len(frame)} bytes: {error}"
        raise DecodeError(message) from error
