"""The buttons under an alert: each is a command about its stock that may be typed as well. Pure.

A button is one line of `ALERT_BUTTONS`: the last part of its label's name in the catalogues (`alert.button.…`), and the
command. It is shown to those who may give that command, in the chats where it may be given.
"""

from collections.abc import Iterable, Sequence

from actors.telegram.chat.buttons import Button
from actors.words.catalogue import Words
from protocol.messages import Alert

__all__ = ["ALERT_BUTTONS", "alert_buttons", "patterns_for"]

ALERT_BUTTONS = (
    (("chart", "chart {symbol}"), ("why", "why {id}")),
    (("hour", "mute {symbol} 1h"), ("today", "mute {symbol} today"), ("off", "off {rule_id}")),
)


def patterns_for(may: Iterable[str], words: Words) -> list[list[Button]]:
    """Return the buttons for somebody who may give the commands named in *may*, with gaps for what an alert tells."""
    allowed = set(may)
    rows = [
        [
            Button(words.say(f"alert.button.{label}"), command)
            for label, command in row
            if command.partition(" ")[0] in allowed
        ]
        for row in ALERT_BUTTONS
    ]
    return [row for row in rows if row]


def alert_buttons(alert: Alert, patterns: Sequence[Sequence[Button]]) -> list[list[Button]]:
    """Return the buttons under *alert*, with the gaps of *patterns* filled."""
    gaps = {"symbol": alert.symbol, "id": alert.id, "rule_id": alert.rule_id}
    return [[Button(button.label, button.command.format_map(gaps)) for button in row] for row in patterns]
