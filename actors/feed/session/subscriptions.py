"""Which streams are wanted, asked for, confirmed or refused. Pure: it is handed the moment (monotonic seconds).

    WANTED --asked--> ASKED --confirmed--> CONFIRMED --wanted no more--> LEAVING --gone--> forgotten
                        `----refused, or unanswered twice----> REFUSED --its time has come--> ASKED

    CONFIRMED --to be renewed--> LEAVING --gone--> WANTED

One request at a time, because an error answer may not tell which stream it is about; each has a time limit, and a pause
follows it. A session carries a limited number of streams: what is wanted first is asked for first, the rest waits.
"""

import enum
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from actors.kis.codes import Reaction
from actors.kis.messages import Answer, Stream

__all__ = ["Refusal", "Request", "Standing", "Subscription", "Subscriptions"]

NEVER = float("inf")
MOST_TRIES = 2


class Standing(enum.Enum):
    """Where one stream is on its way."""

    WANTED = "wanted"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    LEAVING = "leaving"
    REFUSED = "refused"


class Subscription(Struct, frozen=True):
    """One stream; *reason* says in KIS's words why it is not confirmed, or was not when it was asked for before."""

    standing: Standing
    reason: str = ""
    retry_at: float = NEVER
    is_to_renew: bool = False
    """Whether it is to be let go and asked for anew."""


class Request(Struct, frozen=True):
    """Ask KIS to register *stream*, or to let it go."""

    stream: Stream
    subscribe: bool


class Refusal(Struct, frozen=True):
    """KIS does not give us *stream*."""

    stream: Stream
    code: str
    text: str


class _InFlight(Struct, frozen=True):
    request: Request
    asked_at: float
    tries: int


FORGOTTEN = None

# What an answer makes of a stream. A late answer is as good as one in time; one that does not fit changes nothing.
_ANSWERED: dict[Standing, dict[Reaction, Standing | None]] = {
    Standing.WANTED: {Reaction.CONFIRMED: Standing.CONFIRMED},
    Standing.ASKED: {
        Reaction.CONFIRMED: Standing.CONFIRMED,
        # "Unsubscribed", where we asked for the opposite: it may belong to an earlier wish.
        Reaction.GONE: Standing.REFUSED,
        Reaction.RETRY_LATER: Standing.REFUSED,
        Reaction.NO_ROOM: Standing.REFUSED,
        Reaction.STOP_STREAM: Standing.REFUSED,
    },
    # Unsubscribed without our asking: another session has taken the app key over.
    Standing.CONFIRMED: {Reaction.GONE: Standing.REFUSED},
    # Whatever KIS says to it: a stream that stayed here could not be asked for again.
    Standing.LEAVING: dict.fromkeys(Reaction, FORGOTTEN),
    Standing.REFUSED: {Reaction.CONFIRMED: Standing.CONFIRMED},
}
_REGISTERED = frozenset({Standing.ASKED, Standing.CONFIRMED, Standing.LEAVING})


