"""What each person wants to be spared, on disk and, because they are few and only we write them, in memory, too.

A mute that is over is kept for a week: an alert that was decided while it lasted, and could not be brought then, is
told in the digest all the same.
"""

from collections.abc import Iterable
from datetime import time, timedelta

import msgspec
from sqlalchemy import Engine, delete, insert, select, update

from actors.telegram.people.hush import Hush, Mute
from actors.telegram.people.quiet import QuietHours
from actors.telegram.store import transaction
from protocol.messages import Market
from protocol.tables.telegram import hush, mutes

__all__ = ["Hushes"]

KEPT_NS = timedelta(days=7) // timedelta(microseconds=1) * 1_000
NOTHING = Hush()


class Hushes:
    """The tables `hush` and `mutes`; what writes may raise `TemporaryFailure`: the disk is full, or it is locked."""

    def __init__(self, engine: Engine) -> None:
        """Read them. *engine* is durable: who has been told that it will be quiet must be left in peace."""
        self._connection = engine.connect()
        with transaction(self._connection):
            rows = self._connection.execute(select(hush)).all()
            muted = self._connection.execute(select(mutes).order_by(mutes.c.id)).all()
        self._hushes = {
            row.person_id: Hush(
                quiet=_quiet_of(row.quiet_begins, row.quiet_ends, row.wakes_from), rings_from=row.rings_from
            )
            for row in rows
        }
        for row in muted:
            market = Market(row.market) if row.market else None
            mute = Mute(since_ns=row.since_ns, until_ns=row.until_ns, market=market, symbol=row.symbol)
            self._replace(row.person_id, mutes=(*self.of(row.person_id).mutes, mute))

    def of(self, person_id: int) -> Hush:
        """Return what a person wants to be spared."""
        return self._hushes.get(person_id, NOTHING)

    def set_quiet(self, person_id: int, quiet: QuietHours | None) -> None:
        """Let a person have these quiet hours, or none."""
        self._set(person_id, quiet, self.of(person_id).rings_from)

    def set_loudness(self, person_id: int, rings_from: float) -> None:
        """Let alerts ring that are so many σ deep."""
        self._set(person_id, self.of(person_id).quiet, rings_from)

    def mute(self, person_id: int, added: Iterable[Mute], now_ns: int) -> None:
        """Let a person be spared what these mutes say; of the same stock, or of all, they take the place of others."""
        new = list(added)
        symbols = {mute.symbol for mute in new}
        kept = [
            msgspec.structs.replace(mute, until_ns=min(mute.until_ns, now_ns)) if mute.symbol in symbols else mute
            for mute in self.of(person_id).mutes
            if mute.until_ns > now_ns - KEPT_NS
        ]
        replaced = (mutes.c.person_id == person_id) & (mutes.c.until_ns > now_ns) & mutes.c.symbol.in_(symbols)
        with transaction(self._connection):
            self._connection.execute(delete(mutes).where(mutes.c.until_ns <= now_ns - KEPT_NS))
            self._connection.execute(update(mutes).where(replaced).values(until_ns=now_ns))
            self._connection.execute(insert(mutes), [_row(person_id, mute) for mute in new])
        self._replace(person_id, mutes=(*kept, *new))

    def unmute(self, person_id: int, now_ns: int, symbol: str = "") -> bool:
        """End a person's mutes now, all or those of one symbol, and say whether there were any."""
        before = self.of(person_id).mutes
        ended = [mute for mute in before if mute.until_ns > now_ns and symbol in {"", mute.symbol}]
        if not ended:
            return False
        meant = (mutes.c.person_id == person_id) & (mutes.c.until_ns > now_ns)
        if symbol:
            meant &= mutes.c.symbol == symbol
        with transaction(self._connection):
            self._connection.execute(update(mutes).where(meant).values(until_ns=now_ns))
        after = (msgspec.structs.replace(mute, until_ns=now_ns) if mute in ended else mute for mute in before)
        self._replace(person_id, mutes=tuple(after))
        return True

    def _set(self, person_id: int, quiet: QuietHours | None, rings_from: float) -> None:
        row = {
            "person_id": person_id,
            "quiet_begins": f"{quiet.begins:%H:%M}" if quiet else "",
            "quiet_ends": f"{quiet.ends:%H:%M}" if quiet else "",
            "wakes_from": quiet.wakes_from if quiet else 0.0,
            "rings_from": rings_from,
        }
        with transaction(self._connection):
            self._connection.execute(delete(hush).where(hush.c.person_id == person_id))
            self._connection.execute(insert(hush), row)
        self._replace(person_id, quiet=quiet, rings_from=rings_from)

    def _replace(self, person_id: int, **changes: object) -> None:
        self._hushes[person_id] = msgspec.structs.replace(self.of(person_id), **changes)


def _quiet_of(begins: str, ends: str, wakes_from: float) -> QuietHours | None:
    if not begins:
        return None
    return QuietHours(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends), wakes_from=wakes_from)


def _row(person_id: int, mute: Mute) -> dict[str, object]:
    return {
        "person_id": person_id,
        "market": mute.market.value if mute.market else "",
        "symbol": mute.symbol,
        "since_ns": mute.since_ns,
        "until_ns": mute.until_ns,
    }
