"""What is known of instruments: the table `instruments`, filled from master files and by what KIS REST answered.

It stays on disk. A search looks through it row by row and keeps none but the few that it finds: about 16,000
instruments are listed, which would else lie in memory for months.
"""

import itertools
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from sqlalchemy import Engine, Row, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from actors.analyst.bars.history import Instrument
from actors.analyst.instruments.search import likeness
from actors.kis.masters import Listing
from actors.market.names import has_bare_consonant, initials_of, search_key
from actors.market.naming import Candidate, Searched, best
from protocol.messages import Venue
from protocol.moments import from_ns, to_ns
from protocol.tables.analyst import instruments, master_files

__all__ = ["Catalogue"]

CHUNK = 500
"""Rows a transaction, so that nobody waits long for ours."""
MOST_CANDIDATES = 10
KEPT = frozenset({"symbol", "is_on_nxt"})
"""What a listing does not change."""

WARNINGS = {1: "caution", 2: "warning", 3: "risk"}
EX_CODES = {
    "01": "ex-rights",
    "02": "ex-dividend",
    "03": "ex-distribution",
    "04": "ex-rights and dividend",
    "05": "ex-interim dividend",
    "06": "ex-rights and interim dividend",
    "99": "ex-other",
}


class Catalogue:
    """The instruments, in a database that is ours to write, or only to read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def instrument(self, symbol: str) -> Instrument | None:
        """Return what is known of *symbol*."""
        with self._engine.connect() as connection:
            row = connection.execute(select(instruments).where(instruments.c.symbol == symbol)).first()
        return None if row is None else _instrument(row)

    def kind_of(self, symbol: str) -> str:
        """Return `share`, `etf` or `etn`, empty where no master file has told it."""
        with self._engine.connect() as connection:
            return connection.scalar(select(instruments.c.kind).where(instruments.c.symbol == symbol)) or ""

    def base_price(self, symbol: str, since: datetime) -> float | None:
        """Return the base price of *symbol* in a master file read at *since* or later, None if there is none."""
        columns = instruments.c
        wanted = select(columns.base_price).where(columns.symbol == symbol, columns.checked_at_ns >= to_ns(since))
        with self._engine.connect() as connection:
            return connection.scalar(wanted.where(columns.file != "")) or None

    def fitting(self, key: str, watched: Collection[str]) -> list[Candidate]:
        """Return the instruments that fit *key* letter by letter, the likeliest first; reads the whole table."""
        return best(key, self._rows(key), watched, MOST_CANDIDATES)

    def alike(self, key: str, watched: Collection[str]) -> list[Candidate]:
        """Return the instruments that are like *key*, the likeliest first; reads the whole table."""
        return best(key, self._rows(None), watched, MOST_CANDIDATES, likeness)

    def read_at(self, file: str) -> datetime | None:
        """Return when the master file *file* was last read to its end."""
        with self._engine.connect() as connection:
            read_at_ns = connection.scalar(select(master_files.c.read_at_ns).where(master_files.c.file == file))
        return None if read_at_ns is None else from_ns(read_at_ns)

    def is_filled(self) -> bool:
        """Say whether any master file has been read."""
        with self._engine.connect() as connection:
            return connection.scalar(select(master_files.c.file).limit(1)) is not None

    def keep_instrument(self, instrument: Instrument, checked_at: datetime) -> None:
        """Remember *instrument* as KIS REST told it, in place of what was known of its symbol."""
        row = _row(instrument.symbol, instrument.name, "", instrument.venue, checked_at)
        self._upsert([row])

    def keep_listings(self, file: str, listings: Iterable[Listing], read_at: datetime) -> int:
        """Put *listings* in place of what was known of their symbols, and return how many there were."""
        count = 0
        rows = (_listed_row(file, listing, read_at) for listing in listings)
        while chunk := list(itertools.islice(rows, CHUNK)):
            self._upsert(chunk)
            count += len(chunk)
        return count

    def keep_nxt(self, symbol: str, *, is_on_nxt: bool) -> None:
        """Remember whether NXT lists *symbol*, which is known already."""
        statement = update(instruments).where(instruments.c.symbol == symbol).values(is_on_nxt=is_on_nxt)
        with self._engine.begin() as connection:
            connection.execute(statement)

    def close_file(self, file: str, read_at: datetime, count: int, damaged: int) -> None:
        """Forget what *file* listed before *read_at* and lists no longer, and note that it has been read."""
        row = {"file": file, "read_at_ns": to_ns(read_at), "instruments": count, "damaged": damaged}
        statement = upsert(master_files).values(row)
        is_gone = (instruments.c.file == file) & (instruments.c.checked_at_ns != to_ns(read_at))
        with self._engine.begin() as connection:
            connection.execute(delete(instruments).where(is_gone))
            connection.execute(statement.on_conflict_do_update(index_elements=["file"], set_=row))

    def _rows(self, key: str | None) -> Iterator[Searched]:
        """Yield what is searched of all rows, or of those alone that may fit *key* letter by letter."""
        columns = instruments.c
        names = (columns.symbol, columns.symbol_key, columns.name_key, columns.english_key, columns.initials)
        statement = select(*names, columns.market_value)
        if key is not None:
            fits = [column.contains(key) for column in (columns.name_key, columns.english_key, columns.symbol_key)]
            if has_bare_consonant(key):
                fits.append(columns.initials.contains(initials_of(key)))
            statement = statement.where(or_(*fits))
        with self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=CHUNK).execute(statement):
                yield Searched(*row)

    def _upsert(self, rows: list[dict[str, object]]) -> None:
        statement = upsert(instruments)
        new = {column.name: statement.excluded[column.name] for column in instruments.c if column.name not in KEPT}
        with self._engine.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["symbol"], set_=new), rows)


def _row(symbol: str, name: str, english_name: str, venue: Venue, checked_at: datetime) -> dict[str, object]:
    name_key = search_key(name)
    return {
        "symbol": symbol,
        "name": name,
        "english_name": english_name,
        "venue": venue.value,
        "checked_at_ns": to_ns(checked_at),
        "symbol_key": search_key(symbol),
        "name_key": name_key,
        "english_key": search_key(english_name),
        "initials": initials_of(name_key),
    }


def _listed_row(file: str, listing: Listing, read_at: datetime) -> dict[str, object]:
    return {
        **{name: getattr(listing, name) for name in listing.__struct_fields__},
        **_row(listing.symbol, listing.name, listing.english_name, listing.venue, read_at),
        "file": file,
    }


def _instrument(row: Row[tuple[object, ...]]) -> Instrument:
    return Instrument(
        symbol=row.symbol,
        name=row.name,
        venue=Venue(row.venue),
        english_name=row.english_name,
        kind=row.kind,
        key=row.key,
        base_price=row.base_price,
        marks=_marks(row),
    )


def _marks(row: Row[tuple[object, ...]]) -> tuple[str, ...]:
    """Return in words what is unusual about the instrument today."""
    marks = {"halted": row.is_halted, "liquidation": row.is_liquidation, "administrative": row.is_administrative}
    found = [word for word, holds in marks.items() if holds]
    if row.warning:
        found.append(WARNINGS.get(row.warning, f"warning {row.warning}"))
    if row.ex_code != "00":
        found.append(EX_CODES.get(row.ex_code, f"ex-code {row.ex_code}"))
    return tuple(found)
