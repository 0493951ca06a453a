"""Who may do what, and how a stranger becomes somebody. Pure.

Rights are a person's, never a chat's. An invitation's code is kept as its SHA-256 only, is compared in constant time
and is good for one person. A stranger is never answered; after five codes within an hour no other is looked at.
"""

import enum
import hashlib
import hmac
from collections import deque
from collections.abc import Collection, Mapping

__all__ = [
    "EVERYBODY",
    "MEMBERS",
    "OPERATOR",
    "OPERATORS",
    "Attempts",
    "Role",
    "code_hash",
    "matching_role",
    "may",
]


class Role(enum.Enum):
    """What somebody is here for; the value is what stands in the store."""

    OPERATOR = "operator"
    """Keeps it running, and may do all."""
    MEMBER = "member"
    """Has stocks of his own."""
    VIEWER = "viewer"
    """Receives, looks, and changes nothing."""


OPERATOR = Role.OPERATOR.value
EVERYBODY = frozenset(Role)
MEMBERS = frozenset({Role.OPERATOR, Role.MEMBER})
OPERATORS = frozenset({Role.OPERATOR})
MOST_ATTEMPTS = 5
ATTEMPTS_WINDOW_S = 3600.0
MOST_STRANGERS = 10_000


def may(role: str, who: Collection[Role]) -> bool:
    """Say whether *role*, as it stands in the store, is one of *who*; one that only a newer version knows is none."""
    return any(role == each.value for each in who)


def code_hash(code: str) -> str:
    """Return what is kept of an invitation's *code*: its SHA-256, hexadecimal."""
    return hashlib.sha256(code.strip().encode("utf-8", "replace")).hexdigest()


def matching_role(code: str, roles_by_hash: Mapping[str, str]) -> tuple[str, str] | None:
    """Return hash and role of the unused invitation that *code* opens, None if it opens none.

    All are compared, in constant time, so that the time taken tells nothing.
    """
    found = code_hash(code)
    matching = None
    for known, role in roles_by_hash.items():
        if hmac.compare_digest(known.lower().encode(), found.encode()):
            matching = (known, role)
    return matching


class Attempts:
    """How often each stranger has tried a code lately; *now* is monotonic seconds."""

    def __init__(self) -> None:
        self._tried_at: dict[int, deque[float]] = {}

    def allow(self, user_id: int, now: float) -> bool:
        """Say whether this stranger's code may be looked at, and count it if so."""
        tried_at = self._tried_at.setdefault(user_id, deque())
        while tried_at and now - tried_at[0] >= ATTEMPTS_WINDOW_S:
            tried_at.popleft()
        if len(tried_at) >= MOST_ATTEMPTS:
            return False
        tried_at.append(now)
        if len(self._tried_at) > MOST_STRANGERS:
            # The one who came first; a flood of made-up strangers must not fill the memory.
            del self._tried_at[next(iter(self._tried_at))]
        return True
