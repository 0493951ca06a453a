"""What belongs to one app key: its keys and tokens, and its REST calls, whose pace all of feed shares."""

from typing import Any

from sqlalchemy import Engine

from actors.feed.session.keys import KeyKeeper, OwnTokens
from actors.feed.store import FeedStore
from actors.kis.client import KisClient
from actors.kis.config import KisConfig
from actors.kis.http import KisHttp
from actors.runtime.actor import Actor
from actors.runtime.config import AppKey

__all__ = ["Account"]


class Account:
    """One app key at work."""

    def __init__(self, actor: Actor[Any], key: AppKey, engine: Engine) -> None:
        """Keep what KIS issues for *key* in feed's database, *engine*."""
        kis = actor.settings.table("kis", KisConfig)
        self.key = key
        """The app key itself."""
        self.store = FeedStore(engine, key.key.reveal())
        """What is kept for it."""
        self._http = KisHttp(kis, key)
        self.keys = KeyKeeper(self._http, self.store, kis, actor.clock)
        """The owner of its approval key and its access token."""
        self.client = KisClient(actor, KisHttp(kis, key), OwnTokens(self.keys, actor.hide))
        """REST calls under it."""

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()
        self.client.close()
