"""A Telegram in the same process that takes or does not take, answers or does not, is blocked, and moves a group.

What it took stands in `taken`, in order. A chat keeps its first number here, its *place*, whatever it is called later.
"""

import random
import re
from collections import Counter

from msgspec import Struct

from actors.telegram.channels.outcomes import (
    BadToken,
    Doubtful,
    Moved,
    NotSent,
    Outcome,
    Refused,
    Rejected,
    Sent,
    Unparsable,
    Wait,
)
from simulator.judgement.alert_text import ShownAlert, is_alert, parse_alerts
from tests.support.reaper import Reaper

__all__ = ["ECHO", "FickleBot", "FickleTelegram", "Taken"]

ECHO = re.compile(r"/echo (\d+)")
"""What people write, which is also what they are answered."""
SYMBOL = re.compile(r"\((\d{6})\)")
SUPERGROUP = -1_000_000_000_000
BAD_CHART = "Bad Request: PHOTO_INVALID_DIMENSIONS"


class Taken(Struct, frozen=True, kw_only=True):
    """A message that Telegram took."""

    place: int
    chat_id: int
    number: int
    """Its number in that chat."""
    shown: tuple[ShownAlert, ...] = ()
    """The alerts that it tells of."""
    echo: int = 0
    """What it answers; 0, if it is no answer."""
    pictured: str = ""
    """The symbol in the caption of a picture; empty, if it is none."""
    png: bytes = b""
    is_repeat: bool = False
    """Whether a picture says that it may be one."""
    replies_to: int = 0
    """The number to which a picture replies, as far as the chat has such a message."""

    @property
    def symbols(self) -> set[str]:
        """The alerts whose text it is."""
        return {each.symbol for each in self.shown}


class FickleTelegram:
    """Once it is *calm* it takes all, as far as the chats do, and says so."""

    def __init__(self, chance: random.Random) -> None:
        self.taken: list[Taken] = []
        self.is_calm = False
        self.blocked: set[int] = set()
        """The places that take nothing."""
        self.refused: dict[tuple[int, str], int] = {}
        """The place and symbol of each alert whose text was refused for that, and how much was taken before."""
        self.put_off: set[int] = set()
        """The answers that were not taken when they were first brought."""
        self._chance = chance
        self._numbers: Counter[int] = Counter()
        self._moved: dict[int, int] = {}
        self._places: dict[int, int] = {}

    def chat_of(self, place: int) -> int:
        """Return the number that a place has now."""
        return next((chat_id for chat_id in reversed(self._places) if self._places[chat_id] == place), place)

    @property
    def moves(self) -> int:
        """How often a group has moved."""
        return len(self._moved)

    def move(self, place: int) -> tuple[int, int]:
        """Give a group another number, and return the old and the new one; a real one moves once."""
        old, new = self.chat_of(place), SUPERGROUP - len(self._places) - 1
        self._moved[old], self._places[new] = new, place
        # People talk there, too.
        self._numbers[new] = self._chance.randrange(60)
        return old, new

    def send_text(self, reaper: Reaper, chat_id: int, text: str, *, plain: bool) -> Outcome:
        """Return what becomes of a text, as far as its sender learns it."""
        reaper.pass_by("before a request")
        echo = ECHO.search(text)
        shown = tuple(parse_alerts(text)) if is_alert(text) else ()
        refusals: list[Outcome] = [] if plain else [Unparsable("can't parse")]
        if len(shown) > 1:
            refusals.append(Rejected("message is too long"))
        outcome = self._refusal(chat_id, refusals)
        if outcome is not None:
            if isinstance(outcome, Refused):
                place, before = self._place_of(chat_id), len(self.taken)
                self.refused |= {(place, each.symbol): before for each in shown}
            if echo is not None:
                self.put_off.add(int(echo[1]))
            return outcome
        number = self._take(chat_id, shown=shown, echo=int(echo[1]) if echo else 0)
        reaper.pass_by("after a request was taken")
        return self._told(number)

    def send_photo(self, reaper: Reaper, chat_id: int, png: bytes, caption: str, reply_to: int | None) -> Outcome:
        """Return what becomes of a picture, as far as its sender learns it."""
        reaper.pass_by("before a picture's request")
        outcome = self._refusal(chat_id, [Rejected(BAD_CHART)])
        if outcome is not None:
            return outcome
        symbols = SYMBOL.findall(caption)
        replies_to = reply_to if reply_to is not None and reply_to <= self._numbers[chat_id] else 0
        number = self._take(chat_id, pictured=symbols[-1], png=png, is_repeat="🔁" in caption, replies_to=replies_to)
        reaper.pass_by("after a picture was taken")
        return self._told(number)

    def _refusal(self, chat_id: int, more: list[Outcome]) -> Outcome | None:
        if not self.is_calm and self._chance.random() < 0.3:
            waits: list[Outcome] = [Wait(1.0), Wait(30.0), Wait(300.0)]
            return self._chance.choice([NotSent("refused"), *waits, BadToken("Unauthorized"), Doubtful("reset"), *more])
        if self._place_of(chat_id) in self.blocked:
            return Refused("Forbidden: bot was blocked by the user")
        if chat_id in self._moved:
            return Moved(self._moved[chat_id], "group chat was upgraded to a supergroup chat")
        return None

    def _take(self, chat_id: int, **fields: object) -> int:
        self._numbers[chat_id] += 1
        number = self._numbers[chat_id]
        message = {"place": self._place_of(chat_id), "chat_id": chat_id, "number": number} | fields
        self.taken.append(Taken(**message))  # type: ignore[arg-type] # each of its own type
        return number

    def _told(self, number: int) -> Outcome:
        return Sent(number) if self.is_calm or self._chance.random() > 0.2 else Doubtful("timed out")

    def _place_of(self, chat_id: int) -> int:
        return self._places.get(chat_id, chat_id)


class FickleBot:
    """A bot whose Telegram is in the same process."""

    def __init__(self, telegram: FickleTelegram, reaper: Reaper) -> None:
        self._telegram = telegram
        self._reaper = reaper

    def send_text(self, chat_id: int, text: str, _keyboard: object, *, plain: bool, silent: bool) -> Outcome:  # noqa: ARG002 - Telegram takes both
        """Send *text*."""
        return self._telegram.send_text(self._reaper, chat_id, text, plain=plain)

    def send_photo(self, chat_id: int, png: bytes, caption: str, reply_to: int | None, *, plain: bool) -> Outcome:  # noqa: ARG002 - Telegram takes both
        """Send a picture."""
        return self._telegram.send_photo(self._reaper, chat_id, png, caption, reply_to)
