"""A short run of what `make chaos` does at length: the whole system, struck while 2,000 trades arrive a second."""

from pathlib import Path

import pytest

from tests.chaos.feed_faults import FAULTS, order_and_heal
from tests.chaos.judgement import judge
from tests.chaos.kills import every_kind_once, strike
from tests.chaos.system import World, running_system

# Two of each kind at most: each cut takes its pause. The rest stands one by one in tests/integration/test_feed_*.py.
OF_EACH_KIND = {
    "clean close",
    "frames lost inside the connection",
    "garbage_text",
    "reset",
    "frames out of order",
    "truncated",
    "frames twice",
    "lying_count",
    "46 fields",
    "48 fields",
    "approval key forgotten",
    "47 fields",
}
SHORT = [fault for fault in FAULTS if fault.name in OF_EACH_KIND]


@pytest.fixture
def short_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty folder whose name leaves room for sockets, with a space in it."""
    return tmp_path_factory.mktemp("a b")


@pytest.mark.timeout(300)
@pytest.mark.xdist_group("chaos")
def test_no_alert_is_lost_wrong_or_repeated_unmarked_whatever_is_killed(short_path: Path) -> None:
    """Each actor in turn, two at once, one stopped, supervisord itself: what people get is as if nothing had been."""
    with running_system(short_path, World(seed=11)) as system:
        healings = [strike(system, blow) for blow in every_kind_once()]
        blind = [h.struck_at_ns for h in healings if {"feed", "supervisord"} & set(h.blow.whom)]
        judgement = judge(system, blind)

    assert 0 < judgement.by_ntfy < judgement.verdict.expected
    assert judgement.is_clean, judgement.summary()


@pytest.mark.timeout(300)
@pytest.mark.xdist_group("chaos")
def test_no_alert_is_lost_wrong_or_repeated_unmarked_whatever_kis_does(short_path: Path) -> None:
    """Closed, reset, refused, garbled: the feed is back by itself, and no crossing that can be known is missed."""
    with running_system(short_path, World(seed=12)) as system:
        done = [order_and_heal(system, fault) for fault in SHORT]
        judgement = judge(system, [each.ordered_at_ns for each in done if each.fault.cuts])

    assert 0 < judgement.by_ntfy < judgement.verdict.expected
    assert judgement.is_clean, judgement.summary()
