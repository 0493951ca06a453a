"""What is claimed outlives the process, until the database knows it."""

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.telegram.outbox.claims import Claims
from actors.telegram.outbox.deliveries import Delivery, Kind
from tests.support.alerts import alert

TEXT = Delivery(id=1, content=alert(1), kind=Kind.TEXT, person_id=7, chat_id=7, due_at_ns=0, created_at_ns=0)
OTHERS = (replace(TEXT, kind=Kind.PICTURE), replace(TEXT, channel="ntfy"), replace(TEXT, content=alert(2)))


def test_what_was_claimed_may_have_been_sent_and_nothing_else(tmp_path: Path) -> None:
    """The delivery's number may be another in the next life; what it brings, as what and by which way is not."""
    Claims(tmp_path / "claims").take([TEXT])
    claims = Claims(tmp_path / "claims")

    assert claims.may_be_sent(replace(TEXT, id=23))
    assert not any(claims.may_be_sent(other) for other in OTHERS)


def test_what_this_life_claims_is_not_in_doubt(tmp_path: Path) -> None:
    """It knows itself what became of that."""
    claims = Claims(tmp_path / "claims")
    claims.take([TEXT])

    assert not claims.may_be_sent(TEXT)


def test_what_the_database_knows_is_forgotten(tmp_path: Path) -> None:
    """Otherwise the file would grow for ever, and everything be in doubt after each crash."""
    claims = Claims(tmp_path / "claims")
    claims.take([TEXT, *OTHERS])
    claims.clear()

    assert (tmp_path / "claims").read_bytes() == b""
    claims.take([OTHERS[0]])
    later = Claims(tmp_path / "claims")
    assert [later.may_be_sent(each) for each in (TEXT, *OTHERS)] == [False, True, False, False]


def test_what_an_earlier_life_left_stays_until_the_deliveries_know_it(tmp_path: Path) -> None:
    """A second crash, before the alert was read again, must not forget the doubt of the first."""
    Claims(tmp_path / "claims").take([TEXT])
    second = Claims(tmp_path / "claims")
    second.take([OTHERS[0]])
    third = Claims(tmp_path / "claims")

    assert [third.may_be_sent(each) for each in (TEXT, *OTHERS)] == [True, True, False, False]
    third.forget_earlier()
    assert not third.may_be_sent(TEXT)
    third.clear()
    assert (tmp_path / "claims").read_bytes() == b""


def test_the_file_does_not_grow_while_an_earlier_life_is_not_yet_known(tmp_path: Path) -> None:
    """A record that cannot be read for a week keeps its doubts; what is brought meanwhile leaves none."""
    Claims(tmp_path / "claims").take([TEXT])
    claims = Claims(tmp_path / "claims")
    size = (tmp_path / "claims").stat().st_size
    for _ in range(100):
        claims.take([OTHERS[0]])
        claims.clear()

    assert (tmp_path / "claims").stat().st_size == size
    later = Claims(tmp_path / "claims")
    assert [later.may_be_sent(each) for each in (TEXT, *OTHERS)] == [True, False, False, False]


def test_lines_that_are_none_are_passed_over(tmp_path: Path) -> None:
    """A line that was cut was never acted upon; what a power failure leaves there may be anything."""
    Claims(tmp_path / "claims").take([TEXT])
    whole = (tmp_path / "claims").read_bytes()
    (tmp_path / "claims").write_bytes(b"\0\xff\n[]\n{}" + whole + whole[:-5])
    claims = Claims(tmp_path / "claims")
    claims.take([OTHERS[0]])
    later = Claims(tmp_path / "claims")

    assert claims.may_be_sent(TEXT)
    assert [later.may_be_sent(each) for each in (TEXT, *OTHERS)] == [True, True, False, False]


def test_a_disk_that_takes_half_a_line_takes_no_claim_and_swallows_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows is claimed on a line of its own."""
    claims = Claims(tmp_path / "claims")
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda file, lines: write(file, lines[:9]))
        assert not claims.take([TEXT])
    assert claims.take([OTHERS[0]])
    later = Claims(tmp_path / "claims")

    assert [later.may_be_sent(each) for each in (TEXT, *OTHERS)] == [False, True, False, False]


def test_a_full_disk_takes_no_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the database must be asked first."""
    claims = Claims(tmp_path / "claims")

    def write(_file: int, _lines: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", write)

    assert not claims.take([TEXT])


def test_nobody_else_may_read_what_was_told_to_whom(tmp_path: Path) -> None:
    """As of the databases."""
    Claims(tmp_path / "claims").close()

    assert (tmp_path / "claims").stat().st_mode & 0o077 == 0
