"""What a channel is: a way to people that takes one message at a time and says what became of it.

States on disk, order, doubts and their marks, waits, quiet hours, digests and groups are the outbox's, the same for all
channels. A channel says how a message becomes a request, what its answer means (`outcomes`), how fast it may be spoken
to and what it can carry.
"""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from actors.telegram.channels.outcomes import Knocked, Outcome

__all__ = ["Address", "Channel", "ChannelT_co", "Keyboard", "Message", "Opened", "Rates"]

Keyboard = Sequence[Sequence[tuple[str, str]]]
"""Rows of buttons, each with its label and what it sends back when it is pressed."""


class Address(str):
    """What a chat, a topic or a person is called on a channel; it may be a secret, so its `repr` is `***`."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Hide the text."""
        return "***"


class Message(Struct, frozen=True, kw_only=True):
    """One message, ready to go."""

    address: str
    """Where to; an `Address`, where it may be a secret."""
    text: str
    """What shall be read, as it is: a channel escapes what it must. Of a picture its caption."""
    keyboard: Keyboard = ()
    """The buttons under it; a channel without a way back shows none."""
    plain: bool = False
    """Whether it goes without markup, because the channel refused ours."""
    silent: bool = True
    """Whether the phone makes no sound."""
    png: bytes | None = None
    """The picture, if it is one."""
    reply_to: int | None = None
    """The message that a picture replies to; None or 0 where it has no number."""


class Channel(Protocol):
    """A way to people. One object belongs to one thread at a time."""

    def bring(self, message: Message) -> Outcome:
        """Hand *message* over, once, and return what became of it."""

    def knock(self) -> Knocked:
        """Ask whether the other side is there, in place of a message that nobody is to get."""


ChannelT_co = TypeVar("ChannelT_co", bound=Channel, covariant=True)


class Rates(Struct, frozen=True, kw_only=True):
    """How fast it may be spoken to: a little less than what is allowed, since it counts when it arrives."""

    chat_per_s: float = 0.95
    chat_burst: float = 3.0
    group_per_min: float = 19.0
    bot_per_s: float = 28.0
    """For all together, in Telegram the bot."""
    bot_burst: float = 0.0
    """How many may go at once before that rate holds; 0: those of one second."""


class Opened(Struct, Generic[ChannelT_co], frozen=True, kw_only=True):
    """A channel that is in use, and what the outbox must know of it."""

    name: str
    """As deliveries and people's addresses remember it."""
    title: str
    """What the operator calls it."""
    rates: Rates
    open: Callable[[], ChannelT_co]
    """Makes one for a thread."""
    threads: int
    """How many can be spoken to at the same moment."""
    refused: str
    """What the operator is told while we are not let in, with the remedy."""
    unreached: str
    """What the operator is to look at while the other side does not answer."""
    carries_pictures: bool = True
    longest: int = 0
    """How many bytes of UTF-8 a text may have, 0 where the channel sees to that itself."""
    address: str = ""
    """What a person's address may look like, a regular expression; empty where addresses are not given by hand."""
    new_address: Callable[[str], str] = str
    """Makes an address for the person of this name."""
    link: Callable[[str], str] = str
    """Makes of an address the link that opens it on a phone; where there is none, the address."""
