"""What KIS tells the owner of an account about his orders."""

import pytest

from actors.kis.errors import FrameError
from actors.kis.fills import decrypt, parse_fill
from protocol.messages import Venue
from tests.support.fills import ABROAD, CIPHER, FILL, HOME, HOME_BEFORE_2025, sealed


@pytest.mark.parametrize("record", [HOME, HOME_BEFORE_2025, [*HOME, "appended"]], ids=["26", "23", "27"])
def test_a_fill_at_home_is_read_at_every_width(record: list[str]) -> None:
    """KIS put three fields into the middle one day, and paper trading has not followed."""
    assert parse_fill("H0STCNI0", "^".join(record)) == FILL


def test_a_fill_on_nxt_says_so() -> None:
    """The price is another exchange's."""
    record = [*HOME]
    record[19] = "2"

    fill = parse_fill("H0STCNI0", "^".join(record))

    assert fill is not None
    assert fill.venue is Venue.NXT


def test_a_fill_abroad_is_in_dollars() -> None:
    """Its price has four decimals that are not written."""
    fill = parse_fill("H0GSCNI9", "^".join(ABROAD))

    assert fill is not None
    assert (fill.symbol, fill.name, fill.venue) == ("TQQQ", "PROSHARES ULTRAPRO", Venue.NASDAQ)
    assert (fill.is_buy, fill.quantity, fill.price) == (False, 3, 81.5)


@pytest.mark.parametrize(("tr_id", "record", "what"), [("H0STCNI0", HOME, 13), ("H0GSCNI0", ABROAD, 12)])
def test_what_is_no_fill_is_told_to_nobody(tr_id: str, record: list[str], what: int) -> None:
    """An order that was accepted, amended or cancelled moved no money."""
    accepted = [*record]
    accepted[what] = "1"

    assert parse_fill(tr_id, "^".join(accepted)) is None


@pytest.mark.parametrize(
    ("place", "text", "kind"),
    [(4, "03", "fill_side"), (9, "-3", "fill_quantity"), (9, "0", "fill_quantity"), (10, "NaN", "fill_price")],
)
def test_a_wrong_field_is_refused_without_naming_the_account(place: int, text: str, kind: str) -> None:
    """What is refused is logged; whose account it is must not be."""
    record = [*HOME]
    record[place] = text

    with pytest.raises(FrameError) as refused:
        parse_fill("H0STCNI0", "^".join(record))

    assert refused.value.kind == kind
    assert "1234567801" not in str(refused.value)


@pytest.mark.parametrize("record", [HOME[:20], ABROAD[:20]], ids=["home", "abroad"])
def test_a_record_that_is_too_short_is_refused_without_its_text(record: list[str]) -> None:
    """Its fields are not where they should be."""
    with pytest.raises(FrameError, match="20 fields"):
        parse_fill("H0STCNI0" if record[4] == "02" else "H0GSCNI0", "^".join(record))


def test_what_kis_encrypts_is_opened_with_its_key() -> None:
    """AES-256 in CBC mode, padded by PKCS#7, in base64."""
    assert decrypt(sealed("^".join(HOME)), CIPHER) == "^".join(HOME)


@pytest.mark.parametrize("payload", ["", "no base64!", "AAAA", sealed("x")[:-4] + "AAA="], ids=range(4))
def test_what_the_key_does_not_open_is_refused(payload: str) -> None:
    """Anybody on the way may have written it."""
    with pytest.raises(FrameError) as refused:
        decrypt(payload, CIPHER)

    assert refused.value.kind == "cipher"


def test_a_cipher_shows_itself_to_nobody() -> None:
    """An answer that is logged holds one."""
    assert CIPHER.key not in f"{CIPHER} {CIPHER!r}"
