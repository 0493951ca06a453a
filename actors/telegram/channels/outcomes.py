"""What became of one request to a channel, one class for each thing that is done about it.

    Telegram's answer                                        outcome     next
    200, ok                                                  Sent        done
    DNS, refused, no connection in time, bad certificate     NotSent     again, for ever, 1 → 60 s
    429                                                      Wait        again after what it asks, the chat waits
    time-out or reset after the request was written, 5xx,    Doubtful    again after 2-5 s, marked as a possible
      an answer that cannot be read                                        repeat; after silence later,
                                                                           so that the mark is on the last
    400 can't parse entities                                 Unparsable  again at once, as plain text
    400 upgraded to a supergroup                             Moved       again at once, to its new number
    403, 400 chat not found                                  Refused     given up, the person is unreachable
    another 4xx                                              Rejected    given up, our mistake
    401, 404                                                 BadToken    kept, the operator must act

sendMessage has no idempotency key, so a doubt cannot be resolved; it can only be owned up to.
"""

from msgspec import Struct

__all__ = ["BadToken", "Doubtful", "Moved", "NotSent", "Outcome", "Refused", "Rejected", "Sent", "Unparsable", "Wait"]


class Sent(Struct, frozen=True):
    """The channel took it."""

    message_id: int = 0
    """Its number there, 0 where messages have none."""
    receipt: str = ""
    """What else the channel calls it, where it has no number."""


class NotSent(Struct, frozen=True):
    """It certainly was not taken."""

    reason: str


class Wait(Struct, frozen=True):
    """The channel did not take it and asks this chat to wait."""

    retry_after_s: float
    complaint: str = ""
    """What the operator is told meanwhile, if it is his to mend."""


class Doubtful(Struct, frozen=True):
    """It may have arrived or not."""

    reason: str
    is_at_work: bool = False
    """Whether the other side was only silent, and may still take it."""


class Unparsable(Struct, frozen=True):
    """The channel does not accept our markup."""

    reason: str


class Moved(Struct, frozen=True):
    """The group became a supergroup, which has another number."""

    chat_id: int
    reason: str


class Refused(Struct, frozen=True):
    """This chat does not take messages from us."""

    reason: str


class Rejected(Struct, frozen=True):
    """The channel does not accept this message, whoever it is for."""

    reason: str


class BadToken(Struct, frozen=True):
    """The channel does not let us in."""

    reason: str


Outcome = Sent | NotSent | Wait | Doubtful | Unparsable | Moved | Refused | Rejected | BadToken
