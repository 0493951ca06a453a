"""What a check found: a line each, ✅, or ❌ with the remedy."""

from msgspec import Struct

from actors.ctl.display import color, width_of

__all__ = ["Finding", "line_of"]

WIDTH = 20


class Finding(Struct, frozen=True, kw_only=True):
    """What one look found; *remedy* says what to do where it is not ok."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def line_of(finding: Finding) -> str:
    """Return *finding* for a terminal."""
    room = " " * (WIDTH - width_of(finding.name))
    sign = "✅" if finding.ok else "❌"
    remedy = "" if finding.ok else color(f"\n   → {finding.remedy}", "yellow")
    return f"{sign} {finding.name}{room} {finding.found}{remedy}\n"
