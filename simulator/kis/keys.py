"""Approval keys and access tokens: issued, checked, forgotten.

Source: KIS Open API, /oauth2/Approval and /oauth2/tokenP. Both live 24 hours of the world. A token asked for again
within six hours is the same one; asked for twice within a minute it is refused (EGW00133), an approval key twice within
a second (KIS's notice of 2026-04-20, without a code that is known). Limits count real seconds.
"""

import uuid

from simulator.chance import stream
from simulator.state import Keys

__all__ = ["KeyDesk", "TooSoon"]

_SECOND_NS = 1_000_000_000
_HOUR_NS = 3600 * _SECOND_NS
_LIFE_NS = 24 * _HOUR_NS
_SAME_TOKEN_NS = 6 * _HOUR_NS
_MINUTE_NS = 60 * _SECOND_NS


class TooSoon(Exception):  # noqa: N818 - it states a fact
    """A token was asked for twice within a minute, or an approval key twice within a second."""


class KeyDesk:
    """Issues keys and tokens; they are the same for one seed, in the order in which they are asked for."""

    def __init__(
        self, seed: int, keys: Keys, *, token_once_a_minute: bool, approval_once_a_second: bool = False
    ) -> None:
        self._seed = seed
        self._keys = keys
        self._token_once_a_minute = token_once_a_minute
        self._approval_once_a_second = approval_once_a_second
        self._asked_ns: dict[str, int] = {}
        self._approved_ns: dict[str, int] = {}

    def issue_approval(self, app_key: str, world_ns: int, monotonic_ns: int = 0) -> str:
        """Return a new approval key of *app_key*.

        Raises:
            TooSoon: the last one was asked for less than a real second ago.
        """
        asked_ns = self._approved_ns.get(app_key)
        if self._approval_once_a_second and asked_ns is not None and monotonic_ns - asked_ns < _SECOND_NS:
            raise TooSoon
        self._approved_ns[app_key] = monotonic_ns
        key = self._new()
        self._keys.approvals[key] = (app_key, world_ns + _LIFE_NS)
        return key

    def app_key_of(self, approval_key: str, world_ns: int) -> str | None:
        """Return whose *approval_key* this is; None if it is unknown or expired."""
        app_key, expires_ns = self._keys.approvals.get(approval_key, ("", 0))
        return app_key if world_ns < expires_ns else None

    def forget_approval(self, approval_key: str) -> None:
        """Know *approval_key* no more."""
        self._keys.approvals.pop(approval_key, None)

    def forget_approvals(self) -> None:
        """Know no approval key any more."""
        self._keys.approvals.clear()

    def issue_token(self, app_key: str, world_ns: int, monotonic_ns: int) -> tuple[str, int]:
        """Return an access token of *app_key* and when it expires.

        Raises:
            TooSoon: the last one was asked for less than a real minute ago.
        """
        asked_ns = self._asked_ns.get(app_key)
        if self._token_once_a_minute and asked_ns is not None and monotonic_ns - asked_ns < _MINUTE_NS:
            raise TooSoon
        self._asked_ns[app_key] = monotonic_ns
        for token, (owner, issued_ns) in self._keys.tokens.items():
            if owner == app_key and world_ns - issued_ns < _SAME_TOKEN_NS:
                return token, issued_ns + _LIFE_NS
        token = f"{self._new()}.{self._new()}"
        self._keys.tokens[token] = (app_key, world_ns)
        return token, world_ns + _LIFE_NS

    def token_state(self, token: str, app_key: str, world_ns: int) -> str:
        """Return `valid`, `expired` or `unknown` for *token* in the hands of *app_key*."""
        owner, issued_ns = self._keys.tokens.get(token, ("", 0))
        if owner != app_key:
            return "unknown"
        return "valid" if world_ns < issued_ns + _LIFE_NS else "expired"

    def expire_tokens(self) -> None:
        """Let every token expire now."""
        self._keys.tokens = {token: (owner, -_LIFE_NS) for token, (owner, _) in self._keys.tokens.items()}

    def revoke(self, token: str) -> None:
        """Forget *token*."""
        self._keys.tokens.pop(token, None)

    def _new(self) -> str:
        self._keys.issued += 1
        return str(uuid.UUID(int=stream(self._seed, "key", self._keys.issued).getrandbits(128), version=4))
