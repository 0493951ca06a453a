"""`sigmactl tail`: what the actors tell each other, as it happens, for a person to read."""

import argparse
from datetime import datetime

from msgspec import structs

from actors.ctl.display import color, put, put_json
from actors.ctl.installation import find_settings
from actors.ctl.prices import percent
from actors.market.money import price_text
from actors.market.sessions import SEOUL, zone_of
from actors.market.sigma import target_price
from actors.runtime.errors import CommandRefused
from actors.runtime.visitor import Visitor
from protocol.messages import Event, Heartbeat, Message, Targets, Trade, Trades, WatchListChanged
from protocol.moments import from_ns
from protocol.topology import CHANNELS, Pattern

__all__ = ["render_message", "show_messages"]

STREAMS = tuple(channel.name for channel in CHANNELS if channel.pattern is Pattern.PUB_SUB)
NOISY = "heartbeat"
LEVELS = (1, 2)


def show_messages(arguments: argparse.Namespace) -> int:
    """Print live messages until Ctrl-C, or for some seconds; 1 if none came in that time."""
    settings = find_settings(arguments)
    for stream in arguments.streams:
        if stream not in STREAMS:
            message = f"expected streams of {', '.join(STREAMS)}; found {stream!r}"
            raise CommandRefused(message)
    wanted = arguments.streams or [stream for stream in STREAMS if stream != NOISY]
    is_empty = True
    with Visitor(settings) as visitor:
        for stream, envelope in visitor.tail(wanted, arguments.seconds):
            is_empty = False
            if "json" in arguments:
                head = {"stream": stream, "sender": envelope.sender, "sequence": envelope.sequence}
                kind = type(envelope.message).__name__
                put_json({**head, "type": kind, "message": _fields(envelope.message)})
            else:
                for line in render_message(envelope.message):
                    put(f"{color(f'{envelope.sender:<12}', 'grey')} {color(f'{stream:<9}', 'cyan')} {line}\n")
    return 1 if is_empty else 0


def render_message(message: Message) -> list[str]:
    """Return *message* in lines for people; nothing for what is never published."""
    match message:
        case Trades(trades=trades):
            return [_trade_line(trade) for trade in trades]
        case Targets():
            return [_targets_line(message)]
        case WatchListChanged(symbols=symbols):
            return ["watched: " + ", ".join(symbols)]
        case Event(name=name, at=at, details=details):
            rest = " ".join(f"{key}={value}" for key, value in details.items())
            return [f"{_clock(at)} {name} {rest}"]
        case Heartbeat():
            return [_beat_line(message)]
        case _:
            return []


def _trade_line(trade: Trade) -> str:
    moment = from_ns(trade.traded_at_ns).astimezone(zone_of(trade.venue))
    change = percent(trade.change / trade.base_price, "+")
    price = price_text(trade.price, trade.venue, "en")
    return f"{moment:%H:%M:%S} {trade.symbol} {price} ({change}) {trade.volume:,} {trade.venue.value}"


def _targets_line(targets: Targets) -> str:
    prices = ", ".join(
        f"{level}σ {price_text(target_price(targets.base_price, targets.sigma, level), targets.venue, 'en')}"
        for level in LEVELS
    )
    base = price_text(targets.base_price, targets.venue, "en")
    return f"{targets.session_date} {targets.symbol} {targets.name} base {base} σ {targets.sigma:.3%}: {prices}"


def _beat_line(beat: Heartbeat) -> str:
    counts = f"progress={beat.progress} queue={beat.queue} memory_mb={beat.memory_mb:g}"
    return f"{_clock(beat.beat_at)} {beat.state.value} {counts} {beat.reason}".rstrip()


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SEOUL):%H:%M:%S}"


def _fields(message: Message) -> dict[str, object]:
    # Over the wire messages are arrays, which a program of today would have to count.
    if isinstance(message, Trades):
        return {"trades": [structs.asdict(trade) for trade in message.trades]}
    return structs.asdict(message)
