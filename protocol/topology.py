"""Every channel between actors: pattern, who sends and receives, what it carries. All sockets are made from it.

Each actor binds up to four ports, always under the same names, so that knowing one actor is knowing all:

    publish   PUB     what a newer value replaces; one socket for all of an actor's streams, so their order is kept
    inbox     PULL    what must be handled once; a doorbell, the record lies on disk
    control   ROUTER  questions and answers in JSON, for plain REQ clients too
    replay    ROUTER  what a replayed stream said lately, MessagePack

An endpoint belongs to an (actor, instance) pair: `ipc://RUN_DIR/feed-1.publish`. The steady side binds: of PUB/SUB the
senders, of PUSH/PULL the receivers, of ROUTER who answers; the other side connects. A published frame begins with the
stream's name and a zero byte, so that ZeroMQ filters by prefix.
"""

import enum

from msgspec import Struct

from protocol.errors import UnknownRoute
from protocol.messages import (
    Alert,
    Carried,
    ControlAnswer,
    ControlRequest,
    Event,
    Heartbeat,
    LettersWritten,
    MarketStatus,
    Picture,
    PictureWanted,
    ReachedAgain,
    ReplayChunk,
    ReplayRequest,
    SheetWanted,
    Targets,
    Trades,
    WatchListChanged,
)

__all__ = [
    "ACTORS",
    "CHANNELS",
    "Address",
    "Channel",
    "Pattern",
    "Port",
    "channel_of",
    "publishers_for",
]

ACTORS = ("feed", "us_poller", "analyst", "evaluator", "chart", "telegram", "watchdog")
"""The processes that live by this protocol; `ctl` only visits."""

VISITOR = "ctl"


class Pattern(enum.Enum):
    """How a channel moves its messages."""

    PUB_SUB = "PUB/SUB"
    PUSH_PULL = "PUSH/PULL"
    ROUTER = "ROUTER"


class Port(enum.Enum):
    """The sockets that an actor binds; the value ends its endpoint's name."""

    PUBLISH = "publish"
    INBOX = "inbox"
    CONTROL = "control"
    REPLAY = "replay"


class Address(Struct, frozen=True):
    """One running copy of an actor."""

    actor: str
    instance: str = "1"

    def __str__(self) -> str:
        """`feed-1`, as in file names and logs."""
        return f"{self.actor}-{self.instance}"


class Channel(Struct, frozen=True, kw_only=True):
    """One line of the topology. Water marks are messages queued for one peer, sizes are bytes of one message."""

    name: str
    pattern: Pattern
    port: Port
    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    carries: tuple[type, ...]
    water_mark: int
    max_bytes: int
    replayed: bool = False
    """Whether the publisher keeps the last minute for those who missed it."""
    glancers: tuple[str, ...] = ()
    """Receivers to whom most of it does not matter: they read `Glances` first (`protocol.wire`)."""


KIB = 1024
MIB = 1024 * KIB

