"""What a rule is called."""

import pytest

from protocol.rules import Direction, RuleKind, is_purchase, short_name

ABOVE, BELOW = Direction.ABOVE, Direction.BELOW


@pytest.mark.parametrize(
    ("kind", "direction", "level", "name"),
    [
        (RuleKind.SIGMA, BELOW, 2.0, "2"),
        (RuleKind.SIGMA, ABOVE, 1.5, "+1.5"),
        (RuleKind.PRICE, BELOW, 70_000.0, "<=70000"),
        (RuleKind.PRICE, ABOVE, 52.5, ">=52.5"),
        (RuleKind.PRICE, BELOW, 1_250_500.0, "<=1250500"),
        (RuleKind.CHANGE, BELOW, 0.05, "-5% change"),
        (RuleKind.PAID, ABOVE, 0.07, "+7% paid"),
        (RuleKind.YEAR_HIGH, BELOW, 0.1, "-10% year_high"),
        (RuleKind.VOLUME, ABOVE, 2.0, "volume 2x"),
    ],
)
def test_an_operator_reads_in_a_few_letters_what_was_waited_for(
    kind: RuleKind, direction: Direction, level: float, name: str
) -> None:
    """A table has no room for a sentence."""
    assert short_name(kind, direction, level) == name


def test_only_a_fall_by_so_many_sigma_is_a_time_to_buy() -> None:
    """Of all else people are told, and not advised."""
    purchases = {(kind, direction) for kind in RuleKind for direction in Direction if is_purchase(kind, direction)}

    assert purchases == {(RuleKind.SIGMA, BELOW)}
