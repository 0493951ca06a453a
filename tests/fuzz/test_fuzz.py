"""A short run of what `make fuzz` does at length."""

from typing import get_args

import pytest

from protocol.letters import Matter, OpenDaysDiffer
from tests.fuzz.campaign import harms, throw
from tests.fuzz.mutation import mutant
from tests.fuzz.targets import TARGETS, Target
from tests.support.told_with import matters

INPUTS, SECONDS = 400, 1.5


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_damaged_input_does_more_than_its_reader_is_prepared_for(target: Target) -> None:
    """A frame, an answer, a file, a question: whoever writes it may write anything, and no actor dies of it."""
    done = [harm for _, harm in harms(target, seed=1, numbers=range(INPUTS), seconds=SECONDS) if harm is not None]

    assert done == [], "\n".join(map(str, done))


def test_good_input_is_read() -> None:
    """A target that refused what is good would be tried with nothing but refusals."""
    for target in TARGETS:
        for text in target.seeds:
            target.act(text)


def test_every_kind_of_letter_that_holds_a_name_is_told_with_one() -> None:
    """A new kind whose words nobody tried with an odd name would be found by whoever has it."""
    tried = {type(matter) for matter in matters("x")}

    assert set(get_args(Matter)) - tried == {OpenDaysDiffer}


def test_a_harm_is_told_with_what_makes_it_again() -> None:
    """Who reads the campaign's output must be able to see the same harm."""

    def fail(text: bytes) -> None:
        raise KeyError(text)

    harm = throw(Target("clumsy", [b"good"], fail), seed=3, number=14)

    assert harm is not None
    assert harm.text == mutant([b"good"], "clumsy", 3, 14)
    assert "--only clumsy --seed 3 --from 14 --inputs 1" in str(harm)
