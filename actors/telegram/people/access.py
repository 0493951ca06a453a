"""Who may do what, and how a stranger becomes somebody. Pure.

Rights are a person's, never a chat's. An invitation's code is kept as its SHA-256 only, and compared in constant time.
"""

import enum
import hashlib
import hmac
import unicodedata
from collections.abc import Collection, Mapping

__all__ = [
    "EVERYBODY",
    "GROUP_LENGTH",
    "MEMBERS",
    "OPERATOR",
    "OPERATORS",
    "Role",
    "code_hash",
    "matching_role",
    "may",
]


GROUP_LENGTH = 4
"""An invitation's code is written in groups of so many letters."""


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


def may(role: str, who: Collection[Role]) -> bool:
    """Say whether *role*, as it stands in the store, is one of *who*; one that only a newer version knows is none."""
    return any(role == each.value for each in who)


def code_hash(code: str) -> str:
    """Return what is kept of an invitation's *code*: its SHA-256, hexadecimal."""
    return hashlib.sha256(code.strip().encode("utf-8", "replace")).hexdigest()


def matching_role(code: str, roles_by_hash: Mapping[str, str]) -> tuple[str, str] | None:
    """Return hash and role of the unused invitation that *code* opens, however it was typed; None if it opens none.

    All are compared, in constant time, so that the time taken tells nothing.
    """
    found = [code_hash(form).encode() for form in _forms_of(code)]
    matching = None
    for known, role in roles_by_hash.items():
        if any([hmac.compare_digest(known.lower().encode(), each) for each in found]):  # noqa: C419 - compare both
            matching = (known, role)
    return matching


def _forms_of(code: str) -> tuple[str, ...]:
    """Return what may be meant by *code*: itself without blanks, in capitals, and as invitations are written."""
    bare = "".join(unicodedata.normalize("NFKC", code).split())
    letters = "".join(letter for letter in bare.upper() if letter.isalnum())
    groups = [letters[start : start + GROUP_LENGTH] for start in range(0, len(letters), GROUP_LENGTH)]
    return bare, bare.upper(), "-".join(groups)
