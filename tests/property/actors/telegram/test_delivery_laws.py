"""No sequence of answers, crashes and losses of power loses an alert or repeats one as if it were news.

The model is slow and simple: a disk whose last writes a loss of power may undo, a Telegram that remembers what it took,
and lives of the outbox between them, cut short at any step.
"""

import random
from collections.abc import Callable
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from actors.telegram.channels.outcomes import BadToken, Doubtful, NotSent, Outcome, Rejected, Sent, Wait
from actors.telegram.outbox.deliveries import Delivery, Kind, Stage
from actors.telegram.outbox.outbox import Instant, Outbox
from actors.telegram.outbox.patience import Delays
from protocol.messages import Alert
from protocol.moments import from_ns
from tests.support.alerts import alert

ALERTS = 10
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
    at_ns: int


class World:
    """Disk, Telegram and the alerts decided so far."""

    def __init__(self) -> None:
        self.boot = 0
        self.versions = [Disk({}, 0, 0)]
        self.decided: list[Decided] = []
        self.taken: list[tuple[int, bool]] = []
        """What Telegram took, in order: number of the alert, whether it was marked as a possible repeat."""
        self.digested: set[int] = set()
        """The alerts that were told in a digest."""
        self.seconds = 0.0
        self.quiet: list[tuple[float, float]] = []
        """The stretches, in seconds, in which nobody wants to be told; of the last one the end may be to come."""

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
            self.decided.append(Decided(len(self.decided) + 1, self.boot, self.now().ns))

    def hush(self) -> None:
        """Let it be quiet from now on."""
        if not self.is_quiet(self.now().ns):
            self.quiet.append((self.seconds, float("inf")))

    def rouse(self) -> None:
        """Let the quiet end, if there is one."""
        self.quiet = [(since_s, min(until_s, self.seconds)) for since_s, until_s in self.quiet]

    def is_quiet(self, at_ns: int) -> bool:
        """Say whether nobody wants to be told at a moment."""
        return any(since_s * 1e9 <= at_ns < until_s * 1e9 for since_s, until_s in self.quiet)

    def take(self, delivery: Delivery) -> None:
        """Let Telegram take a message."""
        assert isinstance(delivery.content, Alert)
        assert not self.is_quiet(int(self.seconds * 1e9))
        if delivery.missed:
            self.digested.add(delivery.content.firing)
        self.taken.append((delivery.content.firing, delivery.doubtful))

    def lose_power(self, undone: int) -> None:
        """Undo the last writes that did not wait for the disk, and start the machine again."""
        del self.versions[max(1, len(self.versions) - undone) :]
        self.boot += 1


class Life:
    """One life of the process: the courier's steps, without threads."""

    def __init__(self, world: World) -> None:
        self._world = world
        is_held = lambda _delivery, at_ns: world.is_quiet(at_ns)  # noqa: E731 - it is one word
        self._outbox = Outbox(Delays(), random.Random(1), is_held=is_held)
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
        turn = self._outbox.claim(self._world.now())
        self._write([*turn.changed, *chain(*turn.bundles)], self._world.disk.position)
        for bundle in turn.bundles:
            fate = fates()
            if fate == "killed before the request":
                return False
            # One message of ours is never refused for what it says; several in one might be.
            if fate == "refused together" and len(bundle) == 1:
                fate = "not reached"
            if fate in {"taken", "taken, answer lost", "taken, then killed"}:
                for delivery in bundle:
                    self._world.take(delivery)
            if fate == "taken, then killed":
                return False
            changed = self._outbox.on_outcome([each.id for each in bundle], OUTCOMES[fate], self._world.now())
            self._write(changed, self._world.disk.position)
        return True

    def _make(self, decided: Decided) -> Delivery:
        return Delivery(
            id=decided.number,
            content=alert(decided.number, decided_at=from_ns(decided.at_ns)),
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
    "refused together": Rejected("message is too long"),
    "flooded": Wait(30.0),
    "token refused": BadToken("Unauthorized"),
}
FATES = [*OUTCOMES, "killed before the request", "taken, then killed"]

acts = st.one_of(
    st.just("decide"),
    st.just("collect"),
    st.tuples(st.just("step"), st.lists(st.sampled_from(FATES), min_size=CHATS, max_size=CHATS)),
    st.just("kill"),
    st.just("hush"),
    st.just("rouse"),
    st.tuples(st.just("lose power"), st.integers(0, 8)),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(acts, max_size=40))
def test_nothing_is_lost_and_nothing_is_repeated_unmarked(story: list[str | tuple[str, object]]) -> None:
    """What the family is promised, whatever happens to wires, processes and power."""
    world = World()
    tell(world, story)
    world.rouse()
    while len(world.decided) < ALERTS:
        world.decide()
    life = Life(world)
    life.collect()
    for _ in range(2 * ALERTS):
        life.step(lambda: "taken")

    assert {number for number, _ in world.taken} == set(range(1, ALERTS + 1))
    assert repeats_unmarked(world.taken) == []
    assert world.digested >= {decided.number for decided in world.decided if world.is_quiet(decided.at_ns)}
    for chat in range(CHATS):
        in_turn = (number for number, _ in world.taken if number not in world.digested)
        first = list(dict.fromkeys(number for number in in_turn if number % CHATS == chat))
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
            case "hush":
                world.hush()
            case "rouse":
                world.rouse()
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
