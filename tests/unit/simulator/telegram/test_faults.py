"""The script of the simulated Telegram's faults."""

import pytest

from simulator.telegram.faults import Fault, FaultKind, FaultScript, parse_script


def struck(script: FaultScript, *requests: tuple[str, int]) -> list[FaultKind | None]:
    """Return what strikes each request, given as method and chat."""
    faults = [script.next_for(method, chat_id) for method, chat_id in requests]
    return [fault.kind if fault else None for fault in faults]


def test_a_rule_counts_only_the_requests_it_is_meant_for() -> None:
    """The third message to one chat is the same one in every run, whatever others do."""
    script = FaultScript([Fault(kind=FaultKind.RESET, method="sendMessage", chat_id=1, first=2, count=2)])
    requests = [("sendmessage", 1), ("sendphoto", 1), ("sendmessage", 2), *[("sendmessage", 1)] * 3]

    assert struck(script, *requests) == [None, None, None, FaultKind.RESET, FaultKind.RESET, None]


def test_the_first_rule_strikes_and_all_rules_count() -> None:
    """Two rules for one request must not shift each other."""
    script = FaultScript([Fault(kind=FaultKind.RESET), Fault(kind=FaultKind.FLOOD, first=1, count=2)])

    assert struck(script, *[("sendmessage", 1)] * 3) == [FaultKind.RESET, FaultKind.FLOOD, None]


def test_long_polling_is_struck_only_by_name() -> None:
    """How often a bot polls depends on time, so it must not be counted with the rest."""
    script = FaultScript([Fault(kind=FaultKind.STATUS), Fault(kind=FaultKind.SLOW, method="getUpdates")])

    assert struck(script, ("getupdates", 0), ("getme", 0)) == [FaultKind.SLOW, FaultKind.STATUS]


def test_a_script_is_json_lines_with_comments() -> None:
    """People write these by hand."""
    assert parse_script('# first\n\n{"kind": "down", "seconds": 5}\n') == [Fault(kind=FaultKind.DOWN, seconds=5)]


@pytest.mark.parametrize("line", ['{"kind": "earthquake"}', '{"kind": "slow", "second": 1}', "slow"])
def test_a_line_that_is_no_rule_is_refused(line: str) -> None:
    """A misspelt fault that never strikes would prove nothing."""
    with pytest.raises(ValueError, match="expected a fault"):
        parse_script(line)
