"""The JSON texts that KIS's WebSocket answers, by code.

Source: KIS Open API and codes as clients have collected them; several errors come without a header, or with `(null)`.
"""

import enum
from typing import Literal

import msgspec

from simulator.kis.notices import NOTICE_TRS

__all__ = ["Code", "build_answer", "build_pingpong"]


class Code(enum.Enum):
    """A `msg_cd` with its `rt_cd` and `msg1`."""

    SUBSCRIBED = ("OPSP0000", "0", "SUBSCRIBE SUCCESS")
    UNSUBSCRIBED = ("OPSP0001", "0", "UNSUBSCRIBE SUCCESS")
    ALREADY = ("OPSP0002", "1", "ALREADY IN SUBSCRIBE")
    NOT_FOUND = ("OPSP0003", "1", "UNSUBSCRIBE ERROR(not found!)")
    SUBSCRIBE_FAILED = ("OPSP0007", "1", "SUBSCRIBE INTERNAL ERROR")
    TOO_MANY = ("OPSP0008", "1", "MAX SUBSCRIBE OVER")
    SEND_FAILED = ("OPSP0009", "1", "SUBSCRIBE ERROR : mci send failed")
    SUSPECT_APP_KEY = ("OPSP0010", "1", "SUBSCRIBE WARNING : invalid appkey")
    UNKNOWN_KEY = ("OPSP0011", "1", "invalid approval : NOT FOUND")
    BAD_TR_ID = ("OPSP8991", "1", "tr_id invalid")
    BAD_TR_KEY = ("OPSP8992", "1", "tr_key invalid")
    BAD_HTS_ID = ("OPSP8993", "1", "JSON PARSING ERROR : invalid tr_key : htsid")
    NO_SECRET_KEY = ("OPSP8994", "1", "JSON PARSING ERROR : personalseckey not found")
    NO_APP_SECRET = ("OPSP8995", "1", "JSON PARSING ERROR : appsecret not found")
    IN_USE = ("OPSP8996", "9", "ALREADY IN USE appkey")
    BAD_TR_TYPE = ("OPSP8997", "1", "tr_type invalid")
    BAD_CUSTTYPE = ("OPSP8998", "1", "custtype invalid")
    NO_RESOURCE = ("OPSP8999", "1", "resource not available")
    NO_TR_KEY = ("OPSP9990", "1", "JSON PARSING ERROR : tr_key not found")
    NO_INPUT = ("OPSP9991", "1", "JSON PARSING ERROR : input not found")
    NO_BODY = ("OPSP9992", "1", "JSON PARSING ERROR : body not found")
    INTERNAL = ("OPSP9993", "1", "internal error")
    BAD_APP_KEY = ("OPSP9994", "1", "invalid appkey")
    NO_RESOURCE_NOW = ("OPSP9995", "1", "resource not available")
    BAD_APP_KEY_AGAIN = ("OPSP9996", "1", "invalid appkey")
    NO_CUSTTYPE = ("OPSP9997", "1", "JSON PARSING ERROR : custtype not found")
    NO_HEADER = ("OPSP9998", "1", "JSON PARSING ERROR : header not found")
    NOT_JSON = ("OPSP9999", "1", "JSON PARSING ERROR : invalid JSON format")

    @property
    def msg_cd(self) -> str:
        """`OPSP0000` and so on."""
        return self.value[0]


_WITH_CIPHER = frozenset({"OPSP0000", "OPSP0001"})
_WITHOUT_HEADER = frozenset({"OPSP9992", "OPSP9998", "OPSP9999"})
_BY_MSG_CD = {code.msg_cd: code.value for code in Code}
Header = Literal["as_kis", "full", "null", "none"]


def build_answer(
    msg_cd: str,
    tr_id: str = "(null)",
    tr_key: str = "",
    cipher: tuple[str, str] = ("", ""),
    header: Header = "as_kis",
) -> str:
    """Return the text of an answer.

    Args:
        msg_cd: its code; one that KIS is not known to have comes as a refusal.
        tr_id: of the request.
        tr_key: of the request.
        cipher: the session's iv and key, which a success carries.
        header: how the request is named: as KIS does, in full, as `(null)`, or not at all.
    """
    _, rt_cd, msg1 = _BY_MSG_CD.get(msg_cd, (msg_cd, "1", "UNKNOWN ERROR"))
    body: dict[str, object] = {"rt_cd": rt_cd, "msg_cd": msg_cd, "msg1": msg1}
    if msg_cd in _WITH_CIPHER:
        body["output"] = {"iv": cipher[0], "key": cipher[1]}
    if header == "none" or (header == "as_kis" and msg_cd in _WITHOUT_HEADER):
        return msgspec.json.encode({"body": body}).decode()
    if header == "null":
        tr_id, tr_key = "(null)", ""
    secret = "Y" if tr_id in NOTICE_TRS else "N"
    return msgspec.json.encode({"header": {"tr_id": tr_id, "tr_key": tr_key, "encrypt": secret}, "body": body}).decode()


def build_pingpong(seoul_time: str) -> str:
    """Return the text of a PINGPONG at *seoul_time*, YYYYMMDDHHMMSS."""
    return f'{{"header":{{"tr_id":"PINGPONG","datetime":"{seoul_time}"}}}}'
