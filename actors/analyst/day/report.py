"""The daily report of one person: what each watched symbol closed at, and at which prices it is to be bought. Pure.

A report has pages of ten symbols, each a letter of its own: as many as fit on one sheet of charts, and no message grows
too long for Telegram.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from actors.analyst.bars.history import Bar
from actors.analyst.day.person import Person, PersonalWatch
from actors.market.sessions import SessionTimes
from protocol.letters import DailyReport, Letter, ReportLine
from protocol.messages import Market, Targets

__all__ = ["report_letters", "report_line"]

PAGE = 10


def report_line(watch: PersonalWatch, targets: Targets | None, bars: Sequence[Bar]) -> ReportLine:
    """Return what is said of one symbol.

    Args:
        watch: the symbol, and the levels that somebody waits for.
        targets: of the session that the report is for, None while there are none.
        bars: those before that session, oldest first; the last two count.
    """
    plain = ReportLine(
        symbol=watch.symbol, name=watch.name, venue=watch.venue, levels=list(watch.levels), amount=watch.amount
    )
    last, before = (bars[-1] if bars else None), (bars[-2] if len(bars) > 1 else None)
    closed = {
        "close": last.close if last else 0.0,
        "closed_on": last.session_date if last else None,
        "change": last.close / before.close - 1 if last and before else None,
    }
    if targets is None:
        return replace(plain, **closed)
    return replace(
        plain,
        **closed,
        name=targets.name,
        has_targets=True,
        base_price=targets.base_price,
        sigma=targets.sigma,
        kind=targets.kind,
        obstacle=targets.obstacle,
        returns=targets.returns,
        notes=targets.notes,
    )


def report_letters(
    person: Person,
    market: Market,
    regular: SessionTimes,
    lines: Sequence[ReportLine],
    asked: str = "",
    *,
    now: datetime | None = None,
) -> list[Letter]:
    """Return the pages of the report of *market* for *person*; none of no lines.

    Args:
        person: who reads it.
        market: whose day it is.
        regular: the regular session of that day.
        lines: one for each symbol.
        asked: tells a report that somebody asked for from the day's own; empty for that one.
        now: when somebody asked; None: it is the day's own, before the open.
    """
    pages = [list(lines[start : start + PAGE]) for start in range(0, len(lines), PAGE)]
    letter_id = f"analyst:report:{market.value}:{regular.session_date}:{person.id}"
    return [
        Letter(
            id=f"{letter_id}:{number}{asked}",
            person_id=person.id,
            matter=DailyReport(
                market=market,
                session_date=regular.session_date,
                opens_at=regular.opens_at,
                page=number,
                pages=len(pages),
                lines=page,
                has_opened=now is not None and now >= regular.opens_at,
                has_closed=now is not None and now >= regular.closes_at,
            ),
        )
        for number, page in enumerate(pages, 1)
    ]
