"""Each code that KIS is known to answer has a reaction."""

import pytest

from actors.kis.codes import REACTIONS, Reaction, reaction_to

STREAM = Reaction.STOP_STREAM
DOCUMENTED = {
    "OPSP": {
        Reaction.CONFIRMED: "0000 0002",
        Reaction.GONE: "0001 0003",
        Reaction.RETRY_LATER: "0007 0009 8999 9993 9995",
        Reaction.NO_ROOM: "0008",
        Reaction.STOP: "0010 9994 9996",
        Reaction.NEW_KEY: "0011",
        Reaction.WAIT_FOR_SLOT: "8996",
        STREAM: "8991 8992 8993 8994 8995 8997 8998 9990 9991 9992 9997 9998 9999",
    },
    "EGW00": {
        Reaction.STOP: "103 105",
        Reaction.NOT_PERMITTED: "206",
        Reaction.NEW_TOKEN: "121 123",
        Reaction.WAIT_A_MINUTE: "133",
        Reaction.RETRY_LATER: "201 301 302",
    },
}


@pytest.mark.parametrize("family", ["OPSP", "EGW00"])
def test_every_documented_code_has_its_reaction(family: str) -> None:
    """A code that was forgotten is met for the first time on a trading day."""
    expected = {f"{family}{code}": reaction for reaction, codes in DOCUMENTED[family].items() for code in codes.split()}

    assert {code: reaction for code, reaction in REACTIONS.items() if code.startswith(family)} == expected


def test_an_unknown_code_is_tried_again() -> None:
    """KIS adds codes; giving a symbol up for a word that we do not know would be worse than asking once a minute."""
    assert reaction_to("OPSP4711") is Reaction.RETRY_LATER
    assert reaction_to("") is Reaction.RETRY_LATER
