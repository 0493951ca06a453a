"""What a check found: every alert that was accepted or expected and is not as it should be, by class."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from protocol.rules import RuleKind
from simulator.judgement.alert_text import ShownAlert, is_alert, parse_alerts
from simulator.judgement.edits import flaw_of_edit, is_edit_of_alert
from simulator.judgement.oracle import ExpectedAlert
from simulator.ntfy.log import read_ntfy
from simulator.telegram.log import LogLine, read_log

__all__ = ["AcceptedAlert", "Finding", "Verdict", "discrepancies", "read_accepted"]

NO_TOPICS: Mapping[str, int] = {}
_PERCENT_ROUNDING = 0.005 + 1e-6


class AcceptedAlert(Struct, frozen=True, kw_only=True):
    """An alert that the simulated Telegram or ntfy took; `shown` is None where it cannot be read: see `problem`."""

    message_id: int
    chat_id: int
    accepted_at_ns: int
    shown: ShownAlert | None
    problem: str = ""


class Finding(Struct, frozen=True):
    """One accepted alert and what is the matter with it."""

    alert: AcceptedAlert
    why: str


class Verdict(Struct, frozen=True, kw_only=True):
    """The outcome of a check. Repeats that say so are the price of never losing; everything else must be empty."""

    expected: int
    accepted: int
    lost: list[ExpectedAlert]
    wrong: list[Finding]
    spurious: list[Finding]
    misrouted: list[Finding]
    late: list[Finding]
    out_of_order: list[Finding]
    repeated_marked: list[Finding]
    repeated_unmarked: list[Finding]

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong but repeats that are marked."""
        failures = (self.lost, self.wrong, self.spurious, self.misrouted, self.late, self.out_of_order)
        return not any(failures) and not self.repeated_unmarked

    def summary(self) -> str:
        """Return the verdict on one line."""
        repeated = len(self.repeated_marked) + len(self.repeated_unmarked)
        return (
            f"expected {self.expected}, accepted {self.accepted}: lost {len(self.lost)}, wrong {len(self.wrong)}, "
            f"spurious {len(self.spurious)}, misrouted {len(self.misrouted)}, late {len(self.late)}, "
            f"out of order {len(self.out_of_order)}, repeated {repeated} (marked {len(self.repeated_marked)})"
        )


def read_accepted(directory: Path, topics: Mapping[str, int] = NO_TOPICS) -> list[AcceptedAlert]:
    """Return the alerts in the logs of the simulated Telegram and ntfy, in the order of each; pictures are none.

    Of ntfy's *topics*, each stands for a chat of the number that is given. Those of one message are in order of time,
    whatever their order in it: no reader gets one before the other. What is edited stays the same alert; an edit that
    makes another one of it counts as one that cannot be read.
    """
    accepted = []
    standing: dict[int, LogLine] = {}
    for line in read_log(directory):
        if not line.accepted or line.method not in {"sendMessage", "editMessageText"}:
            continue
        if line.method == "sendMessage":
            accepted += _alerts_of(line.message_id, line.chat_id, line.at_ns, line.text)
        else:
            accepted += _flawed(standing.get(line.message_id), line)
        standing[line.message_id] = line
    for published in read_ntfy(directory):
        if published.topic in topics and not published.attachment:
            accepted += _alerts_of(published.number, topics[published.topic], published.at_ns, published.text)
    return accepted


def _alerts_of(message_id: int, chat_id: int, at_ns: int, text: str) -> list[AcceptedAlert]:
    if not is_alert(text):
        return []
    shown: list[ShownAlert | None]
    try:
        shown, problem = [*parse_alerts(text)], ""
    except ValueError as error:
        shown, problem = [None], str(error)
    return [
        AcceptedAlert(message_id=message_id, chat_id=chat_id, accepted_at_ns=at_ns, shown=each, problem=problem)
        for each in shown
    ]


def _flawed(before: LogLine | None, edit: LogLine) -> list[AcceptedAlert]:
    flaw = flaw_of_edit(before, edit) if is_edit_of_alert(before, edit) else ""
    if not flaw:
        return []
    at = {"message_id": edit.message_id, "chat_id": edit.chat_id, "accepted_at_ns": edit.at_ns}
    return [AcceptedAlert(**at, shown=None, problem=flaw)]


def discrepancies(shown: ShownAlert, due: ExpectedAlert) -> list[str]:
    """Return what an alert's text says otherwise than it should."""
    change = (shown.price_now.amount / due.base_price - 1) * 100
    fall = due.level * due.sigma * 100 if shown.fall_percent is not None else 0.0
    # The change was computed from the exact price; what is shown is rounded, which moves it a little.
    slack = _PERCENT_ROUNDING + (0.5 if shown.price_now.is_won else 0.005) / due.base_price * 100
    reached = due.volume if due.kind is RuleKind.VOLUME else due.target_price
    checks = (
        (shown.price.is_rounded(due.price), f"price {shown.price.amount:g} for {due.price:g}"),
        (shown.target.is_rounded(reached), f"target {shown.target.amount:g} for {reached:g}"),
        (abs((shown.fall_percent or 0.0) - fall) <= _PERCENT_ROUNDING, f"fall {shown.fall_percent} for {fall:.4f}"),
        (shown.reference is None or shown.reference.is_rounded(due.reference), f"reference for {due.reference:g}"),
        (abs(shown.change_percent - change) <= slack, f"change {shown.change_percent} for {change:.4f}"),
    )
    return [problem for is_right, problem in checks if not is_right]
