"""What watchdog decides; the limits are the defaults: silence 5 s, grace 15 s, revival after 5 to 30 s."""

import pytest

from actors.watchdog.core import Kill, Restart, Start, Tell
from protocol.messages import State
from tests.support.dog import Kennel, beat_of


def test_an_actor_that_beats_is_left_alone() -> None:
    """The most frequent case by far, and the worst to get wrong."""
    kennel = Kennel()
    kennel.run("feed", 10)

    assert kennel.after(600) == []


def test_an_actor_that_stops_beating_is_killed_after_five_seconds() -> None:
    """To supervisord only exits are visible: a stopped or deadlocked actor would stay RUNNING for ever."""
    kennel = Kennel()
    kennel.run("feed", 10)
    kennel.after(60)
    kennel.silence("feed")

    assert kennel.after(4) == []
    assert kennel.after(1) == [Kill("feed", 5.0)]


def test_a_kill_that_did_nothing_is_repeated_but_not_every_second() -> None:
    """A process in a system call that cannot be interrupted dies late; the log need not fill meanwhile."""
    kennel = Kennel()
    kennel.run("feed", 10)
    kennel.after(60)
    kennel.silence("feed")

    assert len(kennel.after(20)) == 4


def test_a_new_process_has_a_grace_to_its_first_heartbeat() -> None:
    """Starting Python and opening a database takes seconds on a small machine."""
    kennel = Kennel()
    kennel.run("telegram", 10, beats=False)

    assert kennel.after(15) == []
    assert kennel.after(1) == [Kill("telegram", 15.0)]


def test_the_grace_doubles_for_lives_that_never_beat() -> None:
    """A machine too slow for the grace would else be kept from ever starting."""
    kennel = Kennel()
    kennel.run("telegram", 10, beats=False)
    kennel.after(16)
    kennel.run("telegram", 11, beats=False)

    assert kennel.after(30) == []
    assert kennel.after(1) == [Kill("telegram", 30.0)]


def test_the_doubled_grace_ends_with_the_first_heartbeat() -> None:
    """What hangs right after it did start must be seen as soon as ever."""
    kennel = Kennel()
    kennel.run("telegram", 10, beats=False)
    kennel.after(16)
    kennel.run("telegram", 11)
    kennel.after(2)
    kennel.silence("telegram")

    assert kennel.after(5) == [Kill("telegram", 5.0)]


def test_an_actor_that_hangs_while_supervisord_still_calls_it_starting_is_killed_in_time() -> None:
    """It says STARTING for three seconds, in which an actor already works."""
    kennel = Kennel()
    kennel.run("chart", 10, state="STARTING")
    kennel.after(2)
    kennel.silence("chart")

    assert kennel.after(5) == [Kill("chart", 5.0)]


def test_the_heartbeat_of_an_earlier_life_does_not_count() -> None:
    """It may arrive late, and would hide that the new life never beats."""
    kennel = Kennel()
    kennel.run("chart", 11, beats=False)
    kennel.beating["chart"] = {"pid": 10}

    assert kennel.after(16) == [Kill("chart", 15.0)]


def test_an_actor_that_says_it_is_stopping_may_finish_in_silence() -> None:
    """A message that Telegram is just taking would else be sent again, marked as a possible repeat."""
    kennel = Kennel()
    kennel.run("telegram", 10)
    kennel.after(5)
    kennel.beating["telegram"]["state"] = State.STOPPING
    kennel.after(1)
    kennel.silence("telegram")

    assert kennel.after(19) == []
    assert kennel.after(1) == [Kill("telegram", 20.0)]


def test_the_time_that_watchdog_slept_through_is_nobodys_silence() -> None:
    """A laptop that was closed, or a stopped watchdog, must not wake up to kill everybody."""
    kennel = Kennel()
    kennel.run("feed", 10)
    kennel.run("chart", 11)
    kennel.after(30)
    kennel.beating.clear()
    kennel.sleep(60)

    assert kennel.look() == []
    assert kennel.after(6) == [Kill("feed", 64.0), Kill("chart", 64.0)]


def test_an_impatient_watchdog_does_not_take_its_own_pauses_for_sleep() -> None:
    """It wakes once a second while nobody beats; excusing that second each time would excuse everything."""
    kennel = Kennel(silence_s=0.5)
    kennel.run("feed", 10)
    kennel.after(3)
    kennel.silence("feed")

    assert kennel.after(1) == [Kill("feed", 1.0)]


@pytest.mark.parametrize("name", ["watchdog", "simulator", "somebody_elses"])
def test_what_is_not_another_actor_is_none_of_its_business(name: str) -> None:
    """The simulator sends no heartbeat, and watchdog does not kill itself."""
    kennel = Kennel()
    kennel.run(name, 10, beats=False)

    assert kennel.after(60) == []


@pytest.mark.parametrize("state", ["STOPPED", "STOPPING", "BACKOFF", "EXITED", "UNKNOWN"])
def test_what_supervisord_deals_with_itself_is_left_to_it(state: str) -> None:
    """STOPPED is the operator's wish, the others are on their way."""
    kennel = Kennel()
    kennel.run("feed", 0, state=state)

    assert kennel.after(60) == []


