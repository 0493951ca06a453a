"""The pictures that deliveries wait for: one for each symbol, level and minute, whoever it is for. Pure.

A picture is asked for when the first text with its key has arrived, again while it does not come, and given up after
ten minutes. Once Telegram has it, the next person's is sent by its file id instead of its bytes.
"""

from collections.abc import Iterable

from msgspec import Struct

from protocol.messages import Alert, Picture, PictureWanted

__all__ = ["Album", "Photo", "picture_key"]


class Photo(Struct, frozen=True):
    """A picture to be sent: by the id of a file that Telegram has if there is one, else by its bytes."""

    png: bytes
    file_id: str = ""


class _Page:
    """What is known of one picture."""

    def __init__(self, wanted: PictureWanted, since: float) -> None:
        self.wanted = wanted
        self.since = since
        self.ask_at = since
        self.error = ""
        self.photo: Photo | None = None


def picture_key(alert: Alert) -> str:
    """Return what the pictures of all alerts of one symbol, level and minute have in common."""
    return f"{alert.symbol}-{alert.level:g}-{alert.traded_at:%Y%m%dT%H%M}"


class Album:
    """All pictures that somebody still waits for."""

    def __init__(self, again_s: float, life_s: float) -> None:
        self._again_s = again_s
        self._life_s = life_s
        self._pages: dict[str, _Page] = {}

    def keep(self, alerts: Iterable[Alert], now: float) -> None:
        """Want the pictures of these alerts and of no others; *now* is monotonic seconds."""
        by_key = {picture_key(alert): alert for alert in alerts}
        for key in self._pages.keys() - by_key.keys():
            del self._pages[key]
        for key, alert in by_key.items():
            if key not in self._pages:
                self._pages[key] = _Page(_wish_for(key, alert), now)

    def due(self, now: float) -> list[PictureWanted]:
        """Return what to ask chart for now."""
        asked = []
        for page in self._pages.values():
            if page.photo is None and page.ask_at <= now:
                page.ask_at = now + self._again_s
                asked.append(page.wanted)
        return asked

    def expired(self, now: float) -> dict[str, str]:
        """Return the keys of the pictures that did not come in time, and why."""
        return {
            key: f"no picture: {page.error}" if page.error else "no picture"
            for key, page in self._pages.items()
            if page.photo is None and now - page.since >= self._life_s
        }

    def on_picture(self, picture: Picture) -> None:
        """Take what chart drew, or why it could not; what nobody waits for is dropped."""
        page = self._pages.get(picture.key)
        if page is None or page.photo is not None:
            return
        page.error = picture.error
        if picture.png:
            page.photo = Photo(picture.png)

    def photo_of(self, alert: Alert) -> Photo | None:
        """Return the picture of *alert*, if it has come."""
        page = self._pages.get(picture_key(alert))
        return page.photo if page is not None else None

    def on_uploaded(self, alert: Alert, file_id: str) -> None:
        """Remember that Telegram has the picture of *alert* as *file_id*; empty, that it has not."""
        page = self._pages.get(picture_key(alert))
        if page is not None and page.photo is not None:
            page.photo = Photo(page.photo.png, file_id)


def _wish_for(key: str, alert: Alert) -> PictureWanted:
    return PictureWanted(
        key=key,
        symbol=alert.symbol,
        name=alert.name,
        venue=alert.venue,
        session_date=alert.session_date,
        base_price=alert.base_price,
        sigma=alert.sigma,
        level=alert.level,
        price=alert.price,
        traded_at=alert.traded_at,
    )
