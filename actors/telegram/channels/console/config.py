"""The table [telegram.channels.console]."""

from msgspec import Struct

__all__ = ["ConsoleConfig"]


class ConsoleConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where messages are written."""

    path: str = ""
    """The file to which they are appended, relative to the folder above conf/; `-` is stdout, which supervisord keeps
    in logs/; empty: there is no console."""
