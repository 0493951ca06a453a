"""Feed's database: the keys and tokens that KIS issued, and what is left of each budget; until when trades flowed.

Mode 0600, never logged.
"""

from collections.abc import Mapping

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, insert, select, update
from sqlalchemy.exc import OperationalError

from actors.kis.budget import Allowance, Budget
from actors.kis.credentials import Credential, fingerprint
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import reading
from protocol.tables.feed import budgets, credentials, flows

__all__ = ["FeedStore", "FlowStore"]


class FeedStore:
    """What feed keeps for one app key. What the disk does not take counts from memory until it does, in this life."""

    def __init__(self, engine: Engine, app_key: str) -> None:
        """Keep in feed's database what belongs to this app key."""
        self._engine = engine
        self._app_key_hash = fingerprint(app_key)
        self.trouble = ""
        """Why not all of it is on disk; empty while it is."""
        self._unwritten: dict[str, Credential | None] = {}
        """What the disk has not taken, by kind; None is to be forgotten."""
        self._uncounted: dict[str, Allowance] = {}
        """What is left of the budgets whose spending the disk has not taken."""

    def credential(self, kind: str) -> Credential | None:
        """Return what is kept of *kind*, None if nothing."""
        if kind in self._unwritten:
            return self._unwritten[kind]
        query = select(credentials.c.value, credentials.c.issued_at_ns, credentials.c.expires_at_ns)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(*_matches(credentials, self._key(kind=kind)))).first()
        return None if row is None else Credential(*row)

    def keep(self, kind: str, credential: Credential) -> None:
        """Keep *credential* in place of an earlier one; it is on disk when this returns, if the disk takes it."""
        self._unwritten[kind] = credential
        self._write()

    def forget(self, kind: str) -> bool:
        """Keep nothing of *kind* any more; return whether there was anything."""
        was_kept = self.credential(kind) is not None
        self._unwritten[kind] = None
        self._write()
        return was_kept

    def spend(self, name: str, budget: Budget, now_ns: int) -> float:
        """Spend one of budget *name*; return how many seconds to wait if none is left.

        It is on disk before this returns, or counts from memory: nothing is free because the disk is full.
        """
        try:
            # Read and written in one transaction: another instance may spend of the same.
            with self._engine.begin() as connection:
                left, wait_s = self._spent(connection, name, budget, now_ns)
                self._count(connection, name, left)
        except OperationalError as error:
            with reading(self._engine) as connection:
                left, wait_s = self._spent(connection, name, budget, now_ns)
            self._uncounted[name] = left
            self.trouble = _trouble(error)
        else:
            self._uncounted.pop(name, None)
        return wait_s

    def try_again(self) -> None:
        """Write what the disk has not taken yet."""
        if self.trouble:
            self._write()

    def _write(self) -> None:
        try:
            with self._engine.begin() as connection:
                for kind, credential in self._unwritten.items():
                    self._put(connection, kind, credential)
                for name, left in self._uncounted.items():
                    self._count(connection, name, left)
        except OperationalError as error:
            self.trouble = _trouble(error)
            return
        self._unwritten.clear()
        self._uncounted.clear()
        self.trouble = ""

    def _put(self, connection: Connection, kind: str, credential: Credential | None) -> None:
        key = self._key(kind=kind)
        if credential is None:
            connection.execute(delete(credentials).where(*_matches(credentials, key)))
        else:
            _replace(connection, credentials, key, asdict(credential))

    def _count(self, connection: Connection, name: str, left: Allowance) -> None:
        values = {"tokens": left.left, "counted_at_ns": left.counted_at_ns}
        _replace(connection, budgets, self._key(name=name), values)

    def _spent(self, connection: Connection, name: str, budget: Budget, now_ns: int) -> tuple[Allowance, float]:
        """Return what is left once one is spent, and how long to wait if none is left.

        Where the clock was set back, both count from now on: until the old moment nothing would be refilled.
        """
        allowance = self._known(connection, name, Allowance.full(budget, now_ns)).refilled(budget, now_ns)
        wait_s = allowance.wait_s(budget)
        return allowance.spent() if wait_s == 0 else allowance, wait_s

    def _known(self, connection: Connection, name: str, full: Allowance) -> Allowance:
        if name in self._uncounted:
            return self._uncounted[name]
        query = select(budgets.c.tokens, budgets.c.counted_at_ns).where(*_matches(budgets, self._key(name=name)))
        row = connection.execute(query).first()
        return full if row is None else Allowance(*row)

    def _key(self, **of: str) -> dict[str, str]:
        return {"app_key_hash": self._app_key_hash, **of}


class FlowStore:
    """Until when the process has seen everything: it need outlive the process, not a loss of power."""

    def __init__(self, engine: Engine, instance: str) -> None:
        """Work on *engine*, which need not be durable, for one *instance* of the feed."""
        self._engine = engine
        self._instance = instance

    def flowed_until_ns(self) -> int:
        """Return until when everything flowed, UTC epoch ns; 0 if nothing is known."""
        query = select(flows.c.until_ns).where(flows.c.instance == self._instance)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar() or 0

    def note(self, until_ns: int) -> None:
        """Note that everything flowed until that moment.

        Raises:
            TemporaryFailure: the disk is full or the database is locked.
        """
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(flows).where(flows.c.instance == self._instance))
                connection.execute(insert(flows).values(instance=self._instance, until_ns=until_ns))
        except OperationalError as error:
            message = f"expected feed's database to take until when trades flowed, found: {error.orig}"
            raise TemporaryFailure(message) from error

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _trouble(error: OperationalError) -> str:
    return f"expected feed's database to take its keys and budgets, found: {error.orig}"


def _replace(connection: Connection, table: Table, key: dict[str, str], values: Mapping[str, object]) -> None:
    if connection.execute(update(table).where(*_matches(table, key)).values(values)).rowcount == 0:
        connection.execute(insert(table).values(**key, **values))


def _matches(table: Table, key: dict[str, str]) -> list[ColumnElement[bool]]:
    return [table.c[name] == text for name, text in key.items()]
