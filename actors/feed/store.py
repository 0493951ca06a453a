"""Feed's database: the keys and tokens that KIS issued, and what is left of each budget; until when trades flowed.

Mode 0600, never logged.
"""

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
    """What feed keeps for one app key."""

    def __init__(self, engine: Engine, app_key: str) -> None:
        """Keep in feed's database what belongs to this app key."""
        self._engine = engine
        self._app_key = app_key

    def credential(self, kind: str) -> Credential | None:
        """Return what is kept of *kind*, None if nothing."""
        query = select(credentials.c.value, credentials.c.issued_at_ns, credentials.c.expires_at_ns)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(*_matches(credentials, self._key(kind)))).first()
        return None if row is None else Credential(*row)

    def keep(self, kind: str, credential: Credential) -> None:
        """Keep *credential* in place of an earlier one; it is on disk when this returns."""
        with self._engine.begin() as connection:
            _replace(connection, credentials, self._key(kind), asdict(credential))

    def forget(self, kind: str) -> bool:
        """Keep nothing of *kind* any more; return whether there was anything."""
        with self._engine.begin() as connection:
            return connection.execute(delete(credentials).where(*_matches(credentials, self._key(kind)))).rowcount > 0

    def spend(self, name: str, budget: Budget, now_ns: int) -> float:
        """Spend one of budget *name*, on disk before this returns; return how many seconds to wait if none is left."""
        key = {"app_key_hash": fingerprint(self._app_key), "name": name}
        # Read and written in one transaction: another instance may spend of the same.
        with self._engine.begin() as connection:
            row = connection.execute(
                select(budgets.c.tokens, budgets.c.counted_at_ns).where(*_matches(budgets, key))
            ).first()
            known = Allowance.full(budget, now_ns) if row is None else Allowance(*row)
            allowance = known.refilled(budget, now_ns)
            wait_s = allowance.wait_s(budget)
            left = allowance.spent() if wait_s == 0 else allowance
            # Where the clock was set back, the wait counts from now on: until the old moment nothing would be refilled.
            if wait_s == 0 or now_ns < known.counted_at_ns:
                _replace(connection, budgets, key, {"tokens": left.left, "counted_at_ns": left.counted_at_ns})
        return wait_s

    def _key(self, kind: str) -> dict[str, str]:
        return {"app_key_hash": fingerprint(self._app_key), "kind": kind}


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


def _replace(connection: Connection, table: Table, key: dict[str, str], values: dict[str, object]) -> None:
    if connection.execute(update(table).where(*_matches(table, key)).values(values)).rowcount == 0:
        connection.execute(insert(table).values(**key, **values))


def _matches(table: Table, key: dict[str, str]) -> list[ColumnElement[bool]]:
    return [table.c[name] == text for name, text in key.items()]
