"""What an edit may do to an alert that stands in a chat: add one line, or put a newer one in its place.

    ↕️ 3번째 닿았어요 · 지금 70,450원 (14:33:05)        how often the target was reached; the price and time of the last

That line stands below everything, behind an empty one. Whatever else the message says, and its buttons, stay as they
were; each edit counts further than the one before; and its price has reached the target. A message that tells of
several alerts is not edited.
"""

import re

from protocol.rules import Direction
from simulator.judgement.alert_text import PRICE, is_alert, parse_alert, price_in
from simulator.telegram.log import LogLine

__all__ = ["flaw_of_edit", "is_edit_of_alert"]

FOLD = re.compile(rf"\n\n↕️ [^\n]*?(?P<times>\d+)[^\n·]* · [^\n]*?(?P<price>{PRICE.pattern}) \(\d\d:\d\d:\d\d\)\Z")
FIRST = 1
"""The alert itself was the first time."""


def is_edit_of_alert(before: LogLine | None, after: LogLine) -> bool:
    """Say whether an edit is of an alert, or makes a message one."""
    return is_alert(after.text) or (before is not None and is_alert(before.text))


def flaw_of_edit(before: LogLine | None, after: LogLine) -> str:
    """Return what is wrong with an edit of an alert, empty if nothing is.

    Args:
        before: what the message said, as it was sent or edited last; None if it is not known.
        after: the edit.
    """
    if before is None:
        return "edited, though nobody knows what it said"
    try:
        alert = parse_alert(before.text)
    except ValueError as error:
        return f"edited, though it is not one alert: {error}"
    fold = FOLD.search(after.text)
    if fold is None:
        return "edited without saying what happened"
    earlier, price = FOLD.search(before.text), price_in(fold["price"]).amount
    beyond = alert.target.amount - price if alert.direction is Direction.BELOW else price - alert.target.amount
    checks = (
        (after.text[: fold.start()] == FOLD.sub("", before.text), "what it said was changed"),
        (after.keyboard == before.keyboard, "its buttons were changed"),
        (int(fold["times"]) > (int(earlier["times"]) if earlier else FIRST), f"{fold['times']} times is no more"),
        (beyond >= 0, f"{fold['price']} has not reached its target"),
    )
    return ", ".join(flaw for is_right, flaw in checks if not is_right)
