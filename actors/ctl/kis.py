"""`sigmactl kis`: what KIS sends, decoded from a recording or seen live."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

import msgspec

from actors.ctl.control import meant_symbol
from actors.ctl.display import put, put_json
from actors.ctl.installation import find_settings
from actors.ctl.prices import percent
from actors.kis.errors import FrameError
from actors.kis.frames import is_data_frame, parse_trades
from actors.market.money import price_text
from actors.market.sessions import zone_of
from actors.runtime.errors import ActorError, CommandRefused
from actors.runtime.recordings import read_entries
from actors.runtime.visitor import Visitor
from protocol.errors import DecodeError
from protocol.messages import Trade, Trades
from protocol.moments import from_ns
from protocol.recording import SUFFIX
from protocol.topology import Address

__all__ = ["decode", "trade_row", "watch", "watch_line"]

NAME_S = 1.0


def decode(arguments: argparse.Namespace) -> int:
    """Print one JSON object a trade; 1 if a frame was not understood."""
    name = arguments.file
    refused_frames = 0
    for number, frame in enumerate(_frames(name), 1):
        refused_frames += not _decode_frame(name, number, frame)
    return 1 if refused_frames else 0


def watch(arguments: argparse.Namespace) -> int:
    """Print each trade of a stock as it comes; 1 if none came.

    Raises:
        CommandRefused, Unanswered: as `meant_symbol`.
    """
    settings, symbol = find_settings(arguments), meant_symbol(arguments)
    is_empty = True
    with Visitor(settings) as visitor:
        name = _name_of(visitor, symbol)
        for _, envelope in visitor.tail(["trades"], arguments.seconds):
            trades = envelope.message.trades if isinstance(envelope.message, Trades) else []
            for trade in trades:
                if trade.symbol == symbol:
                    is_empty = False
                    put_json(trade_row(trade)) if "json" in arguments else put(watch_line(trade, name))
            sys.stdout.flush()
    if is_empty:
        sys.stderr.write(
            f"sigmactl: expected trades of {symbol} within {arguments.seconds:g} s, found none: is its market "
            "open, is the code right, does somebody watch it (sigmactl targets), is feed running (sigmactl status)?\n"
        )
    return 1 if is_empty else 0


def trade_row(trade: Trade) -> dict[str, object]:
    """Return *trade* for programs; its moments are ISO 8601 with the offset of its exchange."""
    zone = zone_of(trade.venue)
    low_at = from_ns(trade.day_low_at_ns).astimezone(zone).isoformat() if trade.day_low_at_ns else None
    return {
        "symbol": trade.symbol,
        "venue": trade.venue.value,
        "session_date": trade.session_date.isoformat(),
        "session": trade.session.value,
        "price": _short(trade.price),
        "change": _short(trade.change),
        "base_price": _short(trade.base_price),
        "volume": trade.volume,
        "cumulative_volume": trade.cumulative_volume,
        "day_low": _short(trade.day_low) if trade.day_low else None,
        "day_low_at": low_at,
        "traded_at": from_ns(trade.traded_at_ns).astimezone(zone).isoformat(),
    }


def watch_line(trade: Trade, name: str) -> str:
    """Return *trade* for people: name, price, change from the base price, time at the exchange.

    All else that `sigmactl` prints is English. This line is Korean, as that of `kis_websocket.py` was.
    """
    moment = from_ns(trade.traded_at_ns).astimezone(zone_of(trade.venue))
    change = price_text(trade.change, trade.venue, "ko", "+")
    share = percent(trade.change / trade.base_price, "+")
    return (
        f"{name} ({trade.symbol})  현재가: {price_text(trade.price, trade.venue, 'ko')}  전일대비: {change} ({share})  "
        f"체결시간: {moment:%H:%M:%S}\n"
    )


def _frames(name: str) -> Iterator[bytes]:
    """Yield the frames in a recorded day's file, or the lines of a text.

    Raises:
        CommandRefused: it cannot be read.
    """
    if name.endswith(SUFFIX):
        try:
            for entry in read_entries(Path(name)):
                yield from entry.frames
        except (OSError, DecodeError) as error:
            message = f"{name}: expected a recorded day's file, found {error}"
            raise CommandRefused(message) from error
        return
    with _open(name) as file:
        for line in file:
            frame = line.strip(b"\r\n")
            yield b"" if frame.startswith(b"#") else frame


def _open(name: str) -> AbstractContextManager[BinaryIO]:
    if name == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        message = f"{name}: expected a file of frames, found {error.strerror}"
        raise CommandRefused(message) from error


def _decode_frame(name: str, number: int, frame: bytes) -> bool:
    """Print the trades of one frame and say whether it was understood; *number* is the frame's, or its line's."""
    if not frame.strip():
        return True
    refused: list[FrameError] = []
    trades: Iterable[Trade] = ()
    try:
        if is_data_frame(frame) or not _is_json(frame):
            trades = parse_trades(frame, 0, refused)
    except FrameError as error:
        refused.append(error)
    for trade in trades:
        put_json(trade_row(trade))
    for complaint in refused:
        sys.stderr.write(f"sigmactl: {name}:{number}: {complaint}\n")
    return not refused


def _is_json(frame: bytes) -> bool:
    """Say whether *frame* is one of the JSON texts that come over the same socket: acknowledgements, PINGPONG."""
    try:
        msgspec.json.decode(frame)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True


def _short(price: float) -> float:
    """Return *price* as an int where it is whole, and without the noise of floats: US prices have four decimals."""
    rounded = round(price, 4)
    return int(rounded) if rounded.is_integer() else rounded


def _name_of(visitor: Visitor, symbol: str) -> str:
    """Return what people call *symbol*; the code itself if analyst does not know."""
    answer = visitor.ask_all([Address("analyst")], "find", {"symbol": symbol}, NAME_S)[Address("analyst")]
    return symbol if isinstance(answer, ActorError) else str(answer.get("name", symbol))
