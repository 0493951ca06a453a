"""Laws of watchdog, over any history of programs."""

from hypothesis import given
from hypothesis import strategies as st

from actors.watchdog.core import Kill, Restart, Start
from tests.support.dog import Kennel

STATES = ["STOPPED", "STARTING", "RUNNING", "BACKOFF", "STOPPING", "EXITED", "FATAL"]
Step = tuple[str, str, int, bool, bool, int]
STEPS: st.SearchStrategy[Step] = st.tuples(
    st.sampled_from(["feed", "chart", "watchdog", "simulator"]),
    st.sampled_from(STATES),
    st.integers(1, 5),
    st.booleans(),
    st.booleans(),
    st.integers(0, 40),
)


@given(st.lists(STEPS, max_size=12))
def test_only_what_lives_is_killed_and_only_what_was_given_up_is_started(steps: list[Step]) -> None:
    """An order that supervisord must refuse is a mistake about the world, whatever led to it."""
    kennel = Kennel()
    for name, state, pid, beats, refused, seconds in steps:
        kennel.run(
            name, pid if state in {"STARTING", "RUNNING", "STOPPING"} else 0, state, beats=beats, refused=refused
        )
        for action in kennel.after(seconds):
            match action:
                case Kill(program=program) | Restart(program=program):
                    assert program in {"feed", "chart"}
                    assert kennel.programs[program].state in {"STARTING", "RUNNING"}
                case Start(program=program):
                    assert kennel.programs[program].state == "FATAL"
                    assert not kennel.programs[program].refused_configuration


@given(st.integers(0, 100), st.integers(1, 600))
def test_silence_is_never_borne_longer_than_the_grace_and_a_look(alive_s: int, wait_s: int) -> None:
    """The promise is a hang healed within nine seconds; a life that never beat has its grace."""
    kennel = Kennel()
    kennel.run("feed", 10, beats=alive_s > 0)
    kennel.after(alive_s)
    kennel.beating.clear()
    # A life begins when it is first seen, which is the first look.
    limit_s = 5 if alive_s else 1 + 15

    assert any(isinstance(action, Kill) for action in kennel.after(wait_s)) == (wait_s >= limit_s)
