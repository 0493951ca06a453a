"""Nights, mutes and restarts on a fake clock: each alert is told once, at its time or in the digest at the end.

Two days around a turned clock are walked in steps. The model beside it is slow and simple: of what has not been told it
asks at each step whether something holds it still.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from actors.telegram.channels.channel import Rates
from actors.telegram.channels.outcomes import Sent
from actors.telegram.outbox.deliveries import Delivery, Kind, Stage
from actors.telegram.outbox.outbox import MOST_TOGETHER, Bundle, Instant, Outbox
from actors.telegram.outbox.patience import Delays
from actors.telegram.people.hush import Mute
from actors.telegram.people.hushes import Hushes
from actors.telegram.people.quiet import QuietHours
from protocol.messages import Alert
from protocol.moments import from_ns, to_ns
from protocol.tables.telegram import metadata
from tests.support.alerts import alert

SEOUL, NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")
STEP = timedelta(minutes=20)
STEPS = 144
SYMBOLS = ("005930", "122630")
FAST = Rates(chat_per_s=1_000.0, chat_burst=1_000.0, bot_per_s=1_000.0)
BEGINNINGS = [
    (SEOUL, datetime(2026, 3, 7, 15, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 3, 7, 15, tzinfo=UTC)),
    (NEW_YORK, datetime(2025, 11, 1, 15, tzinfo=UTC)),
]


class Deed(Struct, frozen=True):
    """What happens at one step."""

    kind: str
    """alert | mute | unmute | restart"""
    symbol: str = ""
    level: float = 1.0
    steps: int = 0


class Told(Struct, frozen=True):
    """How an alert was told."""

    step: int
    in_digest: bool
    message: int


def empty_database() -> Engine:
    """Return telegram's tables in memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    return engine


class Walk:
    """One person's two days: real outboxes and hushes, one life after another, and Telegram that takes everything."""

    def __init__(self, zone: ZoneInfo, begins_at: datetime, quiet: QuietHours | None) -> None:
        self._zone = zone
        self._begins_at = begins_at
        self._engine = empty_database()
        self.hushes = Hushes(self._engine)
        self.hushes.set_quiet(1, quiet)
        self._disk: dict[int, Delivery] = {}
        self._outbox = self._new_outbox()
        self.told: dict[int, list[Told]] = {}
        self._messages = 0

    def ns(self, step: int) -> int:
        """Return the moment of a step, UTC epoch nanoseconds."""
        return to_ns(self._begins_at + step * STEP)

    def holds(self, fired: Alert, step: int) -> bool:
        """Say whether an alert is held at a step, by what is wanted then."""
        return self.hushes.of(1).holds(fired, self.ns(step), self._zone)

    def restart(self, step: int) -> None:
        """Let the process die and another one begin."""
        self.hushes = Hushes(self._engine)
        self._outbox = self._new_outbox()
        left = [row for row in self._disk.values() if row.stage in {Stage.PENDING, Stage.SENDING}]
        self._write(self._outbox.restore(left, self._instant(step, 0.0), rebooted=False))

    def fire(self, number: int, fired: Alert) -> None:
        """Make the delivery of an alert."""
        delivery = Delivery(
            id=number, content=fired, kind=Kind.TEXT, person_id=1, chat_id=7, due_at_ns=0, created_at_ns=0
        )
        self._outbox.add(delivery)
        self._write([delivery])

    def bring(self, step: int) -> None:
        """Bring what may go, until nothing may."""
        second = 0.0
        while True:
            # A second, so that what is held is looked at again.
            second += 1.0
            turn = self._outbox.claim(self._instant(step, second))
            self._write(turn.changed)
            for bundle in turn.bundles:
                self._note(bundle, step)
                changed = self._outbox.on_outcome([each.id for each in bundle], Sent(1), self._instant(step, second))
                self._write(changed)
            if not turn.bundles:
                return

    def _note(self, bundle: Bundle, step: int) -> None:
        self._messages += 1
        self._write(list(bundle))
        for delivery in bundle:
            told = Told(step, delivery.missed, self._messages)
            self.told.setdefault(delivery.id, []).append(told)

    def _new_outbox(self) -> Outbox:
        return Outbox(Delays(), random.Random(1), FAST, is_held=self._is_held)

    def _is_held(self, delivery: Delivery, at_ns: int) -> bool:
        assert isinstance(delivery.content, Alert)
        return self.hushes.of(delivery.person_id).holds(delivery.content, at_ns, self._zone)

    def _instant(self, step: int, second: float) -> Instant:
        return Instant(self.ns(step), step * STEP.total_seconds() + second)

    def _write(self, changed: list[Delivery]) -> None:
        self._disk |= {delivery.id: delivery for delivery in changed}


