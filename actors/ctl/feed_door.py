"""What a running feed holds of one app key, for `sigmactl kis check`."""

from datetime import datetime

from msgspec import Struct, convert

from actors.ctl.prices import market_time
from actors.runtime.errors import CommandRefused
from actors.runtime.visitor import Visitor
from protocol.messages import Venue
from protocol.topology import Address

__all__ = ["FeedDoor", "find_feed"]

FEED = Address("feed")
ASK_S = 2.0
TOKEN_S = 25.0
CONFIRMED = "confirmed"


class _Link(Struct, frozen=True):
    link: str
    phase: str
    trouble: str = ""


class _Stream(Struct, frozen=True):
    tr_id: str
    symbol: str
    standing: str
    link: str = ""
    reason: str = ""


class _Told(Struct, frozen=True):
    """Feed's answer to `subscriptions`."""

    links: list[_Link]
    streams: list[_Stream]


class FeedDoor:
    """The feed that holds the session of one app key."""

    def __init__(self, visitor: Visitor, told: _Told, name: str) -> None:
        self._visitor = visitor
        self._link = next(link for link in told.links if link.link == name)
        self._streams = [stream for stream in told.streams if stream.link == name]
        self.asks_for_tokens = told.links[0].link == name
        """Whether this is the app key that asks for prices and bars: the first."""

    def check_token(self) -> str:
        """Have feed hold a good token."""
        answer = self._visitor.ask(FEED, "token", {"reason": "missing"}, TOKEN_S)
        return f"feed has one until {market_time(datetime.fromisoformat(str(answer['expires_at'])), Venue.KRX)}"

    def check_link(self) -> str:
        """Say how the connection is.

        Raises:
            CommandRefused: feed complains of it.
        """
        if self._link.trouble:
            message = f"feed: {self._link.trouble}"
            raise CommandRefused(message)
        return f"feed: {self._link.phase}"

    def check_streams(self) -> str:
        """Say how many streams KIS has confirmed; where none is wanted there is nothing to confirm.

        Raises:
            CommandRefused: none is, or feed complains.
        """
        how = self.check_link()
        confirmed = sum(stream.standing == CONFIRMED for stream in self._streams)
        if self._streams and not confirmed:
            first = self._streams[0]
            found = f"{first.tr_id} {first.symbol} {first.standing} {first.reason}".strip()
            message = f"expected a confirmed stream, found {found}; {how}"
            raise CommandRefused(message)
        return f"{how}, {confirmed} of {len(self._streams)} streams confirmed"


def find_feed(visitor: Visitor, name: str) -> FeedDoor | None:
    """Return the feed, if it runs and holds the session of app key *name*."""
    answer = visitor.ask_all([FEED], "subscriptions", timeout_s=ASK_S)[FEED]
    if not isinstance(answer, dict):
        return None
    told = convert(answer, _Told)
    return FeedDoor(visitor, told, name) if any(link.link == name for link in told.links) else None
