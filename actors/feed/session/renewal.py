"""Have keys and tokens renewed before they are over: nobody's call is to fail for it, nor a connect to wait for it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from actors.feed.session.keys import KeyKeeper, OutOfBudget
from actors.kis.credentials import ACCESS_TOKEN, APPROVAL_KEY
from actors.runtime.actor import Actor
from actors.runtime.errors import ConfigError, TemporaryFailure
from actors.runtime.tasks import Tasks

__all__ = ["Renewal"]

LOOK_S = 120.0
"""Longer than it takes until the budgets allow one more: what fails here leaves one to whoever asks at need."""


class Renewal:
    """Who looks now and then how long everything is good for yet."""

    def __init__(self, actor: Actor[Any], keepers: Mapping[str, KeyKeeper], tasks: Tasks) -> None:
        """Care for what *keepers* keep, by the name of the app key; *tasks* is where asking goes on."""
        self._actor = actor
        self._keepers = keepers
        self._tasks = tasks
        self._renewing: asyncio.Task[None] | None = None
        self._look_at = float("-inf")
        self._failed: set[tuple[str, str]] = set()

    def look(self) -> None:
        """Have renewed what will soon be over."""
        now = self._actor.clock.monotonic()
        if now < self._look_at or (self._renewing is not None and not self._renewing.done()):
            return
        self._look_at = now + LOOK_S
        self._renewing = self._tasks.begin(self._renew())

    async def _renew(self) -> None:
        for name, keeper in self._keepers.items():
            for kind in (ACCESS_TOKEN, APPROVAL_KEY):
                await self._renew_one(name, keeper, kind)

    async def _renew_one(self, name: str, keeper: KeyKeeper, kind: str) -> None:
        """Say of each kind only the first failure; what comes of it is told by whoever needs it."""
        what = name, kind
        try:
            renewed = await keeper.renew_ahead(kind)
        except (OutOfBudget, TemporaryFailure, ConfigError) as failure:
            if what not in self._failed:
                self._failed.add(what)
                self._actor.log.warning("renewal_failed", link=name, kind=kind, reason=str(failure))
            return
        if renewed is not None:
            self._actor.hide(renewed.value)
            self._failed.discard(what)
            self._actor.log.info("credential_renewed", link=name, kind=kind)
