"""Which start of the machine this is: what was not yet on disk is gone after the next."""

from pathlib import Path

__all__ = ["read_boot_id"]

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def read_boot_id() -> str:
    """Return the kernel's name for this start of the machine. Source: random(4), /proc/sys/kernel/random/boot_id."""
    return BOOT_ID.read_text(encoding="ascii").strip()
