"""Frames that are no good: what a client must count, log once and step over."""

from simulator.kis.connection import BINARY, TEXT

__all__ = ["spoil"]

_PRICE = 2
_GARBAGE = '쓰레기 {"header": <html> ^^^|||'.encode()


def spoil(how: str, payload: bytes) -> tuple[bytes, int]:
    """Return a spoilt neighbour of the good *payload* and the frame's opcode; `simulator.faults.Corrupt` lists *how*."""
    match how:
        case "garbage_text":
            return _GARBAGE, TEXT
        case "garbage_binary":
            return bytes(range(256)), BINARY
        case "truncated":
            return payload[: len(payload) * 2 // 3], TEXT
        case "lying_count":
            head, count, fields = payload.rsplit(b"|", 2)
            return b"|".join((head, b"%03d" % (int(count) + 1), fields)), TEXT
        case "invalid_utf8":
            return payload[:-3] + b"\xff\xfe\xc3", TEXT
        case "null_price":
            return _with_price(payload, b"(null)"), TEXT
        case _:
            return _with_price(payload, b"-1"), TEXT


def _with_price(payload: bytes, price: bytes) -> bytes:
    fields = payload.split(b"^")
    fields[_PRICE] = price
    return b"^".join(fields)
