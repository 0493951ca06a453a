"""The buttons by which somebody says which of several stocks is meant: each is his command again, with a code."""

from collections.abc import Sequence

from actors.market.names import search_key
from actors.market.symbols import as_code
from actors.telegram.chat.buttons import Button
from actors.telegram.people.watch_list import Ambiguous
from actors.telegram.texts.alert_texts import clean

__all__ = ["choice_buttons"]

MOST_IN_FULL = 6
"""Up to so many choices have a row each, and show their code; more stand two in a row."""


def choice_buttons(name: str, ambiguous: Ambiguous) -> list[list[Button]]:
    """Return a button for each stock that may be meant by the command *name*.

    Where a code is another's name, too, as GS is, the button says that it is a code: else it would be asked back again.
    """
    choices = ambiguous.choices
    names = {search_key(choice.name): choice.symbol for choice in choices}
    is_full = len(choices) <= MOST_IN_FULL
    buttons = []
    for choice in choices:
        label = clean(choice.name) or choice.symbol
        is_name = names.get(search_key(choice.symbol), choice.symbol) != choice.symbol
        said = as_code(choice.symbol) if is_name else choice.symbol
        command = f"{name} {said} {ambiguous.rest}".strip()
        buttons.append(Button(f"{label} ({choice.symbol})" if is_full else label, command))
    return _rows(buttons, 1 if is_full else 2)


def _rows(buttons: Sequence[Button], width: int) -> list[list[Button]]:
    return [list(buttons[start : start + width]) for start in range(0, len(buttons), width)]
