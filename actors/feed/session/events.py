"""What the feed's core is told (events) and what it answers (commands). Keys and tokens are in none of them."""

from msgspec import Struct

from actors.feed.session.subscriptions import Request
from actors.kis.messages import Answer, Stream

__all__ = [
    "Announce",
    "AnswerReceived",
    "AskKey",
    "BudgetSpent",
    "Close",
    "Command",
    "Connect",
    "ConnectFailed",
    "Connected",
    "Disconnected",
    "FeedEvent",
    "KeyFailed",
    "KeyReceived",
    "KeyRefused",
    "ReconnectAsked",
    "Send",
    "StreamsWanted",
    "TellSlotTaken",
    "WakeIn",
    "Woken",
]


class StreamsWanted(Struct, frozen=True):
    """The watch list wants these streams, the most important first."""

    streams: tuple[Stream, ...]


class KeyReceived(Struct, frozen=True):
    """There is an approval key."""


class KeyFailed(Struct, frozen=True):
    """KIS gave no approval key."""

    reason: str
    retry_after_s: float | None = None


class KeyRefused(Struct, frozen=True):
    """KIS refuses the app key itself: no try helps."""

    reason: str


class BudgetSpent(Struct, frozen=True):
    """What was asked for is not affordable yet."""

    budget: str
    wait_s: float


class Connected(Struct, frozen=True):
    """The WebSocket is open."""


class ConnectFailed(Struct, frozen=True):
    """The WebSocket could not be opened."""

    reason: str


class Disconnected(Struct, frozen=True):
    """The WebSocket that was open is closed; told once for each."""

    reason: str


class AnswerReceived(Struct, frozen=True):
    """KIS answered a request."""

    answer: Answer


class Woken(Struct, frozen=True):
    """Time has passed: told after each `WakeIn`, and at least once a second."""

    trades_expected: bool
    """Whether the market is in a stretch of the day in which trades must flow."""


class ReconnectAsked(Struct, frozen=True):
    """The operator wants a new connection."""


FeedEvent = (
    StreamsWanted
    | KeyReceived
    | KeyFailed
    | KeyRefused
    | BudgetSpent
    | Connected
    | ConnectFailed
    | Disconnected
    | AnswerReceived
    | Woken
    | ReconnectAsked
)


class AskKey(Struct, frozen=True):
    """Get an approval key: the one that is kept if it is good; *fresh* is another than that of the last session."""

    fresh: bool


class Connect(Struct, frozen=True):
    """Open the WebSocket, within the budget."""


class Send(Struct, frozen=True):
    """Send a request to KIS."""

    request: Request


class Close(Struct, frozen=True):
    """Close the WebSocket: with a closing handshake, or, where nobody listens, by cutting it."""

    gracefully: bool


class WakeIn(Struct, frozen=True):
    """Tell me `Woken` after so many seconds, instead of when I last said."""

    seconds: float


class Announce(Struct, frozen=True):
    """Log it and publish it as an event; *severity* is info, warning or error."""

    name: str
    severity: str
    details: dict[str, str]


class TellSlotTaken(Struct, frozen=True):
    """Let the operator know that another program uses our app key."""


Command = AskKey | Connect | Send | Close | WakeIn | Announce | TellSlotTaken
