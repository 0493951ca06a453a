"""Approval keys and access tokens: kept, renewed, within budgets that a restart does not forget.

Source: KIS documents of oauth2/Approval and oauth2/tokenP: both live for 24 hours; tokens are issued once a minute.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from actors.feed.store import FeedStore
from actors.kis.budget import Budget
from actors.kis.codes import Reaction
from actors.kis.config import KisConfig
from actors.kis.credentials import ACCESS_TOKEN, APPROVAL_KEY, Credential
from actors.kis.errors import RefusedByKis, ShapeError
from actors.kis.issuance import parse_approval, parse_token
from actors.runtime.clock import Clock
from actors.runtime.errors import ActorError, ConfigError, TemporaryFailure
from protocol.moments import NS

__all__ = ["Issuer", "KeyKeeper", "OutOfBudget", "OwnTokens"]

DAY_S = 86_400
A_MINUTE_S = 60.0

AnswerT = TypeVar("AnswerT")


class OutOfBudget(ActorError):  # noqa: N818 - it states a fact
    """KIS may not be asked again yet."""

    def __init__(self, budget: str, wait_s: float) -> None:
        super().__init__(f"budget of {budget} spent: wait {wait_s:.0f} s")
        self.budget = budget
        self.wait_s = wait_s


class Issuer(Protocol):
    """Who issues them: KIS's gateway. Both raise TemporaryFailure where it cannot be reached."""

    def request_approval(self) -> bytes:
        """Return the answer to a request for an approval key."""

    def request_token(self) -> bytes:
        """Return the answer to a request for an access token."""


class KeyKeeper:
    """The owner of one app key's keys and tokens."""

    def __init__(self, issuer: Issuer, store: FeedStore, config: KisConfig, clock: Clock) -> None:
        self._issuer = issuer
        self._store = store
        self._config = config
        self._clock = clock
        self._asking = asyncio.Lock()

    async def approval_key(self, *, refused: str = "") -> str:
        """Return an approval key that is not over; another one than that which KIS has *refused*.

        Raises:
            OutOfBudget: KIS may not be asked again yet.
            TemporaryFailure: KIS did not do its part.
            ConfigError: KIS refuses our app key.
        """
        async with self._asking:
            kept = self._store.credential(APPROVAL_KEY)
            if kept is not None and kept.value == refused:
                kept = None
            return (await self._good(APPROVAL_KEY, kept)).value

    def forget_approval_key(self) -> bool:
        """Keep no approval key any more, so that the next is a new one; return whether there was one."""
        return self._store.forget(APPROVAL_KEY)

    async def access_token(self, *, refused: bool) -> Credential:
        """Return an access token that is not over; another one than the kept if KIS has *refused* that.

        A token that is younger than a minute is not renewed: somebody else has just asked the same. Raises as
        `approval_key`.
        """
        async with self._asking:
            kept = self._store.credential(ACCESS_TOKEN)
            if kept is not None and refused and self._clock.now_ns() - kept.issued_at_ns >= A_MINUTE_S * NS:
                kept = None
            return await self._good(ACCESS_TOKEN, kept)

    async def renew_ahead(self, kind: str) -> Credential | None:
        """Renew what is kept of *kind* if it will soon be over, and return the new one. Raises as `approval_key`.

        What was never asked for, or has been over for a while, nobody needs.
        """
        async with self._asking:
            kept = self._store.credential(kind)
            now_ns = self._clock.now_ns()
            if kept is None or not kept.is_usable(now_ns, 0) or kept.is_usable(now_ns, self._margin_s):
                return None
            return await self._issue(kind)

    async def token_instead_of(self, refused: str) -> Credential:
        """Return another access token than the *refused* one, the kept if it is another. Raises as `approval_key`."""
        kept = self._store.credential(ACCESS_TOKEN)
        return await self.access_token(refused=kept is None or kept.value == refused)

    @property
    def _margin_s(self) -> float:
        return self._config.credential_margin_s

    async def _good(self, kind: str, kept: Credential | None) -> Credential:
        """Return *kept* if it is good for a while, else another; and *kept* after all where none is to be had."""
        now_ns = self._clock.now_ns()
        if kept is not None and kept.is_usable(now_ns, self._margin_s):
            return kept
        try:
            return await self._issue(kind)
        except (OutOfBudget, TemporaryFailure):
            if kept is None or not kept.is_usable(now_ns, 0):
                raise
            return kept

    async def _issue(self, kind: str) -> Credential:
        if kind == APPROVAL_KEY:
            self._spend(kind, self._config.approval_keys)
            approval = await self._ask(self._issuer.request_approval, parse_approval)
            return self._keep(kind, approval.approval_key, DAY_S)
        self._spend(kind, self._config.access_tokens)
        token = await self._ask(self._issuer.request_token, parse_token)
        return self._keep(kind, token.access_token, token.expires_in)

    def _keep(self, kind: str, value: str, lives_s: float) -> Credential:
        now_ns = self._clock.now_ns()
        credential = Credential(value, now_ns, now_ns + int(lives_s * NS))
        self._store.keep(kind, credential)
        return credential

    def _spend(self, name: str, budget: Budget) -> None:
        wait_s = self._store.spend(name, budget, self._clock.now_ns())
        if wait_s > 0:
            raise OutOfBudget(name, wait_s)

    async def _ask(self, request: Callable[[], bytes], parse: Callable[[bytes], AnswerT]) -> AnswerT:
        try:
            return parse(await asyncio.to_thread(request))
        except RefusedByKis as refusal:
            if refusal.reaction is Reaction.STOP:
                raise ConfigError(str(refusal)) from refusal
            retry_after_s = A_MINUTE_S if refusal.reaction is Reaction.WAIT_A_MINUTE else None
            raise TemporaryFailure(str(refusal), retry_after_s) from refusal
        except ShapeError as error:
            raise TemporaryFailure(str(error)) from error


class OwnTokens:
    """The access tokens of feed's own REST calls; `actors.kis.tokens.Tokens` says what each does."""

    def __init__(self, keeper: KeyKeeper, hide: Callable[[str], None]) -> None:
        """Take them from *keeper*; *hide* takes a secret out of every later log line."""
        self._keeper = keeper
        self._hide = hide

    async def current(self) -> str:
        """Return a token that is not over."""
        return await self._revealed(self._keeper.access_token(refused=False))

    async def renewed(self, refused: str) -> str:
        """Return another token than the one that KIS has *refused*."""
        return await self._revealed(self._keeper.token_instead_of(refused))

    async def _revealed(self, asked: Awaitable[Credential]) -> str:
        try:
            token = (await asked).value
        except OutOfBudget as spent:
            raise TemporaryFailure(str(spent), spent.wait_s) from spent
        self._hide(token)
        return token
