"""The keys and tokens that KIS issued, as feed keeps them in its database (mode 0600) and the others read them there.

No value of them ever goes through a socket, a log or a message.
"""

import hashlib

from msgspec import Struct

from actors.runtime.config import Settings
from actors.runtime.plain_reader import read_plain
from protocol.moments import NS

__all__ = ["ACCESS_TOKEN", "APPROVAL_KEY", "Credential", "fingerprint", "read_credential"]

APPROVAL_KEY = "approval_key"
ACCESS_TOKEN = "access_token"  # noqa: S105 - a name

CLOCK_STEP_NS = 60 * NS

KEPT = "SELECT value, issued_at_ns, expires_at_ns FROM credentials WHERE app_key_hash = ? AND kind = ?"


class Credential(Struct, frozen=True):
    """A key or token with the moments of its issue and its end, UTC epoch nanoseconds."""

    value: str
    issued_at_ns: int
    expires_at_ns: int

    def is_usable(self, now_ns: int, margin_s: float) -> bool:
        """Say whether it is good for *margin_s* more; one from the future is of another world's clock."""
        return self.issued_at_ns - CLOCK_STEP_NS <= now_ns < self.expires_at_ns - int(margin_s * NS)

    def __repr__(self) -> str:
        """Hide the value."""
        return f"Credential(***, {self.issued_at_ns}, {self.expires_at_ns})"


def fingerprint(app_key: str) -> str:
    """Return what stands for *app_key* in the store."""
    return hashlib.sha256(app_key.encode()).hexdigest()[:32]


def read_credential(settings: Settings, app_key: str, kind: str) -> Credential | None:
    """Return what feed keeps of *kind* for *app_key*, None if nothing.

    Raises:
        TemporaryFailure: its database cannot be read now.
    """
    row = read_plain("feed", settings, lambda feed: feed.execute(KEPT, (fingerprint(app_key), kind)).fetchone())
    return None if row is None else Credential(*row)
