"""Invitations, and who has tried to come in without one. Durable, so that a restart gives nobody further tries.

A code is good for one person and until it expires; only its hash is kept. It is made of letters that nobody confuses,
may be typed in small ones, and goes into a link as it is (`t.me/BOT?start=CODE` takes letters, digits, - and _).
"""

import secrets
from datetime import timedelta

from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from actors.telegram.people.access import GROUP_LENGTH, Role, code_hash
from actors.telegram.store import transaction
from protocol.tables.telegram import attempts, invitations

__all__ = ["Invitations"]

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 of them: a code of three groups has 59 bits."""
GROUPS = 3
FROM_THE_SHELL = 0
MOST_ATTEMPTS = 5
ATTEMPTS_WINDOW_NS = timedelta(hours=1) // timedelta(microseconds=1) * 1_000
MOST_STRANGERS = 10_000


class Invitations:
    """The tables `invitations` and `attempts`; whatever it is asked may raise `TemporaryFailure`."""

    def __init__(self, engine: Engine, life: timedelta) -> None:
        """Let new invitations count for *life*."""
        self._connection = engine.connect()
        self._life_ns = life // timedelta(microseconds=1) * 1_000

    def make(self, role: Role, now_ns: int, made_by: int = FROM_THE_SHELL) -> tuple[str, int]:
        """Make an invitation, and return its code and until when it counts; *made_by* is a person's number."""
        code = "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
        expires_at_ns = now_ns + self._life_ns
        row = {
            "code_hash": code_hash(code),
            "role": role.value,
            "made_by": made_by,
            "made_at_ns": now_ns,
            "expires_at_ns": expires_at_ns,
        }
        with transaction(self._connection):
            self._connection.execute(insert(invitations), row)
        return code, expires_at_ns

    def open_at(self, now_ns: int, operator_code_hash: str) -> dict[str, str]:
        """Return the roles of the invitations that still count by their code's hash, the operator's own among them."""
        with transaction(self._connection):
            rows = self._connection.execute(select(invitations)).all()
        used = {row.code_hash for row in rows if row.used_at_ns is not None}
        roles = {
            row.code_hash: row.role
            for row in rows
            if row.code_hash not in used and (row.expires_at_ns is None or now_ns < row.expires_at_ns)
        }
        if operator_code_hash and operator_code_hash not in used:
            roles[operator_code_hash] = Role.OPERATOR.value
        return roles

    def allow(self, user_id: int, now_ns: int) -> bool:
        """Say whether this stranger's code may be looked at, and count it if so."""
        columns = attempts.c
        with transaction(self._connection):
            self._connection.execute(delete(attempts).where(columns.first_at_ns <= now_ns - ATTEMPTS_WINDOW_NS))
            tries = self._connection.scalar(select(columns.tries).where(columns.user_id == user_id)) or 0
            if tries >= MOST_ATTEMPTS:
                return False
            counted = upsert(attempts).values(user_id=user_id, tries=1, first_at_ns=now_ns)
            self._connection.execute(
                counted.on_conflict_do_update(index_elements=[columns.user_id], set_={"tries": columns.tries + 1})
            )
            self._forget_the_first()
        return True

    def _forget_the_first(self) -> None:
        """Forget who came first, of too many; a flood of made-up strangers must not fill the disk."""
        columns = attempts.c
        if (self._connection.scalar(select(func.count()).select_from(attempts)) or 0) > MOST_STRANGERS:
            first = select(columns.user_id).order_by(columns.first_at_ns, columns.user_id).limit(1).scalar_subquery()
            self._connection.execute(delete(attempts).where(columns.user_id == first))
