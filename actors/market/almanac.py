"""The calendar of a process that runs for months: what KIS says of the Korean days is taken up while it runs.

Analyst asks KIS once a day and leaves the answers in a file in the data directory; whoever keeps an almanac looks at
that file now and then. It is small, it is replaced whole, and what was said of a day stays until something else is.
"""

import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from actors.market.closed_days import load_closed_days
from actors.market.config import MarketConfig
from actors.market.sessions import Calendar

__all__ = ["Almanac"]


class _BrokerDays(Struct, frozen=True, kw_only=True):
    asked_at: Annotated[datetime, Meta(tz=True)]
    is_open: dict[date, bool]


class Almanac:
    """A calendar, and the file of what KIS said."""

    def __init__(self, config: MarketConfig, data_dir: Path) -> None:
        """Load what is known; the first time on a machine this takes a second.

        Raises:
            subprocess.SubprocessError: the closed days could not be computed: the installation is broken.
        """
        self.calendar = Calendar(config, load_closed_days(data_dir))
        self._path = data_dir / "broker-days.json"
        self._version = 0
        self._told: _BrokerDays | None = None
        self.look()

    @property
    def asked_at(self) -> datetime | None:
        """When KIS was last asked, None if it never was."""
        return self._told.asked_at if self._told else None

    def look(self) -> None:
        """Let the calendar follow the file, if it has changed."""
        try:
            version = self._path.stat().st_mtime_ns
            if version == self._version:
                return
            self._told = msgspec.json.decode(self._path.read_bytes(), type=_BrokerDays)
        except FileNotFoundError:
            return
        except (msgspec.DecodeError, UnicodeDecodeError):
            # Spoilt: the lists serve until KIS is asked again.
            self._told = None
        self._version = version
        self.calendar.believe(self._told.is_open if self._told else {})

    def keep(self, asked_at: datetime, is_open: Mapping[date, bool]) -> None:
        """Write down what KIS said, over what it said before of the same days, and follow it; for one writer."""
        before = self._told.is_open if self._told else {}
        told = _BrokerDays(asked_at=asked_at, is_open=dict(sorted({**before, **is_open}.items())))
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        draft.write_bytes(msgspec.json.encode(told))
        draft.replace(self._path)
        self.look()
