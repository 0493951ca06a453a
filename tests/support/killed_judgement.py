"""What a campaign of kills did to people: what was lost, wrong, repeated unmarked or out of order.

A text may be missing only where its chat refused it and its delivery is dead for that; where a kill has made us forget
that, it comes marked. A picture may be missing only where its delivery is dead. An update is dealt with once, and again
only where its mark could not be written; its answer may come as often as that, and once more where it waited on disk.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from actors.telegram.outbox.deliveries import Kind, Stage
from protocol.messages import Alert
from simulator.judgement.alert_text import ShownAlert
from tests.support.fickle_telegram import FickleTelegram

__all__ = ["Due", "Ended", "mistakes_of_answers", "mistakes_of_order", "mistakes_of_pictures", "mistakes_of_texts"]


class Due(Struct, frozen=True):
    """An alert, where it was to be brought."""

    alert: Alert
    place: int
    channel: str
    is_sure: bool
    """Whether nothing went wrong any more when it was decided."""

    @property
    def key(self) -> tuple[int, str]:
        """What it is known by there."""
        return self.place, self.alert.symbol


OVER = {Stage.SENT, Stage.DEAD}
UNKNOWN = (None, "no delivery")
Ended = Mapping[tuple[str, Kind, str], tuple[Stage, str]]
"""How each delivery ended, by content, kind and channel, and why."""


def mistakes_of_texts(due: Sequence[Due], ended: Ended, telegram: FickleTelegram) -> list[str]:
    """Return what went wrong with texts."""
    told: dict[tuple[int, str], list[ShownAlert]] = {}
    for taken in telegram.taken:
        for shown in taken.shown:
            told.setdefault((taken.place, shown.symbol), []).append(shown)
    wanted = {each.key for each in due}
    found = [f"misrouted or made up: {key}" for key in told if key not in wanted]
    for each in due:
        texts, is_refused = told.get(each.key, []), each.key in telegram.refused
        stage, reason = ended.get((each.alert.id, Kind.TEXT, each.channel), UNKNOWN)
        if stage not in OVER:
            found.append(f"unfinished: {each.key}: {reason}")
        if stage is Stage.DEAD and not is_refused:
            found.append(f"given up, though nobody refused it: {each.key}: {reason}")
        if not texts and not (is_refused and stage is Stage.DEAD):
            found.append(f"lost: {each.key}")
        if each.is_sure and (len(texts) != 1 or texts[0].is_repeat):
            found.append(f"told {len(texts)} times or marked, though nothing went wrong: {each.key}")
        found += [f"unmarked: {each.key}" for shown in texts[1:] if not shown.is_repeat]
        since = telegram.taken[telegram.refused.get(each.key, len(telegram.taken)) :]
        late = [shown for taken in since for shown in taken.shown if (taken.place, shown.symbol) == each.key]
        found += [f"not given up: {each.key}" for shown in late if not shown.is_repeat]
        found += [f"wrong: {each.key}" for shown in texts if shown.price.amount != each.alert.price]
    return found


def mistakes_of_order(places: Sequence[int], telegram: FickleTelegram) -> list[str]:
    """Return where something came before what is older, but for what was held, or given up and came in spite of it."""
    found = []
    for place in places:
        shown = [each for taken in telegram.taken if taken.place == place for each in taken.shown]
        out_of_turn = {each.symbol for each in shown if each.was_held or (place, each.symbol) in telegram.refused}
        firsts = [symbol for symbol in dict.fromkeys(each.symbol for each in shown) if symbol not in out_of_turn]
        if firsts != sorted(firsts):
            found.append(f"out of order in {place}: {firsts}")
    return found


def mistakes_of_pictures(due: Sequence[Due], ended: Ended, telegram: FickleTelegram) -> list[str]:
    """Return what went wrong with pictures."""
    found = []
    for each in due:
        stage, reason = ended.get((each.alert.id, Kind.PICTURE, each.channel), UNKNOWN)
        known = [taken for taken in telegram.taken if taken.place == each.place]
        pictures = [taken for taken in known if taken.pictured == each.alert.symbol]
        if stage not in OVER:
            found.append(f"unfinished picture: {each.key}: {reason}")
        if not pictures and stage is not Stage.DEAD:
            found.append(f"lost picture: {each.key}")
        if each.is_sure and len(pictures) != 1:
            found.append(f"{len(pictures)} pictures, though nothing went wrong: {each.key}: {reason}")
        found += [f"unmarked picture: {each.key}" for picture in pictures[1:] if not picture.is_repeat]
        for picture in pictures:
            texts = [text for text in known[: known.index(picture)] if each.alert.symbol in text.symbols]
            here = [text.number for text in texts if text.chat_id == picture.chat_id]
            if not texts:
                found.append(f"picture without its text: {each.key}")
            if not picture.png.decode().startswith(f"{each.alert.symbol}-"):
                found.append(f"another picture: {each.key}")
            if picture.replies_to not in (here or [0]):
                found.append(f"picture replies to another message: {each.key}: {picture.replies_to}")
    return found


def mistakes_of_answers(dealt_with: Sequence[int], sure: Sequence[int], telegram: FickleTelegram) -> list[str]:
    """Return what went wrong with answers to updates, of which *sure* are those that were written when all was well.

    Args:
        dealt_with: each time that an update was begun with.
        sure: those that must be answered once.
        telegram: what was taken.
    """
    begun, answered = Counter(dealt_with), Counter(taken.echo for taken in telegram.taken if taken.echo)
    found = [
        f"answered {count} times, dealt with {begun[number]}: {number}"
        for number, count in answered.items()
        if count > begun[number]
    ]
    return found + [
        f"answered {answered[number]} times, though nothing went wrong: {number}"
        for number in sure
        if answered[number] != 1
    ]
