"""Do the steps of each market's day when they are due, in one task beside the work loop.

A step is looked at once a minute of the market's time. What it says is gathered first, and written together with the
fact that it is done: killed at any moment, it was not done at all and is done again, or it is done for good. A step
that has nobody to tell, or whose time is not ripe, stays open for as long as it makes sense; then it is dropped.
"""

from collections.abc import Awaitable, Callable, Mapping

from actors.analyst.config import AnalystConfig
from actors.analyst.day.logbook import Logbook
from actors.market.schedule import DayStep, Schedule, Step, StepKey
from actors.runtime.actor import Actor
from actors.runtime.tasks import Errand
from protocol.letters import Letter
from protocol.moments import MINUTE_NS

__all__ = ["Day", "Writer"]

Writer = Callable[[DayStep], Awaitable[list[Letter]]]
"""Returns what a step tells people; nothing while there is nobody to tell or nothing to be told yet."""


class Day:
    """The steps, and who writes what each of them tells."""

    def __init__(
        self, actor: Actor[AnalystConfig], schedule: Schedule, logbook: Logbook, writers: Mapping[Step, Writer]
    ) -> None:
        self._actor = actor
        self._schedule = schedule
        self._logbook = logbook
        self._writers = writers
        self._done: set[StepKey] = set()
        """What is known to be done, so that the disk is asked only of what is new."""
        self._looked_in = -1
        self._work = Errand()

    def look(self) -> None:
        """Begin with what is due, unless this minute was looked at already."""
        minute = self._actor.clock.now_ns() // MINUTE_NS
        if self._work.is_over() and minute != self._looked_in:
            self._looked_in = minute
            steps = self._open_steps()
            if steps:
                self._work.begin(self._work_on(steps))

    async def close(self) -> None:
        """Give up what is under way."""
        await self._work.close()

    def _open_steps(self) -> list[DayStep]:
        begun = self._schedule.begun(self._actor.clock.now())
        unknown = [step for step in begun if step.key not in self._done]
        open_steps = self._logbook.open_steps(unknown)
        self._done = {step.key for step in begun} - {step.key for step in open_steps}
        return open_steps

    async def _work_on(self, steps: list[DayStep]) -> None:
        for step in steps:
            log = self._actor.log.bind(market=step.market.value, on=step.session_date.isoformat(), step=step.step.value)
            if self._actor.clock.now() >= step.good_until:
                if self._logbook.finish(step, [], self._actor.clock.now(), is_dropped=True):
                    log.info("day_step_dropped", until=step.good_until.isoformat())
                continue
            letters = await self._writers[step.step](step)
            if letters and self._logbook.finish(step, letters, self._actor.clock.now()):
                log.info("day_step_done", letters=len(letters))
        self._actor.ports.wake()
