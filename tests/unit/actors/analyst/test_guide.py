"""What the log and the operator read of targets."""

import msgspec

from actors.analyst.guide import buy_line, targets_row
from tests.support.market import targets

EXAMPLE = targets(base_price=72_665.0, sigma=0.01417)


def test_the_example_in_the_readme_comes_out_to_the_won() -> None:
    """These are the two lines of the example in the README."""
    assert buy_line(EXAMPLE, 1) == "1차 매수: 71,635원 (1.42% 하락)"
    assert buy_line(EXAMPLE, 2) == "2차 매수: 70,606원 (2.83% 하락)"


def test_a_row_for_the_operator_is_json_and_holds_both_prices_and_falls() -> None:
    """The command line prints it, and other programs read it."""
    row = msgspec.json.decode(msgspec.json.encode(targets_row(EXAMPLE)))

    assert row["target_1"] == 71_635.3369
    assert row["target_2"] == 70_605.6739
    assert (row["fall_1"], row["fall_2"]) == (0.01417, 0.02834)
    assert (row["venue"], row["session_date"], row["bars_until"]) == ("KRX", "2025-11-28", "2025-11-27")
