"""The script of faults: what is a fault, and when it is due."""

from pathlib import Path

import msgspec
import pytest

from simulator.errors import ScriptError
from simulator.faults import Drop, Fields, parse_fault
from simulator.script import FaultScript, read_script


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"fault": "explode"}',
        '{"fault": "drop", "how": "softly"}',
        '{"fault": "drop", "at": 3}',
        '{"fault": "fields", "count": 45}',
        '{"fault": "drop", "at_trade": 0}',
        '{"fault": "drop", "at_trade": 1, "at_request": 1}',
        b"\xff",
    ],
)
def test_what_is_no_fault_is_refused(text: str | bytes) -> None:
    """A misspelt fault would be a test that tests nothing."""
    with pytest.raises(ScriptError):
        parse_fault(text)


def test_a_script_steps_over_comments_and_names_a_wrong_line(tmp_path: Path) -> None:
    """The author of a script sees where it is wrong."""
    path = tmp_path / "script.jsonl"
    path.write_text('# first\n\n{"fault": "drop"}\n{"fault": "fields", "count": 46}\n', encoding="utf-8")
    assert read_script(path) == [Drop(), Fields(count=46)]
    path.write_text('# first\n{"fault": "dorp"}\n', encoding="utf-8")
    with pytest.raises(ScriptError, match=r"script\.jsonl:2"):
        read_script(path)


def test_faults_are_due_once_and_in_the_order_of_their_numbers() -> None:
    """Several may be tied to one event; none strikes twice."""
    late, early, twin = Drop(at_trade=9), Fields(at_trade=5, count=46), Drop(at_trade=5, how="rst")
    script = FaultScript([late, early, twin, Drop(at_request=1)])
    assert script.due("trade", 4) == []
    assert script.next_number("trade") == 5
    assert script.due("trade", 7) == [early, twin]
    assert script.due("trade", 9) == [late]
    assert script.due("trade", 10) == []
    assert script.next_number("trade") is None
    assert script.due("request", 1) == [Drop(at_request=1)]


def test_what_an_earlier_life_has_played_is_not_played_again() -> None:
    """A restarted simulator reads the same script from its start."""
    script = FaultScript([Drop(at_trade=5), Drop(at_trade=6)])
    script.skip("trade", 6)
    assert script.due("trade", 100) == [Drop(at_trade=6)]


def test_a_fault_without_a_trigger_does_not_wait() -> None:
    """It is played at once, as an order over HTTP is."""
    assert not FaultScript().add(Drop())
    assert FaultScript().add(Drop(at_trade=1))


def test_a_fault_reads_as_it_was_written() -> None:
    """The journal quotes it, so that a run can be repeated from its journal."""
    fault = Drop(at_trade=5, how="rst")
    assert parse_fault(msgspec.json.encode(fault)) == fault
