"""Evaluator's record says what was committed, whenever a life of it ends, and wherever that stands."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.evaluator.rules import RuleState
from actors.evaluator.store import Cursor, EvaluatorStore
from actors.runtime.config import Settings
from actors.runtime.store import open_store
from actors.runtime.streams import Position
from protocol.messages import MarketStatus
from tests.support.actor import make_settings
from tests.support.alerts import alert
from tests.support.databases import lay_out
from tests.support.market import DAY, NINE

COMMITS = st.tuples(
    st.integers(0, 2),
    st.dictionaries(st.sampled_from("ab"), st.integers(0, 9)),
    st.dictionaries(st.sampled_from(("feed-1", "us_poller-1")), st.integers(0, 9)),
    st.booleans(),
)
"""How many alerts, which rules fired how often, how far was read, and whether a status came with it."""
STEPS = st.lists(st.one_of(COMMITS, st.just("die")), max_size=12)


def open_record(place: Settings) -> EvaluatorStore:
    """Return the record as a new life opens it; the one before was killed."""
    durable, quick = (open_store("evaluator", place, durable=durable) for durable in (True, False))
    return EvaluatorStore(durable, quick, "boot")


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_the_record_is_what_was_committed_last_of_each(steps: list[object]) -> None:
    """Whether alerts still carry it, and in which life it was written, makes no difference."""
    states: dict[str, RuleState] = {}
    cursors: dict[str, Cursor] = {}
    count = 0
    with tempfile.TemporaryDirectory() as directory:
        place = make_settings(Path(directory))
        lay_out(place, "evaluator")
        store = open_record(place)
        for step in steps:
            if step == "die":
                store = open_record(place)
            elif isinstance(step, tuple):
                alerts, fired, read, has_status = step
                count += alerts
                changed = {rule_id: RuleState(1, DAY, firings, firings) for rule_id, firings in fired.items()}
                moved = {sender: Cursor(Position(7, sequence), 5) for sender, sequence in read.items()}
                status = [MarketStatus(symbol="122630", notes=["vi"], told_at=NINE)] * has_status
                store.commit([alert(count - number) for number in range(alerts)], changed, moved, status)
                states |= changed
                cursors |= moved

        assert (store.states(), store.cursors(), store.position) == (states, cursors, count)
        again = open_record(place)
        assert (again.states(), again.cursors(), again.position) == (states, cursors, count)
