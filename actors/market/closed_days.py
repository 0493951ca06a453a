"""The weekdays on which an exchange stays closed, from the `holidays` library, kept in a file.

The library costs a process 16 MB for good, so no actor imports it: a child process asks it once for all years and
leaves the answer as JSON in the data directory; another version of the library makes a new file. Everything but
`load_closed_days` is pure.

Source: `holidays` calendars XKRX and XNYS. Of the calendars looked at, it alone knows 2026-06-03 and 2026-07-17.
"""

import importlib.metadata
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from protocol.messages import Market

__all__ = ["FIRST_YEAR", "LAST_YEAR", "ClosedDays", "compute_closed_days", "load_closed_days"]

FIRST_YEAR = 2010
FIRST_NAMED_YEAR = 2025
"""What lies behind is told to nobody."""
LANGUAGES = ("ko", "en")
LAST_YEAR = 2040
"""What lies ahead is known by rule, elections and other temporary holidays only when they are announced."""

COMPUTE_TIMEOUT_S = 60
PROJECT_DIR = Path(__file__).resolve().parents[2]


class ClosedDays(Struct, frozen=True, kw_only=True):
    """The closed days of both countries' exchanges, from `FIRST_YEAR` to `LAST_YEAR`, weekends left out."""

    library: str
    """Version of the library that was asked."""
    krx: frozenset[date]
    us: frozenset[date]
    us_half_days: frozenset[date]
    """Trading days that end early."""
    names: dict[str, dict[str, str]] = {}
    """What those from `FIRST_NAMED_YEAR` on are called, by market and language, as in `KRX ko`, and by ISO date."""

    def names_of(self, market: Market, on: date) -> dict[str, str]:
        """Return what a closed day is called, by language; nothing where it has no name."""
        keyed = {
            language: self.names.get(f"{market.value} {language}", {}).get(on.isoformat()) for language in LANGUAGES
        }
        return {language: name for language, name in keyed.items() if name}


def compute_closed_days() -> ClosedDays:
    """Ask the `holidays` library; it stays in this process's memory."""
    import holidays  # noqa: PLC0415 - 16 MB that only the one process that asks shall pay

    years = range(FIRST_YEAR, LAST_YEAR + 1)
    us = frozenset(holidays.financial_holidays("XNYS", years=years))
    half_days = frozenset(holidays.financial_holidays("XNYS", years=years, categories="half_day"))
    krx = frozenset(holidays.financial_holidays("XKRX", years=years))
    named_years = range(FIRST_NAMED_YEAR, LAST_YEAR + 1)
    names = {
        f"{market.value} {language}": {
            on.isoformat(): name
            for on, name in holidays.financial_holidays(code, years=named_years, language=spoken).items()
        }
        for market, language, code, spoken in (
            (Market.KRX, "ko", "XKRX", "ko"),
            (Market.KRX, "en", "XKRX", "en_US"),
            (Market.US, "en", "XNYS", None),
        )
    }
    return ClosedDays(
        library=importlib.metadata.version("holidays"), krx=krx, us=us, us_half_days=half_days - us, names=names
    )


def load_closed_days(data_dir: Path) -> ClosedDays:
    """Return the closed days from *data_dir*, after having them computed in a child process where they are missing.

    Raises:
        subprocess.SubprocessError: the child failed: the installation is broken.
    """
    path = data_dir / "closed-days.json"
    version = importlib.metadata.version("holidays")
    kept = _read(path)
    if kept is not None and kept.library == version and kept.names:
        return kept
    encoded = _compute_in_child()
    # Several actors may be here at once: each writes its own file, the last one wins, and all are alike.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(encoded)
    draft.replace(path)
    return msgspec.json.decode(encoded, type=ClosedDays)


def _read(path: Path) -> ClosedDays | None:
    """Return what the file says, or None where there is none or it is not ours."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=ClosedDays)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _compute_in_child() -> bytes:
    command = [sys.executable, "-m", "actors.market.closed_days"]
    finished = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, check=True, timeout=COMPUTE_TIMEOUT_S)
    return finished.stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(compute_closed_days(), order="sorted"))
