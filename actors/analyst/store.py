"""Analyst's database, and what it reads of telegram's: who watches what."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Column, Connection, Engine, Row, delete, func, insert, select, tuple_
from sqlalchemy.dialects.sqlite import insert as upsert

from actors.analyst.bars.history import Bar
from actors.analyst.core import Watched
from actors.analyst.payoff.outcomes import Fired, Outcome
from actors.runtime.store import reading
from protocol.messages import Targets, Venue
from protocol.tables import analyst, evaluator, telegram

__all__ = ["AnalystStore", "BarSpan", "read_fired", "read_watches"]


NumberT = TypeVar("NumberT", int, float)


class BarSpan(Struct, frozen=True):
    """The bars of a symbol as a whole."""

    first: date
    last: date
    source: str
    """Where the newest is from."""


class AnalystStore:
    """Bars and targets."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def closes(self, symbol: str) -> dict[date, float]:
        """Return every adjusted close of *symbol*, by session date."""
        return self._by_date(symbol, analyst.bars.c.close)

    def highs(self, symbol: str) -> dict[date, float]:
        """Return the highest price of every day of *symbol*, adjusted as its closes, by session date."""
        return self._by_date(symbol, analyst.bars.c.high)

    def volumes(self, symbol: str) -> dict[date, int]:
        """Return the shares of every day of *symbol*, by session date."""
        return self._by_date(symbol, analyst.bars.c.volume)

    def base_prices(self, symbol: str) -> dict[date, float]:
        """Return the base prices from which the targets of *symbol* were made, as they were, by session date."""
        return self._by_date(symbol, analyst.targets.c.base_price)

    def _by_date(self, symbol: str, column: Column[NumberT]) -> dict[date, NumberT]:
        table = column.table
        with reading(self._engine) as connection:
            rows = connection.execute(select(table.c.session_date, column).where(table.c.symbol == symbol))
            return {row.session_date: row[1] for row in rows}

    def close_on(self, symbol: str, on: date) -> float | None:
        """Return the adjusted close of *symbol* on *on*, None where there is no bar."""
        table = analyst.bars
        wanted = select(table.c.close).where(table.c.symbol == symbol, table.c.session_date == on)
        with reading(self._engine) as connection:
            close: float | None = connection.scalar(wanted)
            return close

    def bars(self, symbol: str, since: date) -> list[Bar]:
        """Return the bars of *symbol* from *since* on, oldest first."""
        table = analyst.bars
        columns = [table.c[name] for name in Bar.__struct_fields__]
        wanted = select(*columns).where(table.c.symbol == symbol, table.c.session_date >= since)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(table.c.session_date)).mappings()
            return [Bar(**row) for row in rows]

    def span(self, symbol: str) -> BarSpan | None:
        """Return from when until when there are bars of *symbol*, and whose; None if there are none."""
        table = analyst.bars
        ends = select(func.min(table.c.session_date), func.max(table.c.session_date)).where(table.c.symbol == symbol)
        newest = select(table.c.source).where(table.c.symbol == symbol).order_by(table.c.session_date.desc()).limit(1)
        with reading(self._engine) as connection:
            first, last = connection.execute(ends).one()
            return BarSpan(first, last, connection.execute(newest).scalar_one()) if first else None

    def keep_bars(self, symbol: str, bars: Iterable[Bar], source: str) -> None:
        """Put *bars* in place of all that *symbol* had: an adjustment changes the past, too."""
        rows = _bar_rows(symbol, bars, source)
        if not rows:
            return
        with self._engine.begin() as connection:
            connection.execute(delete(analyst.bars).where(analyst.bars.c.symbol == symbol))
            connection.execute(insert(analyst.bars), rows)

    def keep_outcomes(self, outcomes: Iterable[Outcome]) -> int:
        """Remember *outcomes* that are not known yet, and return how many these were; what is known stays as it is."""
        rows = [msgspec.structs.asdict(outcome) for outcome in outcomes]
        if not rows:
            return 0
        statement = upsert(analyst.outcomes).on_conflict_do_nothing()
        with self._engine.begin() as connection:
            before = connection.scalar(select(func.count()).select_from(analyst.outcomes)) or 0
            connection.execute(statement, rows)
            return (connection.scalar(select(func.count()).select_from(analyst.outcomes)) or 0) - before

    def add_bars(self, symbol: str, bars: Iterable[Bar], source: str) -> None:
        """Put *bars* beside what *symbol* has, in place of the same days'."""
        rows = _bar_rows(symbol, bars, source)
        if not rows:
            return
        statement = upsert(analyst.bars)
        new = {name: statement.excluded[name] for name in rows[0] if name not in {"symbol", "session_date"}}
        statement = statement.on_conflict_do_update(index_elements=["symbol", "session_date"], set_=new)
        with self._engine.begin() as connection:
            connection.execute(statement, rows)

    def keep_targets(self, targets: Targets) -> None:
        """Put *targets* in place of earlier ones for the same session date."""
        row = analyst.row_from(targets)
        statement = upsert(analyst.targets).values(row)
        statement = statement.on_conflict_do_update(index_elements=["symbol", "session_date"], set_=row)
        with self._engine.begin() as connection:
            connection.execute(statement)

    def targets_on(self, symbol: str, on: date) -> Targets | None:
        """Return the targets of *symbol* for one session date, None where there were none."""
        table = analyst.targets
        wanted = select(table).where(table.c.symbol == symbol, table.c.session_date == on)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        return analyst.targets_from(row) if row else None

    def newest_targets(self) -> list[Targets]:
        """Return the targets of each symbol for the last session date that it has any for."""
        table = analyst.targets
        newest = select(table.c.symbol, func.max(table.c.session_date)).group_by(table.c.symbol)
        is_newest = tuple_(table.c.symbol, table.c.session_date).in_(newest)
        with reading(self._engine) as connection:
            rows = connection.execute(select(table).where(is_newest).order_by(table.c.symbol))
            return [analyst.targets_from(row) for row in rows]


def read_fired(reader: Connection, symbol: str, since: date) -> list[Fired]:
    """Return the alerts of *symbol* from *since* on, in evaluator's database."""
    table = evaluator.alerts
    columns = [table.c[name] for name in Fired.__struct_fields__]
    wanted = select(*columns).where(table.c.symbol == symbol, table.c.session_date >= since)
    return [Fired(**row) for row in reader.execute(wanted).mappings()]


def _bar_rows(symbol: str, bars: Iterable[Bar], source: str) -> list[dict[str, object]]:
    return [
        {"symbol": symbol, "source": source} | {name: getattr(bar, name) for name in bar.__struct_fields__}
        for bar in bars
    ]


def read_watches(reader: Engine) -> list[Watched]:
    """Return each symbol that somebody watches, once, in telegram's database."""
    table = telegram.watches
    with reader.connect() as connection:
        rows = connection.execute(select(table).order_by(table.c.since_ns, table.c.symbol))
        by_symbol: dict[str, list[Row[tuple[object, ...]]]] = {}
        for row in rows:
            by_symbol.setdefault(row.symbol, []).append(row)
    return [
        Watched(
            symbol=symbol,
            name=watches[-1].name,
            venue=Venue(watches[-1].venue),
            people=tuple(watch.person_id for watch in watches),
        )
        for symbol, watches in by_symbol.items()
    ]
