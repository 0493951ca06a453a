"""Which steps of the days are done: written with what they told, so that a restart neither skips nor repeats one."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from actors.market.schedule import DayStep, StepKey
from actors.runtime.letters import Letters
from actors.runtime.store import reading
from protocol.letters import Letter
from protocol.moments import to_ns
from protocol.tables.analyst import day_steps

__all__ = ["Logbook"]


class Logbook:
    """The table `day_steps` of *engine*, and the letters that belong to the steps."""

    def __init__(self, engine: Engine, letters: Letters) -> None:
        self._engine = engine
        self._letters = letters

    def open_steps(self, steps: Collection[DayStep]) -> list[DayStep]:
        """Return those of *steps* that are not done, in their order."""
        if not steps:
            return []
        since = min(step.session_date for step in steps)
        table = day_steps.c
        wanted = select(table.market, table.session_date, table.step).where(table.session_date >= since)
        with reading(self._engine) as connection:
            done: set[StepKey] = {tuple(row) for row in connection.execute(wanted)}
        return [step for step in steps if step.key not in done]

    def finish(self, step: DayStep, letters: Iterable[Letter], now: datetime, *, is_dropped: bool = False) -> bool:
        """Remember that *step* is done and have its *letters* brought, all or nothing; say whether the disk took it."""
        row = {
            "market": step.market.value,
            "session_date": step.session_date,
            "step": step.step.value,
            "is_dropped": is_dropped,
            "done_at_ns": to_ns(now),
        }

        def remember(connection: Connection) -> None:
            connection.execute(insert(day_steps), row)

        return self._letters.write_together(letters, remember)
