"""What falls to which copy of feed."""

from collections import Counter

import pytest

from actors.feed.instances import app_keys_of, owner_of

SYMBOLS = [f"{number:06}" for number in range(300)]


def test_app_keys_are_dealt_out_in_turn() -> None:
    """Without a word in the configuration each copy has a session of its own."""
    known = ["main", "second", "third"]

    assert app_keys_of("1", ["1", "2"], known, {}) == ("main", "third")
    assert app_keys_of("2", ["1", "2"], known, {}) == ("second",)
    assert app_keys_of("1", ["1"], known, {}) == ("main", "second", "third")


def test_the_configuration_says_who_uses_which() -> None:
    """The owner of two accounts knows which machine each is for."""
    assigned = {"2": ["main", "second"]}

    assert app_keys_of("2", ["1", "2"], ["main", "second"], assigned) == ("main", "second")
    assert app_keys_of("1", ["1", "2"], ["main", "second"], assigned) == ()


@pytest.mark.parametrize(
    ("assigned", "found"),
    [
        ({"1": ["main"], "2": ["main"]}, "found main twice"),
        ({"1": ["mian"]}, "found mian"),
        ({"3": ["main"]}, "found 3"),
    ],
)
def test_a_key_used_twice_or_unknown_is_refused(assigned: dict[str, list[str]], found: str) -> None:
    """Two sessions of one app key throw each other out, OPSP8996 for ever."""
    with pytest.raises(ValueError, match=f"{found}$"):
        app_keys_of("1", ["1", "2"], ["main", "second"], assigned)


def test_symbols_are_spread_and_only_those_of_a_dead_copy_move() -> None:
    """Every move is an unsubscription and a subscription, which KIS does not like to see often."""
    with_all = {symbol: owner_of(symbol, ["1", "2", "3"]) for symbol in SYMBOLS}
    without_2 = {symbol: owner_of(symbol, ["3", "1"]) for symbol in SYMBOLS}

    assert min(Counter(with_all.values()).values()) > 70
    assert {symbol for symbol in SYMBOLS if with_all[symbol] != without_2[symbol]} == {
        symbol for symbol in SYMBOLS if with_all[symbol] == "2"
    }
