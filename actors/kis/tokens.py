"""Where an actor has its access token from.

Feed alone asks KIS for tokens. The others read the token from feed's database, and when there is none, or KIS says that
it has expired, ask feed to renew it. Feed itself has tokens of its own making.
"""

from typing import Any, Protocol

from actors.kis.config import KisConfig
from actors.kis.credentials import ACCESS_TOKEN, read_credential
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused, TemporaryFailure, Unanswered

__all__ = ["FeedsTokens", "Tokens"]


class Tokens(Protocol):
    """The access tokens of one app key. Both questions raise TemporaryFailure; ConfigError if KIS refuses the key."""

    async def current(self) -> str:
        """Return a token that is not over."""

    async def renewed(self, refused: str) -> str:
        """Return another token than the one that KIS has *refused*."""


class FeedsTokens:
    """The tokens in feed's database."""

    def __init__(self, actor: Actor[Any]) -> None:
        self._actor = actor
        self._config = actor.settings.table("kis", KisConfig)

    async def current(self) -> str:
        """Return the token that is there, or have feed get one."""
        return self._stored() or await self.renewed("")

    async def renewed(self, refused: str) -> str:
        """Return another token than the *refused* one; an empty text stands for none."""
        stored = self._stored()
        if stored is not None and stored != refused:
            return stored
        reason = "expired" if refused else "missing"
        try:
            await self._actor.ports.ask("feed", "token", timeout_s=2 * self._config.read_timeout_s, reason=reason)
        except (CommandRefused, Unanswered) as error:
            message = f"expected an access token from feed: {error}"
            raise TemporaryFailure(message) from error
        token = self._stored()
        if token is None:
            message = "expected an access token in feed's database, found none"
            raise TemporaryFailure(message)
        return token

    def _stored(self) -> str | None:
        credential = read_credential(self._actor.settings, self._actor.secrets.kis_app_key.reveal(), ACCESS_TOKEN)
        now_ns = self._actor.clock.now_ns()
        if credential is None or not credential.is_usable(now_ns, margin_s=0):
            return None
        self._actor.hide(credential.value)
        return credential.value