minutes_of_day = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 50]))
nights = st.none() | st.builds(
    QuietHours, begins=minutes_of_day, ends=minutes_of_day, wakes_from=st.sampled_from([0.0, 2.0])
)
symbols = st.sampled_from(SYMBOLS)
deeds = st.one_of(
    st.builds(Deed, st.just("alert"), symbols, st.sampled_from([1.0, 2.0])),
    st.builds(Deed, st.just("mute"), st.sampled_from(["", *SYMBOLS]), steps=st.integers(1, 40)),
    st.builds(Deed, st.just("unmute"), st.sampled_from(["", *SYMBOLS])),
    st.just(Deed("restart")),
)
days = st.dictionaries(st.integers(0, STEPS - 1), st.lists(deeds, min_size=1, max_size=4), max_size=40)


def busy_days() -> dict[int, list[Deed]]:
    """Return days with an alert every hour and a half, a mute that outlasts a night, and a restart every four."""
    alerts = {step: [Deed("alert", SYMBOLS[step % 2], 1.0 + step % 2)] for step in range(0, STEPS, 5)}
    restarts = {step: [Deed("restart")] for step in range(3, STEPS, 12)}
    return alerts | restarts | {31: [Deed("mute", SYMBOLS[0], steps=40)], 100: [Deed("mute", steps=1), Deed("restart")]}


def night(begins: str, ends: str) -> QuietHours:
    """Return quiet hours through which nothing wakes."""
    return QuietHours(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))


SEOUL_WEEKEND, SPRING, AUTUMN = BEGINNINGS
"""In New York 02:00 to 03:00 is left out in spring, and 01:00 to 02:00 comes twice in autumn."""


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(BEGINNINGS), nights, days)
@example(SEOUL_WEEKEND, night("23:00", "07:00"), busy_days())
@example(SPRING, night("02:30", "07:00"), busy_days())
@example(SPRING, night("23:00", "02:30"), busy_days())
@example(SPRING, night("02:10", "02:50"), busy_days())
@example(AUTUMN, night("01:30", "07:00"), busy_days())
@example(AUTUMN, night("23:00", "01:30"), busy_days())
@example(AUTUMN, night("01:10", "01:50"), busy_days())
def test_each_alert_is_told_once_at_its_time_or_in_the_digest_at_the_end_of_what_held_it(
    beginning: tuple[ZoneInfo, datetime], quiet: QuietHours | None, story: dict[int, list[Deed]]
) -> None:
    """Over midnight, over a turned clock, and whatever dies meanwhile."""
    # Awake for less than a step, the walk may step over it.
    assume(quiet is None or awake_for(quiet) >= STEP)
    walk = Walk(*beginning, quiet)
    waiting: dict[int, tuple[Alert, int]] = {}
    numbers = iter(range(1, 1_000))
    # Two days more than anything lasts, so that all is over.
    for step in range(STEPS + 144):
        for deed in story.get(step, ()):
            for number, fired in do(walk, deed, step, numbers):
                waiting[number] = (fired, step)
        walk.bring(step)
        due = {number for number, (fired, _) in waiting.items() if not walk.holds(fired, step)}
        at_once = {number for number in due if waiting[number][1] == step and not walk.holds(*waiting[number])}
        check(walk, step, at_once, due - at_once)
        for number in due:
            del waiting[number]

    assert waiting == {}
    assert {len(told) for told in walk.told.values()} <= {1}


def awake_for(quiet: QuietHours) -> timedelta:
    """Return how long of each day is not quiet."""
    begins, ends = (timedelta(hours=each.hour, minutes=each.minute) for each in (quiet.begins, quiet.ends))
    return (begins - ends) % timedelta(days=1)


def do(walk: Walk, deed: Deed, step: int, numbers: Iterator[int]) -> Iterator[tuple[int, Alert]]:
    """Let a deed be done, and yield the alert that it is, with its number."""
    now_ns = walk.ns(step)
    match deed.kind:
        case "alert":
            number = next(numbers)
            fired = alert(number, symbol=deed.symbol, level=deed.level, decided_at=from_ns(now_ns))
            walk.fire(number, fired)
            yield number, fired
        case "mute":
            mute = Mute(since_ns=now_ns, until_ns=walk.ns(step + deed.steps), symbol=deed.symbol)
            walk.hushes.mute(1, [mute], now_ns)
        case "unmute":
            walk.hushes.unmute(1, now_ns, deed.symbol)
        case "restart":
            walk.restart(step)


def check(walk: Walk, step: int, at_once: set[int], in_digest: set[int]) -> None:
    """Hold what was told at a step against what was due then."""
    told = {number: each[-1] for number, each in walk.told.items() if each[-1].step == step}
    assert told.keys() == at_once | in_digest
    assert {number for number, each in told.items() if each.in_digest} == in_digest
    digests = {told[number].message for number in in_digest}
    assert len(digests) == ceil(len(in_digest) / MOST_TOGETHER)