def test_what_supervisord_gave_up_is_started_again_with_a_capped_delay() -> None:
    """No state is final: an outage of an hour must not need a person."""
    kennel = Kennel()
    kennel.run("feed", 0, state="FATAL")
    moments = [second for second in range(200) if kennel.after(1)]

    assert moments == [5, 16, 37, 68, 99, 130, 161, 192]


def test_a_long_good_life_makes_the_next_revival_quick_again() -> None:
    """Failures of last week say nothing about today's."""
    kennel = Kennel()
    kennel.run("feed", 0, state="FATAL")
    kennel.after(100)
    kennel.run("feed", 10)
    kennel.after(700)
    kennel.run("feed", 0, state="FATAL")

    assert kennel.after(6) == [Start("feed")]


@pytest.mark.parametrize("state", ["FATAL", "EXITED"])
def test_a_configuration_error_waits_for_the_operator_who_is_told_once(state: str) -> None:
    """Starting it again cannot help, and a line a second would hide the others."""
    kennel = Kennel()
    kennel.run("feed", 0, state=state, refused=True)

    assert kennel.after(600) == [Tell("configuration_refused", {"program": "feed"})]


def test_a_second_configuration_error_is_told_again() -> None:
    """The operator has mended one mistake and made another."""
    kennel = Kennel()
    kennel.run("feed", 0, state="FATAL", refused=True)
    kennel.after(5)
    kennel.run("feed", 10)
    kennel.after(5)
    kennel.run("feed", 0, state="FATAL", refused=True)

    assert kennel.after(5) == [Tell("configuration_refused", {"program": "feed"})]


def test_more_than_five_restarts_in_ten_minutes_are_told_as_one_event() -> None:
    """Restarts heal, and by healing hide: somebody must know."""
    kennel = Kennel()
    told = []
    for pid in range(10, 20):
        kennel.run("chart", pid)
        told += kennel.after(20)

    assert told == [Tell("restarts_piled_up", {"program": "chart", "restarts": "6", "within_s": "600"})]


def test_restarts_that_are_far_apart_are_not_told() -> None:
    """A restart an hour is nobody's sleep worth."""
    kennel = Kennel()
    told = []
    for pid in range(10, 20):
        kennel.run("chart", pid)
        told += kennel.after(200)

    assert told == []


def test_an_actor_above_the_soft_limit_is_restarted_when_the_market_is_closed() -> None:
    """A slow leak of months ends in a restart at night, not in the kernel's choice at noon."""
    kennel = Kennel()
    kennel.run("feed", 10)
    kennel.is_market_open = True
    kennel.after(700)
    kennel.beating["feed"]["memory_mb"] = 250.0

    assert kennel.after(60) == []
    kennel.is_market_open = False
    assert kennel.after(60) == [Restart("feed", 250.0, 200.0)]


def test_an_actor_with_nothing_in_hand_is_restarted_while_the_market_is_open() -> None:
    """Evaluator reads on where it stood; feed's memory holds the last minute, so it waits."""
    kennel = Kennel()
    kennel.run("evaluator", 10)
    kennel.is_market_open = True
    kennel.after(700)
    kennel.beating["evaluator"] |= {"memory_mb": 250.0, "queue": 3}

    assert kennel.after(60) == []
    kennel.beating["evaluator"]["queue"] = 0
    assert kennel.after(1) == [Restart("evaluator", 250.0, 200.0)]


def test_above_the_hard_limit_nobody_waits_for_a_quiet_moment() -> None:
    """The next to be killed, by the kernel, would be a process of its choice."""
    kennel = Kennel()
    kennel.run("feed", 10)
    kennel.is_market_open = True
    kennel.after(700)
    kennel.beating["feed"]["memory_mb"] = 450.0

    assert kennel.after(1) == [Restart("feed", 450.0, 400.0)]


def test_an_actor_that_does_not_follow_the_request_to_restart_is_killed_in_the_end() -> None:
    """What holds the memory may be the very thing that hangs."""
    kennel = Kennel()
    kennel.run("chart", 10)
    kennel.after(700)
    kennel.beating["chart"]["memory_mb"] = 250.0
    assert kennel.after(1) == [Restart("chart", 250.0, 200.0)]
    kennel.silence("chart")

    assert kennel.after(19) == []
    assert kennel.after(1) == [Kill("chart", 20.0)]


def test_a_young_actor_is_not_restarted_for_its_memory() -> None:
    """One that needs that much would be restarted for ever."""
    kennel = Kennel()
    kennel.run("chart", 10)
    kennel.beating["chart"]["memory_mb"] = 900.0

    assert kennel.after(590) == []


def test_the_market_matters_only_when_somebody_is_large() -> None:
    """Knowing the calendar costs memory, so it is read only then."""
    kennel = Kennel()
    kennel.run("chart", 10)
    kennel.after(1)
    assert not kennel.dog.is_anybody_large()

    kennel.dog.on_heartbeat(beat_of("chart", 10, memory_mb=250.0), kennel.now)
    assert kennel.dog.is_anybody_large()
