"""Frames that are no good: what a client must count, log once and step over."""

from collections.abc import Callable

from simulator.kis.connection import BINARY, TEXT

__all__ = ["spoil"]

_PRICE = 2
_GARBAGE = '쓰레기 {"header": <html> ^^^|||'.encode()


def spoil(how: str, payload: bytes) -> tuple[bytes, int]:
    """Return a spoilt neighbour of the good *payload* and its opcode; `simulator.faults.Corrupt` lists *how*."""
    if how == "garbage_binary":
        return bytes(range(256)), BINARY
    return _SPOILT_TEXTS[how](payload), TEXT


def _with_lying_count(payload: bytes) -> bytes:
    head, count, fields = payload.rsplit(b"|", 2)
    return b"|".join((head, b"%03d" % (int(count) + 1), fields))


def _with_small_count(payload: bytes) -> bytes:
    """Return two records that call themselves one: twice as wide as any record of this TR."""
    head, _, fields = payload.rsplit(b"|", 2)
    return b"|".join((head, b"001", fields + b"^" + fields))


def _with_price(payload: bytes, price: bytes) -> bytes:
    fields = payload.split(b"^")
    fields[_PRICE] = price
    return b"^".join(fields)


_SPOILT_TEXTS: dict[str, Callable[[bytes], bytes]] = {
    "garbage_text": lambda _: _GARBAGE,
    "truncated": lambda payload: payload[: len(payload) * 2 // 3],
    "lying_count": _with_lying_count,
    "small_count": _with_small_count,
    "no_count": lambda payload: payload.replace(b"|0", b"|x", 1),
    "half_width": lambda payload: b"^".join(payload.split(b"^")[:20]),
    "invalid_utf8": lambda payload: payload[:-3] + b"\xff\xfe\xc3",
    "null_price": lambda payload: _with_price(payload, b"(null)"),
    "negative": lambda payload: _with_price(payload, b"-1"),
}
