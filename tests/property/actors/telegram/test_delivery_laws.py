"""No sequence of answers, crashes and losses of power loses an alert or repeats one as if it were news.

The model is slow and simple: a disk whose last writes a loss of power may undo, a Telegram that remembers what it took,
and lives of the outbox between them, cut short at any step.
"""

import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from actors.telegram.deliveries import Delivery, Kind, Stage
from actors.telegram.outbox import Delays, Instant, Outbox
from actors.telegram.outcomes import BadToken, Doubtful, NotSent, Outcome, Sent, Wait
from protocol.messages import Alert
from tests.support.alerts import alert

ALERTS = 6
CHATS = 2


class Disk(Struct, frozen=True):
    """What telegram's database holds; `boot` is that of the last life which got as far as restoring."""

    rows: dict[int, Delivery]
    position: int
    boot: int


class Decided(Struct, frozen=True):
    """An alert in evaluator's database, whose commits survive everything."""

    number: int
    boot: int


class World:
    """Disk, Telegram and the alerts decided so far."""

    def __init__(self) -> None:
        self.boot = 0
        self.versions = [Disk({}, 0, 0)]
        self.decided: list[Decided] = []
        self.taken: list[tuple[int, bool]] = []
        """What Telegram took, in order: number of the alert, whether it was marked as a possible repeat."""
        self.seconds = 0.0

    @property
    def disk(self) -> Disk:
        """What a process that starts now would read."""
        return self.versions[-1]

    def now(self) -> Instant:
        """Return the moment; every look moves time past all waits."""
        self.seconds += 100.0
        return Instant(int(self.seconds * 1e9), self.seconds)

    def decide(self) -> None:
        """Let evaluator decide one more alert."""
        if len(self.decided) < ALERTS:
            self.decided.append(Decided(len(self.decided) + 1, self.boot))

    def take(self, delivery: Delivery) -> None:
        """Let Telegram take a message."""
        assert isinstance(delivery.content, Alert)
        self.taken.append((delivery.content.firing, delivery.doubtful))

    def lose_power(self, undone: int) -> None:
        """Undo the last writes that did not wait for the disk, and start the machine again."""
        del self.versions[max(1, len(self.versions) - undone) :]
        self.boot += 1


class Life:
    """One life of the process: the courier's steps, without threads."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._outbox = Outbox(Delays(), random.Random(1))
        disk = world.disk
        left = [row for row in disk.rows.values() if row.stage in {Stage.PENDING, Stage.SENDING}]
        changed = self._outbox.restore(left, world.now(), rebooted=disk.boot != world.boot)
        self._write(changed, disk.position)

    def collect(self) -> None:
        """Make deliveries of new alerts."""
        disk = self._world.disk
        new = [decided for decided in self._world.decided if decided.number > disk.position]
        made = [self._make(decided) for decided in new]
        for delivery in made:
            self._outbox.add(delivery)
        self._write(made, disk.position + len(new))

    def step(self, fates: Callable[[], str]) -> bool:
        """Send what is due, each with its fate; return whether the process still lives."""
        claimed = self._outbox.claim(self._world.now())
        self._write(claimed, self._world.disk.position)
        for delivery in claimed:
            fate = fates()
            if fate == "killed before the request":
                return False
            if fate in {"taken", "taken, answer lost", "taken, then killed"}:
                self._world.take(delivery)
            if fate == "taken, then killed":
                return False
            changed = self._outbox.on_outcome(delivery.id, OUTCOMES[fate], self._world.now())
            self._write(changed, self._world.disk.position)
        return True

    def _make(self, decided: Decided) -> Delivery:
        return Delivery(
            id=decided.number,
            content=alert(decided.number),
            person_id=1,
            kind=Kind.TEXT,
            chat_id=decided.number % CHATS,
            doubtful=decided.boot != self._world.boot,
            due_at_ns=0,
            created_at_ns=0,
        )

    def _write(self, changed: list[Delivery], position: int) -> None:
        rows = self._world.disk.rows | {delivery.id: delivery for delivery in changed}
        self._world.versions.append(Disk(rows, position, self._world.boot))


OUTCOMES: dict[str, Outcome] = {
    "taken": Sent(1),
    "taken, answer lost": Doubtful("timed out"),
    "not taken, answer lost": Doubtful("reset"),
    "not reached": NotSent("refused"),
    "flooded": Wait(30.0),
    "token refused": BadToken("Unauthorized"),
}
FATES = [*OUTCOMES, "killed before the request", "taken, then killed"]

acts = st.one_of(
    st.just("decide"),
    st.just("collect"),
    st.tuples(st.just("step"), st.lists(st.sampled_from(FATES), min_size=CHATS, max_size=CHATS)),
    st.just("kill"),
    st.tuples(st.just("lose power"), st.integers(0, 8)),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(acts, max_size=40))
def test_nothing_is_lost_and_nothing_is_repeated_unmarked(story: list[str | tuple[str, object]]) -> None:
    """What the family is promised, whatever happens to wires, processes and power."""
    world = World()
    tell(world, story)
    while len(world.decided) < ALERTS:
        world.decide()
    life = Life(world)
    life.collect()
    for _ in range(2 * ALERTS):
        life.step(lambda: "taken")

    assert {number for number, _ in world.taken} == set(range(1, ALERTS + 1))
    assert repeats_unmarked(world.taken) == []
    for chat in range(CHATS):
        first = list(dict.fromkeys(number for number, _ in world.taken if number % CHATS == chat))
        assert first == sorted(first)


def test_what_was_certain_is_never_marked() -> None:
    """A mark on every message would be no mark: without a doubt there is none."""
    world = World()
    story: list[str | tuple[str, object]] = [*(["decide"] * ALERTS), "collect"]
    story += [("step", ["not reached", "flooded"]), ("step", ["token refused", "taken"])] * 2
    tell(world, story)
    life = Life(world)
    life.collect()
    for _ in range(ALERTS):
        life.step(lambda: "taken")

    assert sorted(world.taken) == [(number, False) for number in range(1, ALERTS + 1)]


def tell(world: World, story: list[str | tuple[str, object]]) -> None:
    """Let *story* happen."""
    life = Life(world)
    for act in story:
        match act:
            case "decide":
                world.decide()
            case "collect":
                life.collect()
            case "kill":
                life = Life(world)
            case ("lose power", int(undone)):
                world.lose_power(undone)
                life = Life(world)
            case ("step", list(fates)):
                coming = iter(fates)
                if not life.step(lambda coming=coming: next(coming)):  # type: ignore[misc]  # bound at once
                    life = Life(world)


def repeats_unmarked(taken: list[tuple[int, bool]]) -> list[int]:
    """Return the alerts that were taken again without saying so."""
    seen: set[int] = set()
    unmarked = []
    for number, is_marked in taken:
        if number in seen and not is_marked:
            unmarked.append(number)
        seen.add(number)
    return unmarked
