"""Laws of hearing: a quiet symbol is never called deaf and costs few questions; a deaf stream is found."""

from math import log2

from hypothesis import given
from hypothesis import strategies as st

from actors.feed.rest.hearing import Hearing, Sound
from protocol.messages import Venue

LEAST_S, MOST_S, LATE_S = 30.0, 900.0, 2.0
ONE, OTHER = ("005930", Venue.KRX), ("000660", Venue.KRX)
GAPS = st.lists(st.integers(1, 2_000), min_size=1, max_size=12)


class Link:
    """A link on which one symbol trades every second, and the other as a law says; REST knows the truth."""

    def __init__(self) -> None:
        self.hearing = Hearing(times=10.0, least_s=LEAST_S, most_s=MOST_S, late_s=LATE_S)
        self.now = 0.0
        self.traded = self.brought = 100
        self.questions = self.verdicts = 0

    def second(self, *, trades: bool, is_deaf: bool = False) -> None:
        """Let one go by."""
        self.now += 1.0
        self.traded += trades
        self.brought = self.brought if is_deaf else self.traded
        self.hearing.listen("main", {ONE: Sound(1, self.brought), OTHER: Sound(1, int(self.now))}, self.now)
        self.verdicts += len(self.hearing.take_deaf(self.now))
        key = self.hearing.next_question(self.now)
        if key is not None:
            self.questions += 1
            self.hearing.on_price(key, self.traded, self.now)


@given(GAPS)
def test_a_symbol_whose_trades_come_is_never_deaf_and_costs_few_questions(gaps: list[int]) -> None:
    """However irregular it is: each silence costs as many questions as it has doublings, and then one in a quarter."""
    link = Link()
    for gap in gaps:
        before = link.questions
        for second in range(gap):
            link.second(trades=second == gap - 1)
        assert link.questions - before <= 1 + log2(MOST_S / LEAST_S) + gap / MOST_S

    assert link.verdicts == 0
    assert link.hearing.deaf == frozenset()


@given(GAPS, st.integers(1, 60))
def test_a_stream_that_has_gone_deaf_is_found_whatever_was_before(gaps: list[int], every: int) -> None:
    """The longest patience, and what one more question takes: then it is known, and stays so until a trade comes."""
    link = Link()
    for gap in gaps:
        for second in range(gap):
            link.second(trades=second == gap - 1)

    for second in range(int(MOST_S) + every + 5):
        link.second(trades=second % every == 0, is_deaf=True)

    assert link.verdicts >= 1
    assert link.hearing.deaf == {ONE}
    link.second(trades=True)
    assert link.hearing.deaf == frozenset()
