"""Keys and tokens as values."""

import pytest

from actors.kis.credentials import Credential, fingerprint
from protocol.moments import NS

DAY = Credential("value", issued_at_ns=1000 * NS, expires_at_ns=87_400 * NS)


@pytest.mark.parametrize(
    ("now_s", "usable"), [(900, False), (945, True), (1000, True), (86_799, True), (86_800, False), (90_000, False)]
)
def test_it_is_usable_from_its_issue_until_its_margin(now_s: int, *, usable: bool) -> None:
    """A small step of the clock is forgiven; a key of tomorrow is another world's."""
    assert DAY.is_usable(now_s * NS, margin_s=600.0) is usable


def test_it_hides_its_value() -> None:
    """Locals end up in tracebacks, tracebacks in logs."""
    assert "value" not in f"{DAY} {DAY!r}"


def test_a_fingerprint_tells_app_keys_apart_and_nothing_else() -> None:
    """It stands in the database for the key."""
    assert fingerprint("a") == fingerprint("a") != fingerprint("b")
    assert "app" not in fingerprint("app")
