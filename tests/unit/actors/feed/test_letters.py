"""What feed tells people."""

from datetime import date

from actors.feed.letters import app_key_in_use
from protocol.letters import THE_OPERATOR, AppKeyInUse


def test_a_key_in_use_is_told_once_a_day_and_never_names_the_key() -> None:
    """A stolen slot comes and goes all day; the key itself is a secret."""
    letter = app_key_in_use("PSsecretkey", "second", date(2026, 11, 27))

    assert (letter.person_id, letter.matter) == (THE_OPERATOR, AppKeyInUse(link="second"))
    assert letter == app_key_in_use("PSsecretkey", "second", date(2026, 11, 27))
    assert letter.id != app_key_in_use("PSsecretkey", "second", date(2026, 11, 28)).id
    assert letter.id != app_key_in_use("PSother", "second", date(2026, 11, 27)).id
    assert "secret" not in repr(letter)
