"""Which link carries which stream. Pure: handed the moment, monotonic seconds.

A stream stays where it is. It moves when its link has been down for more than a moment: KIS punishes who subscribes
and unsubscribes in a loop, and most losses last a second. Nothing moves back, so nothing flaps: a link that has
returned takes what nobody carries. Until it has proved itself by a subscription, a link that failed is offered that
only, and so goes on trying.

Where the links carry fewer streams than are wanted, the most important have them. Importance follows the prices, so a
stream gives way only after it has been less important for a while.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from actors.kis.messages import Stream

__all__ = ["Allocation", "LinkState"]


class LinkState(Struct, frozen=True):
    """What decides over a link: how many streams it takes, whether KIS serves it, or whether it waits for work."""

    room: int
    is_up: bool
    is_idle: bool = False


class Allocation:
    """Which link carries which stream, and what has been seen of the links."""

    def __init__(self, patience_s: float) -> None:
        """Carry nothing yet; *patience_s* is how long a link may be down, or a stream less important than others."""
        self._patience_s = patience_s
        self._carriers: dict[Stream, str] = {}
        self._down_since: dict[str, float] = {}
        self._failed: set[str] = set()
        self._outranked_since: dict[Stream, float] = {}

    def allocate(
        self, wanted: Sequence[Stream], links: Mapping[str, LinkState], now: float
    ) -> dict[str, tuple[Stream, ...]]:
        """Return what each of *links* is to carry, the most important first.

        Args:
            wanted: the most important first.
            links: by name; one that is given up is not among them.
            now: monotonic seconds.
        """
        self._judge(links, now)
        ranks = {stream: rank for rank, stream in enumerate(wanted)}
        good = {name: link.room for name, link in links.items() if name not in self._failed}
        rest = {name: link.room for name, link in links.items() if name in self._failed}
        kept = {stream: name for stream, name in self._carriers.items() if stream in ranks and name in links}
        carried = _within_room({stream: name for stream, name in kept.items() if name in good}, good, ranks)
        self._give_way(carried, ranks, good, now)
        _place(carried, wanted, good)
        # What nobody carries is offered to those that failed, to try themselves on.
        tried = {stream: name for stream, name in kept.items() if name in rest and stream not in carried}
        tried = _within_room(tried, rest, ranks)
        _place(tried, [stream for stream in wanted if stream not in carried], rest)
        self._carriers = carried | tried
        return {name: tuple(stream for stream in wanted if self._carriers.get(stream) == name) for name in links}

    def _judge(self, links: Mapping[str, LinkState], now: float) -> None:
        """Note which links have failed, and which have come back."""
        for name, link in links.items():
            if link.is_up:
                self._down_since.pop(name, None)
                self._failed.discard(name)
            elif not link.is_idle and now - self._down_since.setdefault(name, now) >= self._patience_s:
                self._failed.add(name)

    def _give_way(
        self, carried: dict[Stream, str], ranks: Mapping[Stream, int], rooms: Mapping[str, int], now: float
    ) -> None:
        """Let those go that have been less important for a while than streams that have no place."""
        room = sum(rooms.values())
        outranked = [stream for stream in carried if ranks[stream] >= room]
        self._outranked_since = {stream: self._outranked_since.get(stream, now) for stream in outranked}
        waiting = sum(rank < room and stream not in carried for stream, rank in ranks.items())
        missing = waiting - (room - len(carried))
        for stream in sorted(outranked, key=ranks.__getitem__, reverse=True)[: max(0, missing)]:
            if now - self._outranked_since[stream] >= self._patience_s:
                del carried[stream]


def _within_room(
    carriers: dict[Stream, str], rooms: Mapping[str, int], ranks: Mapping[Stream, int]
) -> dict[Stream, str]:
    """Return *carriers* without the least important of a link that carries more than it has room for."""
    left = dict(rooms)
    kept = {}
    for stream in sorted(carriers, key=ranks.__getitem__):
        name = carriers[stream]
        if left[name] > 0:
            left[name] -= 1
            kept[stream] = name
    return kept


def _place(carriers: dict[Stream, str], streams: Iterable[Stream], rooms: Mapping[str, int]) -> None:
    """Give each of *streams* that has no place to the link with the most room, as long as there is any."""
    left = dict(rooms)
    for name in carriers.values():
        left[name] -= 1
    for stream in streams:
        if stream in carriers:
            continue
        roomiest = max(left, key=left.__getitem__, default=None)
        if roomiest is None or left[roomiest] <= 0:
            return
        carriers[stream] = roomiest
        left[roomiest] -= 1
