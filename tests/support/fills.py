"""Records of an account's own orders as KIS writes and encrypts them."""

import base64

from Crypto.Cipher import AES
from Crypto.Util.Padding import pad

from actors.kis.fills import Cipher, Fill
from protocol.messages import Venue

__all__ = ["ABROAD", "CIPHER", "FILL", "HOME", "HOME_BEFORE_2025", "sealed"]

CIPHER = Cipher(iv="0123456789abcdef", key="0123456789abcdef0123456789abcdef")
WHO = ["anna", "1234567801", "0000000042", ""]
HEAD = ["02", "0", "00", "0", "005930", "0000000010", "000070600", "103015", "0", "2", "2", "00950", "0000000010"]
HOME = [*WHO, *HEAD, "김안나", "0", "1", "Y", "", "00", "", "삼성전자", "000070600"]
HOME_BEFORE_2025 = HOME[:18] + HOME[21:]
ABROAD = [*WHO, "01", "0", "2", "TQQQ", "0000000003", "000815000", "003015", "0", "2", "2", "00950", "0000000003"]
ABROAD += ["김안나", "PROSHARES ULTRAPRO", "6", "00", "", "093000", "160000", "00", "000815000"]

FILL = Fill(
    order="0000000042",
    symbol="005930",
    name="삼성전자",
    venue=Venue.KRX,
    is_buy=True,
    quantity=10,
    price=70_600.0,
    filled_at="103015",
)


def sealed(text: str) -> str:
    """Return *text* as KIS encrypts it."""
    cipher = AES.new(CIPHER.key.encode(), AES.MODE_CBC, CIPHER.iv.encode())
    return base64.b64encode(cipher.encrypt(pad(text.encode(), AES.block_size))).decode()