CHANNELS = (
    Channel(
        name="trades",
        pattern=Pattern.PUB_SUB,
        port=Port.PUBLISH,
        senders=("feed", "us_poller"),
        receivers=("evaluator", VISITOR),
        carries=(Trades,),
        water_mark=20_000,
        max_bytes=MIB,
        replayed=True,
        glancers=("evaluator",),
    ),
    Channel(
        name="targets",
        pattern=Pattern.PUB_SUB,
        port=Port.PUBLISH,
        senders=("analyst",),
        receivers=("feed", "evaluator", VISITOR),
        carries=(Targets,),
        water_mark=20_000,
        max_bytes=MIB,
    ),
    Channel(
        name="statuses",
        pattern=Pattern.PUB_SUB,
        port=Port.PUBLISH,
        senders=("feed",),
        receivers=("analyst", "evaluator", VISITOR),
        carries=(MarketStatus,),
        water_mark=1_000,
        max_bytes=MIB,
    ),
    Channel(
        name="carried",
        pattern=Pattern.PUB_SUB,
        port=Port.PUBLISH,
        senders=("feed",),
        receivers=("us_poller", VISITOR),
        carries=(Carried,),
        water_mark=100,
        max_bytes=MIB,
    ),
    Channel(
        name="watches",
        pattern=Pattern.PUB_SUB,
        port=Port.PUBLISH,
        senders=("telegram",),
        receivers=("feed", "us_poller", "analyst", "evaluator", VISITOR),
        carries=(WatchListChanged,),
        water_mark=20_000,
        max_bytes=MIB,
    ),
    Channel(
        name="events",
        pattern=Pattern.PUB_SUB,
        port=Port.PUBLISH,
        senders=ACTORS,
        receivers=(VISITOR,),
        carries=(Event,),
        water_mark=20_000,
        max_bytes=MIB,
    ),
    Channel(
        name="heartbeat",
        pattern=Pattern.PUB_SUB,
        port=Port.PUBLISH,
        senders=ACTORS,
        receivers=(*ACTORS, VISITOR),
        carries=(Heartbeat,),
        water_mark=20_000,
        max_bytes=MIB,
    ),
    Channel(
        name="alerts",
        pattern=Pattern.PUSH_PULL,
        port=Port.INBOX,
        senders=("evaluator",),
        receivers=("telegram",),
        carries=(Alert, ReachedAgain),
        water_mark=1_000,
        max_bytes=MIB,
    ),
    Channel(
        name="letters",
        pattern=Pattern.PUSH_PULL,
        port=Port.INBOX,
        senders=("feed", "analyst", "telegram"),
        receivers=("telegram",),
        carries=(LettersWritten,),
        water_mark=100,
        max_bytes=MIB,
    ),
    Channel(
        name="pictures_wanted",
        pattern=Pattern.PUSH_PULL,
        port=Port.INBOX,
        senders=("telegram",),
        receivers=("chart",),
        carries=(PictureWanted, SheetWanted),
        water_mark=1_000,
        max_bytes=MIB,
    ),
    Channel(
        name="pictures",
        pattern=Pattern.PUSH_PULL,
        port=Port.INBOX,
        senders=("chart",),
        receivers=("telegram",),
        carries=(Picture,),
        water_mark=100,
        max_bytes=8 * MIB,
    ),
    Channel(
        name="control",
        pattern=Pattern.ROUTER,
        port=Port.CONTROL,
        senders=(*ACTORS, VISITOR),
        receivers=ACTORS,
        carries=(ControlRequest, ControlAnswer),
        water_mark=1_000,
        max_bytes=MIB,
    ),
    Channel(
        name="replay",
        pattern=Pattern.ROUTER,
        port=Port.REPLAY,
        senders=("evaluator",),
        receivers=("feed", "us_poller"),
        carries=(ReplayRequest, ReplayChunk),
        water_mark=1_000,
        max_bytes=8 * MIB,
    ),
)

_BY_MESSAGE = {carried: channel for channel in CHANNELS for carried in channel.carries}


def channel_of(message_type: type) -> Channel:
    """Return the channel that carries *message_type*; each type travels on exactly one.

    Raises:
        UnknownRoute: no channel carries it.
    """
    try:
        return _BY_MESSAGE[message_type]
    except KeyError:
        message = f"expected a message of protocol.messages, found {message_type.__name__}"
        raise UnknownRoute(message) from None


def publishers_for(actor: str) -> dict[str, tuple[str, ...]]:
    """Return what *actor* subscribes to: the streams it takes from each publishing actor, pulse included."""
    streams: dict[str, list[str]] = {}
    for channel in CHANNELS:
        if channel.pattern is not Pattern.PUB_SUB or channel.name == "heartbeat" or actor not in channel.receivers:
            continue
        for sender in channel.senders:
            streams.setdefault(sender, ["heartbeat"]).append(channel.name)
    if actor == "watchdog":
        streams.update({other: ["heartbeat"] for other in ACTORS if other != actor})
    return {sender: tuple(names) for sender, names in streams.items()}
