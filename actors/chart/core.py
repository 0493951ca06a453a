"""Decide which picture is drawn next, and which need not be drawn. Pure.

A picture's key says all that makes it what it is (symbol, level, minute, language), so wishes with the same key are one
picture:

    wanted --no such key--> waiting --take--> being drawn --finish--> kept (the last few), answered from there

A failed drawing is not kept: the next wish tries again.
"""

from collections import OrderedDict, deque

from protocol.messages import Picture, PictureWanted, SheetWanted

__all__ = ["PictureDesk", "Wish"]

Wish = PictureWanted | SheetWanted


class PictureDesk:
    """What is wanted, what is being drawn and what was drawn lately."""

    def __init__(self, most_waiting: int, kept_pictures: int) -> None:
        self._most_waiting = most_waiting
        self._waiting: OrderedDict[str, Wish] = OrderedDict()
        self._drawing = ""
        self._kept: deque[Picture] = deque(maxlen=kept_pictures)

    @property
    def waiting(self) -> int:
        """How many pictures are still to be drawn."""
        return len(self._waiting)

    def on_picture_wanted(self, wanted: Wish) -> Picture | None:
        """Return the answer if it is known already; None when it comes after a drawing, one for all who asked."""
        for picture in self._kept:
            if picture.key == wanted.key:
                return picture
        if wanted.key in self._waiting or wanted.key == self._drawing:
            return None
        if len(self._waiting) >= self._most_waiting:
            error = f"expected fewer than {self._most_waiting} pictures to wait, found more"
            return Picture(key=wanted.key, png=b"", error=error)
        self._waiting[wanted.key] = wanted
        return None

    def take(self) -> Wish | None:
        """Return what to draw next, the longest waiting first; None when nothing waits."""
        if not self._waiting:
            return None
        self._drawing, wanted = self._waiting.popitem(last=False)
        return wanted

    def finish(self, picture: Picture) -> None:
        """Note that what was taken is done; a good picture is kept for those who ask again."""
        self._drawing = ""
        if picture.png:
            self._kept.append(picture)
