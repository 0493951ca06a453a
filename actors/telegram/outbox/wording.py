"""What one message says, in the words of the person who reads it.

What is on disk is never trusted to fit our words: a delivery that cannot be put into them must not end the process,
which would meet it again at every start. An alert goes without words then, a letter does not go at all.
"""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.outbox import Bundle
from actors.telegram.texts.alert_texts import (
    Reader,
    again_line,
    alert_caption,
    alert_text,
    bare_alert_text,
    rehearsal_text,
)
from actors.telegram.texts.group_texts import Told, digest_text, group_text
from actors.telegram.texts.letter_texts import letter_caption, letter_text
from actors.words.catalogue import Words
from protocol.letters import Letter
from protocol.messages import Alert, ReachedAgain
from protocol.rehearsal import is_rehearsal

__all__ = ["FLAWS", "Unwordable", "bare_text_of", "cut_to", "text_of"]

FLAWS = (msgspec.DecodeError, LookupError, ValueError, TypeError, ArithmeticError)
"""What is raised where a row or a text is made of something that does not fit."""
MINUTE = timedelta(minutes=1)
WORTH_SAYING = MINUTE
NOT_LATE = timedelta()
NO_PRICES: Mapping[str, float] = {}


class Unwordable(Exception):  # noqa: N818 - it says what the delivery is
    """There are no words for what a delivery brings."""


def text_of(
    bundle: Bundle,
    reader: Reader,
    prices: Mapping[str, float] = NO_PRICES,
    late_by: timedelta = NOT_LATE,
    again: ReachedAgain | None = None,
) -> str:
    """Return the text of *bundle*, of a picture its caption.

    Args:
        prices: those of now, for a digest.
        late_by: how long its first alert has waited to be brought.
        again: what has happened since then, if it is edited for that.

    Raises:
        Unwordable: it cannot be made of what the deliveries bring.
    """
    try:
        parts = [_text_of_all(bundle, reader, prices)]
        if late_by >= WORTH_SAYING:
            parts.append(reader.words.say("group.late-by", count=late_by // MINUTE))
        if again is not None:
            parts.append(again_line(again, reader))
        return "\n\n".join(parts)
    except FLAWS as error:
        message = f"expected to put it into words, found {error!r}"
        raise Unwordable(message) from error


def bare_text_of(delivery: Delivery) -> str | None:
    """Return what goes in place of an unwordable text; None if nothing does."""
    content = delivery.content
    return bare_alert_text(content, repeat=delivery.doubtful) if isinstance(content, Alert) else None


def cut_to(text: str, longest: int, words: Words) -> str:
    """Return as many whole lines of *text* as fit into *longest* bytes with a line that says that there were more."""
    more = f"\n\n{words.say('group.cut')}"
    room = longest - len(more.encode())
    head = text.encode()[:room].decode(errors="ignore")
    lines, _, _ = head.rpartition("\n")
    return (lines or head).rstrip() + more


def _text_of_all(bundle: Bundle, reader: Reader, prices: Mapping[str, float]) -> str:
    first = bundle[0]
    if not first.missed and len(bundle) == 1:
        return _text_of(first, reader)
    told = [Told(each.content, each.doubtful) for each in bundle if isinstance(each.content, Alert)]
    return digest_text(told, reader, prices) if first.missed else group_text(told, reader)


def _text_of(delivery: Delivery, reader: Reader) -> str:
    repeat, is_text = delivery.doubtful, delivery.kind is Kind.TEXT
    match delivery.content:
        case Letter() as letter:
            return (letter_text if is_text else letter_caption)(letter, reader, repeat=repeat)
        case Alert() as alert if is_rehearsal(alert.symbol):
            return rehearsal_text(alert, reader, repeat=repeat)
        case alert:
            return (alert_text if is_text else alert_caption)(alert, reader, repeat=repeat)
