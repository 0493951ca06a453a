"""How fast a bot speaks: never so fast that Telegram would have it wait."""

import pytest

from actors.telegram.channels.channel import Rates
from actors.telegram.outbox.pace import Pace

GROUP, ANNA = -100, 1001


def spoken(pace: Pace, chat_id: int, seconds: float, step_s: float = 0.01) -> list[float]:
    """Return when a chat gets messages that are sent as soon as they may."""
    moments = []
    for number in range(int(seconds / step_s)):
        now_s = number * step_s
        if pace.allows(chat_id, now_s):
            pace.spend(chat_id, now_s)
            moments.append(now_s)
    return moments


@pytest.mark.parametrize(("chat_id", "most"), [(ANNA, 3 + 58), (GROUP, 3 + 19)])
def test_a_chat_gets_a_short_burst_and_then_one_after_the_other(chat_id: int, most: int) -> None:
    """One a second in a chat, 20 a minute in a group: a little less, as it counts when it arrives."""
    moments = spoken(Pace(Rates()), chat_id, 60.0)

    assert moments[2] < 0.1 < moments[3]
    assert most - 2 <= len(moments) <= most


def test_all_chats_together_stay_below_thirty_a_second() -> None:
    """A family of forty falls silent for nobody."""
    pace = Pace(Rates())
    told = 0
    for number in range(100):
        for chat_id in range(1, 41):
            if pace.allows(chat_id, number / 100):
                pace.spend(chat_id, number / 100)
                told += 1

    assert 28 <= told <= 56


def test_what_can_wait_leaves_one_for_what_cannot() -> None:
    """A picture must not use up the turn of the next alert."""
    pace = Pace(Rates(chat_burst=2.0))
    assert pace.allows(ANNA, 0.0, spare=True)
    pace.spend(ANNA, 0.0)

    assert pace.allows(ANNA, 0.0)
    assert not pace.allows(ANNA, 0.0, spare=True)


def test_where_no_burst_is_allowed_all_can_go_that_waits_long_enough() -> None:
    """A bucket of one never has two."""
    pace = Pace(Rates(chat_burst=1.0))
    pace.spend(ANNA, 0.0)

    assert not pace.allows(ANNA, 1.0, spare=True)
    assert pace.allows(ANNA, 1.1, spare=True)


def test_answers_take_turns_but_leave_no_debt() -> None:
    """Who asks fifty times in a second must not lose the next alert for it."""
    pace = Pace(Rates())
    for _ in range(50):
        pace.spend(ANNA, 0.0)

    assert not pace.allows(ANNA, 1.0)
    assert pace.allows(ANNA, 1.1)
