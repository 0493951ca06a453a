"""Laws of the edits: whatever is folded, what is to be brought comes in its order and, but for one wait, in time."""

import random
from itertools import combinations
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from actors.telegram.channels.channel import Rates
from actors.telegram.channels.outcomes import Outcome, Sent, Wait
from actors.telegram.outbox.deliveries import Content, Delivery, Kind
from actors.telegram.outbox.folds import Edit, Folds
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.outbox import Bundle, Instant, Outbox
from actors.telegram.outbox.patience import Delays
from actors.telegram.texts.alert_texts import Reader
from protocol.messages import ReachedAgain, Venue
from tests.support.alerts import TRADED_AT, alert
from tests.support.letters import letter

STEP_S = 0.25
RATES = Rates()
PER_S = {7: RATES.chat_per_s, -8: RATES.group_per_min / 60}
"""How fast may be spoken in the two chats, a person's and a group."""
MANNER = Manner(reader=Reader("ko", ZoneInfo("Asia/Seoul")), address="7", silent=True)

arrivals = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(sorted(PER_S))), max_size=12)
"""When something comes that is to be brought, and to which chat."""
reaches = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 11)), max_size=25)
"""When the target of which alert is reached again."""


class Run:
    """What is brought, of which every request is answered after one step, and what is edited meanwhile."""

    def __init__(self, *, are_letters: bool = False, edit_lasts: int = 1, fate: Outcome | None = None) -> None:
        self.claimed: dict[int, float] = {}
        """When each delivery went."""
        self.edits: list[tuple[float, Edit]] = []
        self.spoken: dict[int, list[float]] = {chat_id: [] for chat_id in PER_S}
        """When a chat got anything."""
        self._box = Outbox(Delays(), random.Random(1), RATES, group_from=1000)
        self._folds = Folds()
        self._are_letters = are_letters
        self._edit_lasts, self._fate = edit_lasts, fate or Sent(1)
        self._flying: list[Bundle] = []
        self._editing: tuple[int, Edit] | None = None

    def play(self, arriving: list[tuple[int, int]], reached: list[tuple[int, int]]) -> "Run":
        """Play a hundred seconds, in which all is brought."""
        for step in range(400):
            now = Instant(0, step * STEP_S)
            self._take_outcomes(now, step)
            for number, (at, chat_id) in enumerate(arriving):
                if at == step:
                    self._box.add(self._delivery(number, chat_id))
            for times, (at, number) in enumerate(reached, 2):
                if at == step:
                    self._folds.on_reached_again(
                        ReachedAgain(
                            alert_id=alert(number).id, times=times, venue=Venue.KRX, price=1.0, traded_at=TRADED_AT
                        )
                    )
            self._flying = self._box.claim(now).bundles
            for [delivery] in self._flying:
                self.claimed[delivery.id] = now.s
                self.spoken[delivery.chat_id].append(now.s)
            self._edit(now, step)
        return self

    def _delivery(self, number: int, chat_id: int) -> Delivery:
        content: Content = letter(number) if self._are_letters else alert(number)
        return Delivery(
            id=number, content=content, kind=Kind.TEXT, person_id=1, chat_id=chat_id, due_at_ns=0, created_at_ns=0
        )

    def _take_outcomes(self, now: Instant, step: int) -> None:
        for bundle in self._flying:
            self._box.on_outcome([bundle[0].id], Sent(100 + bundle[0].id), now)
            self._folds.on_sent(100 + bundle[0].id, bundle, MANNER)
        if self._editing is not None and step >= self._editing[0]:
            self._folds.on_outcome(self._editing[1], self._fate, now.s)
            self._editing = None

    def _edit(self, now: Instant, step: int) -> None:
        if self._editing is not None:
            return
        edit = self._folds.take(now.s, lambda chat_id: self._box.leaves_room(chat_id, now), lambda _: True)
        if edit is not None:
            chat_id = edit.brought.delivery.chat_id
            assert not any(bundle[0].chat_id == chat_id for bundle in self._flying)
            self._box.spend(chat_id, now)
            self._editing = step + self._edit_lasts, edit
            self.edits.append((now.s, edit))
            self.spoken[chat_id].append(now.s)


@given(arrivals, reaches, st.sampled_from(["alerts", "letters"]), st.sampled_from([1, 60]))
def test_edits_delay_nothing_beyond_the_one_message_that_they_are(
    arriving: list[tuple[int, int]], reached: list[tuple[int, int]], what: str, edit_lasts: int
) -> None:
    """However slowly Telegram answers them: the order stays, and no wait is longer than for one message more."""
    plain = Run(are_letters=what == "letters").play(arriving, [])
    folded = Run(are_letters=what == "letters", edit_lasts=edit_lasts).play(arriving, reached)

    assert len(plain.claimed) == len(folded.claimed) == len(arriving)
    for chat_id, per_s in PER_S.items():
        own = [number for number, (_, other) in enumerate(arriving) if other == chat_id]
        assert sorted(own, key=folded.claimed.__getitem__) == sorted(own, key=plain.claimed.__getitem__)
        for number in own:
            assert folded.claimed[number] - plain.claimed[number] <= 1 / per_s + STEP_S


@given(arrivals, reaches, st.sampled_from([Sent(1), Wait(3.0)]))
def test_edits_are_counted_where_telegram_counts_them(
    arriving: list[tuple[int, int]], reached: list[tuple[int, int]], fate: Outcome
) -> None:
    """In no stretch of time does a chat get more than its rate, edits among it."""
    run = Run(fate=fate).play(arriving, reached)

    for chat_id, per_s in PER_S.items():
        moments = run.spoken[chat_id]
        for first, last in combinations(range(len(moments)), 2):
            assert last - first + 1 <= RATES.chat_burst + per_s * (moments[last] - moments[first]) + 1e-6


@given(arrivals, reaches)
def test_what_stands_in_the_end_is_the_newest_of_what_could_be_told(
    arriving: list[tuple[int, int]], reached: list[tuple[int, int]]
) -> None:
    """An alert that was brought when its target was reached again says so, and an edit never goes backwards."""
    run = Run().play(arriving, reached)

    for number in range(len(arriving)):
        told = [edit.again.times for _, edit in run.edits if edit.brought.delivery.id == number]
        brought_at = run.claimed[number] + STEP_S
        due = [times for times, (at, other) in enumerate(reached, 2) if other == number and at * STEP_S >= brought_at]
        newest = max(due, key=lambda times: (reached[times - 2][0], times), default=None)
        assert told[-1:] == ([] if newest is None else [newest])
