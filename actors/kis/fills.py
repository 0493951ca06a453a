"""A frame about the account's own orders -> `Fill`. Pure, but for the cipher.

    1|H0STCNI0|001|base64            AES-256-CBC with iv and key of the acknowledgement of this very TR

At home (H0STCNI0, on paper H0STCNI9) a record has 26 fields; before 2025-03, and on paper still, three of them were not
there. Abroad (H0GSCNI0, H0GSCNI9) it has 25, and the price is in ten-thousandths of a dollar. Most records tell that an
order was accepted, amended or cancelled: only CNTG_YN 2 is a fill. Numbers of accounts and orders stay out of errors.
Source: KIS documents of these TRs.
"""

import base64
import binascii
import re

from msgspec import Struct

from actors.kis.errors import FrameError
from protocol.messages import Venue

__all__ = ["FILL_TRS", "Cipher", "Fill", "decrypt", "parse_fill"]

AT_HOME, ABROAD = frozenset({"H0STCNI0", "H0STCNI9"}), frozenset({"H0GSCNI0", "H0GSCNI9"})
FILL_TRS = AT_HOME | ABROAD

ORDER, SIDE = 2, 4
FILLED = "2"
OLD_WIDTH, WIDTH, WIDTH_ABROAD = 23, 26, 25
DOLLAR = 10_000

_SIDES = {"01": False, "02": True}
_VENUE_BY_ORDER_CONDITION = {"6": Venue.NASDAQ, "7": Venue.NYSE, "8": Venue.AMEX}
_COUNT = re.compile("[0-9]{1,15}")
_PRICE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,8})?")


class Cipher(Struct, frozen=True):
    """What an acknowledgement gives for its TR; it shows itself to nobody."""

    iv: str
    key: str

    def __repr__(self) -> str:
        """Hide both."""
        return "Cipher(***)"


class Fill(Struct, frozen=True, kw_only=True):
    """An order that was filled, in whole or in part."""

    order: str
    symbol: str
    name: str
    venue: Venue
    is_buy: bool
    quantity: int
    price: float
    filled_at: str
    """HHMMSS in Korea, as KIS writes it."""


def decrypt(payload: str, cipher: Cipher) -> str:
    """Return the text of an encrypted frame behind its head.

    Raises:
        FrameError: it is not encrypted with *cipher*.
    """
    from Crypto.Cipher import AES  # noqa: PLC0415 - 1 MB that only an account with own fills shall pay
    from Crypto.Util.Padding import unpad  # noqa: PLC0415

    try:
        sealed = base64.b64decode(payload, validate=True)
        opened = AES.new(cipher.key.encode(), AES.MODE_CBC, cipher.iv.encode()).decrypt(sealed)
        return unpad(opened, AES.block_size).decode("utf-8")
    except (ValueError, binascii.Error):
        expected = "what the acknowledgement's key opens"
        raise FrameError(kind="cipher", expected=expected, found=f"{len(payload)} letters") from None


def parse_fill(tr_id: str, text: str) -> Fill | None:
    """Return the fill that a decrypted record of *tr_id* tells, None if it tells something else of an order.

    Raises:
        FrameError: it is not what KIS documents.
    """
    fields = text.split("^")
    return _abroad(fields) if tr_id in ABROAD else _at_home(fields)


def _at_home(fields: list[str]) -> Fill | None:
    if len(fields) != OLD_WIDTH and not WIDTH <= len(fields) < 2 * WIDTH:
        raise _width_error(fields, OLD_WIDTH, WIDTH)
    symbol, quantity, price, filled_at, _, what = fields[8:14]
    if what != FILLED:
        return None
    is_old = len(fields) == OLD_WIDTH
    return Fill(
        order=fields[ORDER],
        symbol=symbol,
        name=fields[21 if is_old else 24].strip(),
        venue=Venue.NXT if not is_old and fields[19] == "2" else Venue.KRX,
        is_buy=_is_buy(fields),
        quantity=_count(quantity),
        price=_price(price),
        filled_at=filled_at,
    )


def _abroad(fields: list[str]) -> Fill | None:
    if not WIDTH_ABROAD <= len(fields) < 2 * WIDTH_ABROAD:
        raise _width_error(fields, WIDTH_ABROAD)
    symbol, quantity, price, filled_at, _, what = fields[7:13]
    if what != FILLED:
        return None
    venue = _VENUE_BY_ORDER_CONDITION.get(fields[18])
    if venue is None:
        raise FrameError(kind="fill_venue", expected="NASDAQ, NYSE or AMEX (6, 7, 8)", found=fields[18])
    return Fill(
        order=fields[ORDER],
        symbol=symbol,
        name=fields[17].strip(),
        venue=venue,
        is_buy=_is_buy(fields),
        quantity=_count(quantity),
        price=_price(price) / DOLLAR,
        filled_at=filled_at,
    )


def _is_buy(fields: list[str]) -> bool:
    if fields[SIDE] not in _SIDES:
        raise FrameError(kind="fill_side", expected="01 or 02", found=fields[SIDE])
    return _SIDES[fields[SIDE]]


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text) or not (count := int(text)):
        raise FrameError(kind="fill_quantity", expected="a number of shares above zero", found=text)
    return count


def _price(text: str) -> float:
    if not _PRICE.fullmatch(text) or not (price := float(text)):
        raise FrameError(kind="fill_price", expected="a price above zero", found=text)
    return price


def _width_error(fields: list[str], *known: int) -> FrameError:
    expected = f"{' or '.join(map(str, known))} fields, or a few more"
    return FrameError(kind="fill_width", expected=expected, found=f"{len(fields)} fields")
