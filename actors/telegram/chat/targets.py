"""The targets that analyst computed last, read from its database for `/list`."""

from collections.abc import Collection

from sqlalchemy import func, select

from actors.runtime.config import Settings
from actors.runtime.store import open_reader, reading_of
from actors.telegram.chat.answers import KnownTarget
from protocol.tables.analyst import highs_from, targets

__all__ = ["read_targets"]


def read_targets(settings: Settings, symbols: Collection[str]) -> dict[str, KnownTarget]:
    """Return the newest targets of these symbols, as far as analyst has made any.

    Raises:
        TemporaryFailure: analyst's database cannot be read.
    """
    engine = open_reader("analyst", settings)
    if engine is None:
        return {}
    newest = (
        select(targets.c.symbol, func.max(targets.c.session_date).label("session_date"))
        .where(targets.c.symbol.in_(symbols))
        .group_by(targets.c.symbol)
        .subquery()
    )
    statement = select(targets).join(
        newest, (targets.c.symbol == newest.c.symbol) & (targets.c.session_date == newest.c.session_date)
    )
    with reading_of("analyst"), engine.connect() as connection:
        known = {
            row.symbol: KnownTarget(
                session_date=row.session_date,
                base_price=row.base_price,
                sigma=row.sigma,
                kind=row.kind,
                obstacle=row.obstacle,
                returns=row.returns,
                notes=tuple(row.notes.split()),
                highs=tuple(highs_from(row.highs)),
                usual_volume=row.usual_volume,
            )
            for row in connection.execute(statement)
        }
    engine.dispose()
    return known
