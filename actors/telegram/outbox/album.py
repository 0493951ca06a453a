"""The pictures that deliveries wait for: one for each key, whoever it is for. Pure.

A picture is asked for when the first text with its key has arrived, again while it does not come, and given up after
ten minutes.
"""

from collections import deque

from actors.telegram.outbox.wishes import Wish
from protocol.messages import Picture

__all__ = ["Album"]


class _Page:
    """What is known of one picture, and which deliveries wait for it."""

    def __init__(self, wanted: Wish) -> None:
        self.wanted = wanted
        self.deliveries: set[int] = set()
        self.error = ""
        self.png = b""


class Album:
    """All pictures that some delivery still waits for. Moments are monotonic seconds.

    Both waits are the same for all, so what is due next stands first in a queue: hundreds of pictures on a crash day
    cost no more to look after than one.
    """

    def __init__(self, again_s: float, life_s: float) -> None:
        self._again_s = again_s
        self._life_s = life_s
        self._pages: dict[str, _Page] = {}
        self._page_by_delivery: dict[int, _Page] = {}
        self._to_ask: deque[tuple[float, _Page]] = deque()
        self._to_expire: deque[tuple[float, _Page]] = deque()

    def want(self, delivery_id: int, wish: Wish, now: float) -> bool:
        """Let a delivery wait for the picture that is wished for, and say whether it is here already."""
        page = self._pages.get(wish.key)
        if page is None:
            page = self._pages[wish.key] = _Page(wish)
            self._to_ask.appendleft((now, page))
            self._to_expire.append((now + self._life_s, page))
        page.deliveries.add(delivery_id)
        self._page_by_delivery[delivery_id] = page
        return bool(page.png)

    def forget(self, delivery_id: int) -> None:
        """Note that the delivery is sent or dead; a picture for which nobody waits any more is let go."""
        page = self._page_by_delivery.pop(delivery_id, None)
        if page is not None:
            page.deliveries.discard(delivery_id)
            if not page.deliveries:
                del self._pages[page.wanted.key]

    def due(self, now: float) -> list[Wish]:
        """Return what to ask chart for now, for the first time or again."""
        asked = [page for page in self._pop_until(now, self._to_ask) if not page.png]
        self._to_ask.extend((now + self._again_s, page) for page in asked)
        return [page.wanted for page in asked]

    def expired(self, now: float) -> dict[int, str]:
        """Return the deliveries whose picture did not come in time, and why."""
        late = [page for page in self._pop_until(now, self._to_expire) if not page.png]
        return {
            delivery_id: f"no picture: {page.error}" if page.error else "no picture"
            for page in late
            for delivery_id in page.deliveries
        }

    def on_picture(self, picture: Picture) -> list[int]:
        """Take what chart drew, or why it could not, and return the deliveries that can go now."""
        page = self._pages.get(picture.key)
        if page is None or page.png:
            return []
        page.png, page.error = picture.png, picture.error
        return sorted(page.deliveries) if page.png else []

    def png_of(self, delivery_id: int) -> bytes:
        """Return the picture for which the delivery has waited, empty if it never did.

        Not the one that its reader would wish for now: the language may be another since.
        """
        page = self._page_by_delivery.get(delivery_id)
        return b"" if page is None else page.png

    def _pop_until(self, now: float, queue: deque[tuple[float, _Page]]) -> list[_Page]:
        """Take from *queue* what is due, but for pages that were let go."""
        popped = []
        while queue and queue[0][0] <= now:
            popped.append(queue.popleft()[1])
        return [page for page in popped if self._pages.get(page.wanted.key) is page]
