"""The codes with which KIS's REST refuses a call, and the shapes in which it says so.

Source: KIS Open API, error codes of the gateway (EGW…).
"""

import enum

__all__ = ["Refusal", "RestCode", "refusal_body"]


class RestCode(enum.Enum):
    """A `msg_cd` with its `msg1`."""

    WRONG_APP_KEY = ("EGW00103", "유효하지 않은 AppKey입니다.")
    WRONG_APP_SECRET = ("EGW00105", "유효하지 않은 AppSecret입니다.")
    UNKNOWN_TOKEN = ("EGW00121", "유효하지 않은 token 입니다.")
    EXPIRED_TOKEN = ("EGW00123", "기간이 만료된 token 입니다.")
    TOKEN_TOO_SOON = ("EGW00133", "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)")
    TOO_MANY_CALLS = ("EGW00201", "초당 거래건수를 초과하였습니다.")
    NO_SUCH_CALL = ("EGW00203", "OPS라우팅 중 오류가 발생했습니다.")
    NOT_PERMITTED = ("EGW00206", "API 사용 권한이 없습니다.")
    TIMED_OUT = ("EGW00301", "연결 시간이 초과되었습니다.")
    BAD_FIELD = ("OPSQ2001", "ERROR : INPUT FIELD NOT FOUND")

    @property
    def msg_cd(self) -> str:
        """`EGW00123` and so on."""
        return self.value[0]


_TEXTS = dict(code.value for code in RestCode)


class Refusal(Exception):  # noqa: N818 - it states a fact
    """A call is refused.

    Args:
        code: why.
        status: the HTTP status; business errors come with 500, those about keys with 403.
        detail: what is added to the text.
    """

    def __init__(self, code: RestCode, status: int = 500, detail: str = "") -> None:
        super().__init__(code.msg_cd)
        self.code = code
        self.status = status
        self.detail = detail


def refusal_body(path: str, msg_cd: str, detail: str = "") -> dict[str, object]:
    """Return the JSON with which a call of *path* is refused; the key service has a shape of its own."""
    text = _TEXTS.get(msg_cd, msg_cd) + detail
    if path.startswith("/oauth2"):
        return {"error_code": msg_cd, "error_description": text}
    return {"rt_cd": "1", "msg_cd": msg_cd, "msg1": text}
