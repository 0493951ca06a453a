"""What an operator may set for watchdog."""

from typing import Annotated

from msgspec import Meta, Struct

__all__ = ["WatchdogConfig"]

Seconds = Annotated[float, Meta(gt=0, le=3600)]
Megabytes = Annotated[float, Meta(gt=0)]


class WatchdogConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[watchdog]`."""

    look_s: Annotated[float, Meta(gt=0, le=10)] = 1.0
    """How often supervisord is asked what runs, seconds."""
    silence_s: Seconds = 5.0
    """An actor that has not beaten for so long is stuck and is killed, seconds. Every actor beats once a second."""
    start_grace_s: Seconds = 15.0
    """How long a new process may take to its first heartbeat, seconds; doubled each time that was not enough."""
    start_grace_cap_s: Seconds = 240.0
    """What the grace at the start doubles up to, seconds."""
    stop_grace_s: Seconds = 20.0
    """How long an actor that is told to stop may go on in silence with what is in flight, seconds."""
    revive_first_s: Seconds = 5.0
    """An actor that supervisord has given up is started again after so long, seconds; it doubles."""
    revive_cap_s: Seconds = 30.0
    """What that delay doubles up to, seconds."""
    soft_memory_mb: Megabytes = 200.0
    """An actor that occupies more is restarted in a quiet moment, megabytes."""
    hard_memory_mb: Megabytes = 400.0
    """An actor that occupies more is restarted at once, megabytes."""
    memory_rest_s: Seconds = 600.0
    """How long an actor must have lived before its memory can have it restarted, seconds."""
    often_restarts: Annotated[int, Meta(ge=1)] = 5
    """More restarts of one actor than these within `often_window_s` are told as one event."""
    often_window_s: Annotated[float, Meta(gt=0)] = 600.0
    """The time in which they are counted, seconds."""
    own_limit_s: Annotated[float, Meta(ge=4, le=60)] = 5.0
    """If watchdog itself is stuck for so long, the kernel kills it and supervisord starts it again, seconds."""
