"""What feed writes to people: that another program uses an app key, and the account's own fills."""

from collections import Counter
from collections.abc import Callable
from datetime import date

from sqlalchemy import Engine

from actors.feed.config import FeedConfig
from actors.kis.credentials import fingerprint
from actors.kis.fills import Fill
from actors.market.sessions import SEOUL
from actors.runtime.actor import Actor
from actors.runtime.config import AppKey
from actors.runtime.letters import Letters
from protocol.letters import THE_OPERATOR, AppKeyInUse, Letter, OwnFill
from protocol.tables.feed import letters

__all__ = ["Mail", "app_key_in_use", "own_fill"]


def app_key_in_use(app_key: str, link: str, on: date) -> Letter:
    """Return what the operator is told when another program uses our app key: once a day, however often it happens.

    Args:
        app_key: the key; only its fingerprint is kept.
        link: what the operator calls it, empty where there is only one.
        on: the date in Seoul.
    """
    letter_id = f"feed:app_key_in_use:{fingerprint(app_key)[:12]}:{on}"
    return Letter(id=letter_id, person_id=THE_OPERATOR, matter=AppKeyInUse(link=link))


def own_fill(fill: Fill, person_id: int, on: date, number: int) -> Letter:
    """Return what the account's owner is told of *fill*.

    Args:
        fill: what KIS told.
        person_id: the owner.
        on: the date in Seoul.
        number: of this fill among those that KIS tells in the same words, counted from 1.
    """
    letter_id = f"feed:own_fill:{on}:{fill.order}:{fill.filled_at}:{fill.quantity}:{fill.price:g}:{number}"
    matter = OwnFill(
        symbol=fill.symbol,
        name=fill.name,
        venue=fill.venue,
        is_buy=fill.is_buy,
        quantity=fill.quantity,
        price=fill.price,
    )
    return Letter(id=letter_id, person_id=person_id, matter=matter)


class Mail:
    """The letters of one life of the feed."""

    def __init__(self, actor: Actor[FeedConfig], engine: Engine, owner: Callable[[], int | None]) -> None:
        """Write into feed's database *engine*; *owner* says whom own fills are told, None for nobody known."""
        self._actor = actor
        self._letters = Letters(actor, engine, letters)
        self._owner = owner
        self._same: Counter[tuple[date, Fill]] = Counter()

    def tell_key_in_use(self, key: AppKey) -> None:
        """Tell the operator that another program uses *key*."""
        has_several = len(self._actor.secrets.app_keys) > 1
        self._letters.write(app_key_in_use(key.key.reveal(), key.name if has_several else "", self._today()))

    def tell_fill(self, fill: Fill) -> None:
        """Tell the account's owner, and nobody else, of *fill*."""
        owner, today = self._owner(), self._today()
        if owner is None:
            self._actor.log.warning("fill_untold", reason="expected [feed] fills_user_id to be somebody telegram knows")
            return
        self._same[today, fill] += 1
        self._letters.write(own_fill(fill, owner, today, self._same[today, fill]))

    def try_again(self) -> None:
        """Write what the disk has not taken yet."""
        self._letters.try_again()

    def _today(self) -> date:
        return self._actor.clock.now().astimezone(SEOUL).date()
