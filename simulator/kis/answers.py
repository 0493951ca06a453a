"""The JSON texts that KIS's WebSocket answers, by code.

Source: KIS Open API and codes as clients have collected them; several errors come without a header, or with `(null)`.
"""

import enum

import msgspec

__all__ = ["Code", "build_answer", "build_pingpong"]


class Code(enum.Enum):
    """A `msg_cd` with its `rt_cd` and `msg1`."""

    SUBSCRIBED = ("OPSP0000", "0", "SUBSCRIBE SUCCESS")
    UNSUBSCRIBED = ("OPSP0001", "0", "UNSUBSCRIBE SUCCESS")
    ALREADY = ("OPSP0002", "1", "ALREADY IN SUBSCRIBE")
    NOT_FOUND = ("OPSP0003", "1", "UNSUBSCRIBE ERROR(not found!)")
    TOO_MANY = ("OPSP0008", "1", "MAX SUBSCRIBE OVER")
    UNKNOWN_KEY = ("OPSP0011", "1", "invalid approval : NOT FOUND")
    BAD_TR_ID = ("OPSP8991", "1", "tr_id invalid")
    BAD_TR_KEY = ("OPSP8992", "1", "tr_key invalid")
    IN_USE = ("OPSP8996", "9", "ALREADY IN USE appkey")
    BAD_TR_TYPE = ("OPSP8997", "1", "tr_type invalid")
    BAD_CUSTTYPE = ("OPSP8998", "1", "custtype invalid")
    NO_TR_KEY = ("OPSP9990", "1", "JSON PARSING ERROR : tr_key not found")
    NO_INPUT = ("OPSP9991", "1", "JSON PARSING ERROR : input not found")
    NO_BODY = ("OPSP9992", "1", "JSON PARSING ERROR : body not found")
    NO_CUSTTYPE = ("OPSP9997", "1", "JSON PARSING ERROR : custtype not found")
    NO_HEADER = ("OPSP9998", "1", "JSON PARSING ERROR : header not found")
    NOT_JSON = ("OPSP9999", "1", "JSON PARSING ERROR : invalid JSON format")

    @property
    def msg_cd(self) -> str:
        """`OPSP0000` and so on."""
        return self.value[0]


_WITH_CIPHER = (Code.SUBSCRIBED, Code.UNSUBSCRIBED)
_WITHOUT_HEADER = (Code.NO_BODY, Code.NO_HEADER, Code.NOT_JSON)


def build_answer(code: Code, tr_id: str = "(null)", tr_key: str = "", cipher: tuple[str, str] = ("", "")) -> str:
    """Return the text of *code*; a success carries the session's *cipher*, its iv and key."""
    msg_cd, rt_cd, msg1 = code.value
    body: dict[str, object] = {"rt_cd": rt_cd, "msg_cd": msg_cd, "msg1": msg1}
    if code in _WITH_CIPHER:
        body["output"] = {"iv": cipher[0], "key": cipher[1]}
    answer: dict[str, object] = {"header": {"tr_id": tr_id, "tr_key": tr_key, "encrypt": "N"}, "body": body}
    if code in _WITHOUT_HEADER:
        del answer["header"]
    return msgspec.json.encode(answer).decode()


def build_pingpong(seoul_time: str) -> str:
    """Return the text of a PINGPONG at *seoul_time*, YYYYMMDDHHMMSS."""
    return f'{{"header":{{"tr_id":"PINGPONG","datetime":"{seoul_time}"}}}}'
