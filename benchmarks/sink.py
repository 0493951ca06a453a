"""A process that plays Telegram, and KIS's approval of a key, as a place where requests arrive: the end of a latency.

It notes the moment in which the last byte of a message was read, and answers, in whatever mood it was told to be. What
the messages say is read later, when the one asker on stdin wants the arrivals.
"""

import asyncio
import enum
import re
import sys
import time
from functools import partial

import msgspec
from msgspec import Struct

__all__ = ["Arrival", "Arrivals", "Behave", "Listening", "Mood", "Phone", "Take"]

HOLD_S = 20.0
SLOW_S = 5.0
RETRY_AFTER_S = 2
_BUSY = (
    b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":%d}}' % RETRY_AFTER_S
)
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
_SYMBOL = re.compile(r"\(([0-9A-Z]{6})\)")
_PRICE = re.compile(r"현재가: ([0-9,]+)원")


class Listening(Struct, frozen=True):
    """The first line: where HTTP is."""

    port: int


class Mood(enum.Enum):
    """What becomes of a message."""

    GOOD = "taken at once"
    SLOW = "taken, and answered after 5 s"
    BUSY = "refused with 429"
    SILENT = "never answered"


class Take(Struct, frozen=True, tag=True):
    """Tell the arrivals since the last time."""


class Behave(Struct, frozen=True, tag=True):
    """Be in another mood from now on; what has arrived is told, too."""

    mood: Mood


class Arrival(Struct, frozen=True):
    """A message for a phone; nanoseconds of the machine's monotonic clock."""

    symbol: str
    price: int
    arrived_ns: int


class Arrivals(Struct, frozen=True):
    """All since the last time, in order."""

    messages: list[Arrival]


class _Message(Struct):
    text: str


_messages = msgspec.json.Decoder(_Message)
_orders = msgspec.json.Decoder(Take | Behave)


class _Answer(Struct, frozen=True):
    """What a request gets, and after how many seconds."""

    body: bytes
    status: bytes = b"200 OK"
    after_s: float = 0.0


class Phone:
    """What has arrived."""

    def __init__(self) -> None:
        self._arrived: list[tuple[int, bytes]] = []
        self._last_id = 0
        self.mood = Mood.GOOD

    def answer(self, path: bytes, body: bytes) -> _Answer | None:
        """Return the answer to a request; None: there is none."""
        now_ns = time.monotonic_ns()
        if path.endswith(b"/sendMessage"):
            return self._take(now_ns, body)
        if path.endswith(b"/getUpdates"):
            # In a while, because nobody has anything to tell the bot.
            return _Answer(b'{"ok":true,"result":[]}', after_s=HOLD_S)
        if path.endswith(b"/oauth2/Approval"):
            return _Answer(b'{"approval_key":"benchmark"}')
        return _Answer(b'{"ok":true,"result":true}')

    def _take(self, now_ns: int, body: bytes) -> _Answer | None:
        if self.mood is Mood.BUSY:
            return _Answer(_BUSY, status=b"429 Too Many Requests")
        self._arrived.append((now_ns, body))
        if self.mood is Mood.SILENT:
            return None
        self._last_id += 1
        answer = b'{"ok":true,"result":{"message_id":%d,"date":0,"chat":{"id":1,"type":"private"}}}' % self._last_id
        return _Answer(answer, after_s=SLOW_S if self.mood is Mood.SLOW else 0.0)

    def take(self) -> Arrivals:
        """Return what has arrived since the last time."""
        arrived, self._arrived = self._arrived, []
        return Arrivals([arrival for moment, body in arrived if (arrival := _read(moment, body))])


def _read(arrived_ns: int, body: bytes) -> Arrival | None:
    text = _messages.decode(body).text
    symbol, price = _SYMBOL.search(text), _PRICE.search(text)
    return Arrival(symbol[1], int(price[1].replace(",", "")), arrived_ns) if symbol and price else None


class _Http(asyncio.Protocol):
    """One kept connection, one request at a time."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._read = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note whom to answer."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type alone
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer as soon as the request is complete."""
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or len(body) < (int(length[1]) if length else 0):
            return
        self._read = b""
        answer = self._phone.answer(head.split(b" ", 2)[1], body)
        if answer is not None and answer.after_s:
            asyncio.get_running_loop().call_later(answer.after_s, partial(self._write, answer))
        elif answer is not None:
            self._write(answer)

    def _write(self, answer: _Answer) -> None:
        if self._transport is not None and not self._transport.is_closing():
            head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self._transport.write(head % (answer.status, len(answer.body)) + answer.body)


def _say(answer: Struct) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()


async def _serve() -> None:
    phone = Phone()
    server = await asyncio.get_running_loop().create_server(lambda: _Http(phone), "127.0.0.1", 0)
    _say(Listening(server.sockets[0].getsockname()[1]))
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        order = _orders.decode(line)
        if isinstance(order, Behave):
            phone.mood = order.mood
        _say(phone.take())


if __name__ == "__main__":
    asyncio.run(_serve())
