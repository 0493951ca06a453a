"""What the figures were measured on, in one paragraph."""

import importlib.metadata
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["describe_machine"]

LIBRARIES = ("websockets", "pyzmq", "msgspec", "urllib3", "SQLAlchemy", "structlog", "matplotlib")


def describe_machine(directory: Path) -> str:
    """Return the machine, the libraries and the day; *directory* is where the databases of the run lie."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores ({_processor()}), {memory_gib:.0f} GiB, "
        f"Linux {platform.release()}, files on {_file_system(directory)}; "
        f"Python {platform.python_version()}, {versions}. Load average at the start: {load}.\n\n"
        f"Command: `python -m benchmarks {' '.join(sys.argv[1:])}`".rstrip("` ")
        + "`"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="ascii").splitlines():
        key, _, value = line.partition(":")
        if key.strip() in {"model name", "Model"}:
            return value.strip()
    return platform.machine()


def _file_system(directory: Path) -> str:
    """Return the kind of file system below *directory*: on tmpfs an fsync costs nothing."""
    kind_by_place = {}
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, place, kind, *_ = line.split()
        kind_by_place[Path(place)] = kind
    path = directory.resolve()
    return next(kind_by_place[place] for place in (path, *path.parents) if place in kind_by_place)
