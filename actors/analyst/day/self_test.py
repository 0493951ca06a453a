"""What the self-test before the open finds, from what was read. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from protocol.letters import REHEARSAL, THE_OPERATOR, Check, Letter, SelfTested
from protocol.messages import Market, State

__all__ = ["ChannelState", "Link", "Readings", "Stream", "judge", "self_test_letter"]

MOST_OFFSET_S = 3.0
"""KIS tells its time in whole seconds, and an answer takes a while."""
LIVE, CONFIRMED = "connected", "confirmed"


class Link(Struct, frozen=True, kw_only=True):
    """A connection to KIS, as feed tells of it."""

    link: str
    phase: str
    trouble: str = ""


class Stream(Struct, frozen=True, kw_only=True):
    """What feed wants of KIS for one symbol."""

    symbol: str
    of_trades: bool
    standing: str
    polled: bool = False


class ChannelState(Struct, frozen=True, kw_only=True):
    """A way to people, as telegram tells of it."""

    channel: str
    ok: bool
    found: str


class Readings(Struct, frozen=True, kw_only=True):
    """All that was read of one market."""

    market: Market
    states: Mapping[str, tuple[str, str]]
    """State and reason of each actor but ourselves; an actor that does not answer has no state."""
    links: Sequence[Link] = ()
    streams: Sequence[Stream] = ()
    token_refusal: str | None = ""
    """Why there is no token, empty if there is; None where none is needed."""
    watched: Mapping[str, str]
    """Name by symbol, of what somebody watches there."""
    without_bars: Sequence[str] = ()
    """Symbols that lack the bar of the session before."""
    without_targets: Sequence[str] = ()
    """Symbols of which it is not known yet whether there is a target today."""
    clock_offset_s: float | None = None
    """Our clock less KIS's; None where that cannot be compared."""
    clock_failure: str = ""
    """Why KIS's clock could not be read."""
    channels: Sequence[ChannelState] = ()
    """How the ways to people beside Telegram are, which brings the rehearsal."""
    rehearsal_s: float = 0.0
    """How long a made-up trade took to become a message, seconds."""
    rehearsal_failure: str = ""
    """Where it got stuck, empty if it arrived."""


def judge(read: Readings) -> list[Check]:
    """Return what was looked at, in the order of the line: who, with what, and with which prices."""
    checks = [_actor(name, *found) for name, found in read.states.items()]
    checks.append(_link(read.links))
    if read.token_refusal is not None:
        checks.append(Check(name="token", ok=not read.token_refusal, found=read.token_refusal))
    checks.append(_about("streams", _without_prices(read), read))
    checks.append(_about("bars", read.without_bars, read))
    checks.append(_about("targets", read.without_targets, read))
    checks.append(_clock(read))
    if read.channels:
        checks.append(_channels(read.channels))
    checks.append(_rehearsal(read))
    return checks


def self_test_letter(market: Market, on: date, checks: list[Check]) -> Letter:
    """Return what the operator is told before *market* opens on *on*."""
    matter = SelfTested(market=market, session_date=on, checks=checks)
    return Letter(id=f"analyst:self_test:{market.value}:{on}", person_id=THE_OPERATOR, matter=matter)


def _actor(name: str, state: str, reason: str) -> Check:
    return Check(name=name, ok=state == State.RUNNING.value, found=reason or state)


def _link(links: Sequence[Link]) -> Check:
    lost = [link for link in links if link.phase != LIVE or link.trouble]
    found = ", ".join(f"{link.link}: {link.trouble or link.phase}" for link in lost)
    return Check(name="link", ok=bool(links) and not lost, found=found)


def _without_prices(read: Readings) -> list[str]:
    """Return the symbols of which nobody brings prices: no stream is confirmed, and nobody asks for them."""
    if read.market is Market.US and read.states.get("us_poller", ("", ""))[0] == State.RUNNING.value:
        return []
    of_trades = [stream for stream in read.streams if stream.of_trades]
    brought = {stream.symbol for stream in of_trades if stream.standing == CONFIRMED or stream.polled}
    return [symbol for symbol in read.watched if symbol not in brought]


def _about(name: str, symbols: Sequence[str], read: Readings) -> Check:
    return Check(name=name, ok=not symbols, found=", ".join(read.watched.get(symbol, symbol) for symbol in symbols))


def _clock(read: Readings) -> Check:
    if read.clock_failure:
        return Check(name="clock", ok=False, found=read.clock_failure)
    offset_s = read.clock_offset_s or 0.0
    return Check(name="clock", ok=abs(offset_s) <= MOST_OFFSET_S, found=f"{offset_s:+.0f} s")


def _channels(channels: Sequence[ChannelState]) -> Check:
    away = [channel for channel in channels if not channel.ok]
    return Check(name="channels", ok=not away, found=", ".join(f"{each.channel}: {each.found}" for each in away))


def _rehearsal(read: Readings) -> Check:
    """What is found where it arrived is how long that took, seconds."""
    found = read.rehearsal_failure or f"{read.rehearsal_s:.1f}"
    return Check(name=REHEARSAL, ok=not read.rehearsal_failure, found=found)
