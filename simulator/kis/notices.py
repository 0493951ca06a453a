"""What KIS tells the owner of an account about his own orders, encrypted with the session's key.

Source: KIS Open API, H0STCNI0 (국내주식 실시간체결통보; H0STCNI9 for paper) and H0GSCNI0 (해외주식; H0GSCNI9):
AES-256 in CBC mode with iv and key of the acknowledgement, both used as their ASCII bytes, padded by PKCS#7, base64.
"""

import base64

from Crypto.Cipher import AES
from Crypto.Util.Padding import pad

from simulator.faults import Fill

__all__ = ["NOTICE_TRS", "build_notice", "encrypted"]

NOTICE_TRS = frozenset({"H0STCNI0", "H0STCNI9", "H0GSCNI0", "H0GSCNI9"})
"""Their key is the owner's HTS id instead of a symbol."""

_SIDES = {"sell": "01", "buy": "02"}
_EXCHANGE_CODES = {"NASDAQ": "6", "NYSE": "7", "AMEX": "8"}
_OLD_WIDTH = 23
_LATE_FIELDS = slice(18, 21)
"""The three fields that KIS has put into the middle of the domestic record."""


def encrypted(text: str, cipher: tuple[str, str]) -> str:
    """Return *text* encrypted with *cipher*, iv and key, as base64."""
    iv, key = (part.encode() for part in cipher)
    return base64.b64encode(AES.new(key, AES.MODE_CBC, iv).encrypt(pad(text.encode(), AES.block_size))).decode()


def build_notice(fill: Fill, *, hts_id: str, venue: str, name: str, clock: str, number: int) -> str:
    """Return the record of a *fill*, plain: 26 fields (23 before 2025-03) at home, 25 abroad.

    Args:
        fill: what was bought or sold.
        hts_id: of the owner, by which clients find their subscription.
        venue: of its symbol.
        name: of its symbol.
        clock: HHMMSS in Seoul.
        number: of the order.
    """
    who = [hts_id, "1234567801", f"{number:010d}", ""]
    side, quantity = _SIDES[fill.side], f"{fill.quantity:010d}"
    if venue != "KRX":
        price = f"{round(fill.price * 10_000):09d}"  # four decimals are implied
        abroad = [side, "0", "2", fill.symbol, quantity, price, clock, "0", "2", "2", "00950", quantity]
        ends = ["모의투자", name, _EXCHANGE_CODES[venue], "00", "", "093000", "160000", "00", price]
        return "^".join([*who, *abroad, *ends])
    home = [side, "0", "00", "0", fill.symbol, quantity, f"{fill.price:09.0f}", clock, "0", "2", "2", "00950", quantity]
    late = ["0", "1", "Y"]  # ORD_COND_PRC, ORD_EXG_GB, POPUP_YN
    ends = ["", "00", "", name, f"{fill.price:09.0f}"]
    fields = [*who, *home, "모의투자", *late, *ends]
    if fill.fields == _OLD_WIDTH:
        del fields[_LATE_FIELDS]
    return "^".join(fields)
