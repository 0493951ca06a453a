"""What analyst writes to people. An id is made from the letter's causes alone, so that none goes twice. Pure."""

from collections.abc import Mapping
from datetime import date

from protocol.letters import THE_OPERATOR, Letter, OpenDaysDiffer

__all__ = ["open_days_differ"]


def open_days_differ(is_open: Mapping[date, bool]) -> Letter:
    """Return what the operator is told when KIS knows days otherwise than the calendar; *is_open* is KIS's word."""
    matter = OpenDaysDiffer(
        closed=sorted(on for on, told in is_open.items() if not told),
        open=sorted(on for on, told in is_open.items() if told),
    )
    days = ",".join(f"{on}{'+' if told else '-'}" for on, told in sorted(is_open.items()))
    return Letter(id=f"analyst:open_days_differ:{days}", person_id=THE_OPERATOR, matter=matter)
