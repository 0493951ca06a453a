"""What an operator may set for us_poller."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = ["UsPollerConfig"]

Seconds = Annotated[float, Meta(gt=0)]


class UsPollerConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[us_poller]`."""

    source: Literal["kis", "fdr"] = "kis"
    """Where prices come from: `kis`, KIS REST; `fdr`, FinanceDataReader, which needs no key and may be minutes late."""
    interval_s: Seconds = 15.0
    """How often the price of each symbol is asked from KIS, seconds."""
    fdr_interval_s: Seconds = 300.0
    """How often it is asked from FinanceDataReader, seconds; its upstream blocks those who ask often."""
    fall_back_s: Seconds = 60.0
    """After how long without an answer from KIS FinanceDataReader is asked in its place, seconds."""
    worker_deadline_s: Seconds = 30.0
    """How long FinanceDataReader may take for one symbol before its process is killed, seconds."""
    worker_idle_s: Seconds = 600.0
    """After how long without work that process is let go, seconds."""