class Subscriptions:
    """The streams of one session."""

    def __init__(self, limit: int, spacing_s: float, answer_timeout_s: float, retry_s: float) -> None:
        """Want nothing yet.

        Args:
            limit: how many streams a session carries, as far as is known.
            spacing_s: pause between two requests.
            answer_timeout_s: after this time a request is repeated, once.
            retry_s: after this time a stream that was refused for a while is asked for again.
        """
        self._configured_limit = limit
        self._spacing_s = spacing_s
        self._answer_timeout_s = answer_timeout_s
        self._retry_s = retry_s
        self._wanted: dict[Stream, None] = {}
        self._streams: dict[Stream, Subscription] = {}
        self.forget_session()

    @property
    def wanted(self) -> tuple[Stream, ...]:
        """What is wanted, the most important first."""
        return tuple(self._wanted)

    @property
    def confirmed(self) -> frozenset[Stream]:
        """What KIS has promised to send."""
        return frozenset(stream for stream, entry in self._streams.items() if entry.standing is Standing.CONFIRMED)

    @property
    def has_confirmed(self) -> bool:
        """Whether KIS has promised anything at all."""
        return any(entry.standing is Standing.CONFIRMED for entry in self._streams.values())

    @property
    def room(self) -> int:
        """How many streams may be wanted; those that KIS refuses for good take no registration."""
        return self._limit + sum(
            entry.standing is Standing.REFUSED and entry.retry_at == NEVER for entry in self._streams.values()
        )

    def snapshot(self) -> dict[Stream, Subscription]:
        """Return where each stream stands now."""
        return dict(self._streams)

    def want(self, streams: Sequence[Stream]) -> None:
        """Want these *streams* from now on, the most important first, and no others."""
        self._wanted = dict.fromkeys(streams)
        for stream in self._wanted:
            self._streams.setdefault(stream, Subscription(Standing.WANTED))
        for stream, entry in list(self._streams.items()):
            if stream not in self._wanted and entry.standing in {Standing.WANTED, Standing.REFUSED}:
                del self._streams[stream]

    def renew(self, stream: Stream) -> None:
        """Let *stream* go and ask for it anew, if KIS has confirmed it: it brings nothing."""
        entry = self._streams.get(stream)
        if entry is not None and entry.standing is Standing.CONFIRMED:
            self._streams[stream] = replace(entry, is_to_renew=True)

    def forget_session(self) -> None:
        """Begin anew: the session in which all this was asked is over."""
        self._limit = self._configured_limit
        self._in_flight: _InFlight | None = None
        self._next_at = float("-inf")
        self._streams = {stream: Subscription(Standing.WANTED) for stream in self._wanted}

    def next_request(self, now: float) -> Request | None:
        """Return what to ask KIS at this moment, if anything; it counts as asked."""
        if now < self.due_at:
            return None
        if self._in_flight is not None:
            return self._repeat(self._in_flight, now)
        request = self._choose(now)
        return None if request is None else self._ask(request, now, tries=1)

    @property
    def due_at(self) -> float:
        """When `next_request` is worth calling again; `inf` if only an answer or a wish can change anything."""
        if self._in_flight is not None:
            return self._in_flight.asked_at + self._answer_timeout_s
        if any(self._is_leaver(stream, entry) for stream, entry in self._streams.items()):
            return self._next_at
        if not self._has_room():
            return NEVER
        waiting = [
            float("-inf") if entry.standing is Standing.WANTED else entry.retry_at
            for entry in self._streams.values()
            if entry.standing in {Standing.WANTED, Standing.REFUSED}
        ]
        return max(self._next_at, min(waiting, default=NEVER))

    def on_answer(self, answer: Answer, now: float) -> Refusal | None:
        """Take KIS's *answer*; return the refusal if it is a new one."""
        stream = answer.stream or (self._in_flight.request.stream if self._in_flight else None)
        if self._in_flight is not None and stream == self._in_flight.request.stream:
            self._in_flight = None
        if stream is None or stream not in self._streams:
            return None
        before = self._streams[stream].standing
        after = _ANSWERED[before].get(answer.reaction, before)
        if answer.reaction is Reaction.NO_ROOM and before is Standing.ASKED:
            # KIS may carry fewer than was configured; what it carries now is what there is room for.
            self._limit = max(1, self._count(Standing.CONFIRMED))
        if after is Standing.REFUSED and before is not Standing.REFUSED:
            return self._refuse(stream, answer, now)
        if after is FORGOTTEN:
            self._drop(stream)
        elif after is not before:
            self._streams[stream] = Subscription(after)
        return None

    def _refuse(self, stream: Stream, answer: Answer, now: float) -> Refusal | None:
        retry_at = NEVER if answer.reaction is Reaction.STOP_STREAM else now + self._retry_s
        known, reason = self._streams[stream].reason, f"{answer.code} {answer.text}"
        self._streams[stream] = Subscription(Standing.REFUSED, reason, retry_at)
        if stream not in self._wanted:
            self._drop(stream)
        return None if reason == known else Refusal(stream, answer.code, answer.text)

    def _choose(self, now: float) -> Request | None:
        for stream, entry in self._streams.items():
            if self._is_leaver(stream, entry):
                return Request(stream, subscribe=False)
        if not self._has_room():
            return None
        for stream in self._wanted:
            entry = self._streams[stream]
            if entry.standing is Standing.WANTED or (entry.standing is Standing.REFUSED and entry.retry_at <= now):
                return Request(stream, subscribe=True)
        return None

    def _ask(self, request: Request, now: float, tries: int) -> Request:
        standing = Standing.ASKED if request.subscribe else Standing.LEAVING
        # The reason of the last refusal stays, so that the next one like it is no news.
        self._streams[request.stream] = Subscription(standing, self._streams[request.stream].reason)
        self._in_flight = _InFlight(request, now, tries)
        self._next_at = now + self._spacing_s
        return request

    def _repeat(self, unanswered: _InFlight, now: float) -> Request | None:
        request = unanswered.request
        self._in_flight = None
        if unanswered.tries < MOST_TRIES:
            return self._ask(request, now, unanswered.tries + 1)
        if request.subscribe and request.stream in self._wanted:
            reason = f"asked {MOST_TRIES} times, not answered"
            self._streams[request.stream] = Subscription(Standing.REFUSED, reason, now + self._retry_s)
        else:
            self._drop(request.stream)
        return self.next_request(now)

    def _drop(self, stream: Stream) -> None:
        """Forget *stream*, or begin anew with it if somebody has come to want it again."""
        if stream in self._wanted:
            self._streams[stream] = replace(self._streams[stream], standing=Standing.WANTED, reason="")
        else:
            del self._streams[stream]

    def _is_leaver(self, stream: Stream, entry: Subscription) -> bool:
        return entry.standing is Standing.CONFIRMED and (entry.is_to_renew or stream not in self._wanted)

    def _has_room(self) -> bool:
        return sum(entry.standing in _REGISTERED for entry in self._streams.values()) < self._limit

    def _count(self, standing: Standing) -> int:
        return sum(entry.standing is standing for entry in self._streams.values())
