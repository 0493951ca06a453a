"""One HTTP exchange with KIS's REST gateway, synchronous. No decisions.

The body decides over success, not the status: KIS refuses with 200, 403 and 500 alike. No answer is read beyond
its bound.
"""

from urllib3 import BaseHTTPResponse

from actors.kis.config import KisConfig
from actors.kis.issuance import APPROVAL_PATH, TOKEN_PATH, build_approval_request, build_token_request
from actors.kis.rest import Call
from actors.kis.web import CHUNK, UNREACHABLE, Web
from actors.runtime.config import AppKey
from actors.runtime.errors import TemporaryFailure

__all__ = ["KisHttp"]

MOST_BYTES = 4 * 1024 * 1024


class KisHttp:
    """A kept connection to the gateway under one app key; one call at a time."""

    def __init__(self, config: KisConfig, key: AppKey) -> None:
        self._config = config
        self._key = key
        self._web = Web(config)

    def request_approval(self) -> bytes:
        """Return the answer to a request for an approval key.

        Raises:
            TemporaryFailure: the gateway cannot be reached, or answers no JSON.
        """
        body = build_approval_request(self._key.key.reveal(), self._key.secret.reveal())
        return self._exchange("POST", APPROVAL_PATH, {"content-type": "application/json"}, body=body)

    def request_token(self) -> bytes:
        """Return the answer to a request for an access token; raises as `request_approval`."""
        body = build_token_request(self._key.key.reveal(), self._key.secret.reveal())
        return self._exchange("POST", TOKEN_PATH, {"content-type": "application/json"}, body=body)

    def get(self, call: Call, access_token: str) -> bytes:
        """Return the answer to *call*; raises as `request_approval`."""
        headers = {
            "content-type": "application/json; charset=utf-8",
            "authorization": f"Bearer {access_token}",
            "appkey": self._key.key.reveal(),
            "appsecret": self._key.secret.reveal(),
            "tr_id": call.tr_id,
            "tr_cont": "",
            "custtype": self._config.custtype,
        }
        return self._exchange("GET", call.path, headers, params=call.params)

    def close(self) -> None:
        """Let go of the connection."""
        self._web.close()

    def _exchange(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        params: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> bytes:
        try:
            with self._web.ask(method, self._config.rest_url + path, headers, params, body) as answer:
                content = _bounded(answer)
        except UNREACHABLE as error:
            message = f"expected an answer of KIS to {path}, found {type(error).__name__}"
            raise TemporaryFailure(message) from None
        if not content.lstrip().startswith(b"{"):
            message = f"expected JSON from KIS to {path}, found HTTP {answer.status} with {len(content)} bytes"
            raise TemporaryFailure(message)
        return content


def _bounded(answer: BaseHTTPResponse) -> bytes:
    """Return the body of *answer*, cut off where it is longer than any of KIS's."""
    content = bytearray()
    for chunk in answer.stream(CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            message = f"expected at most {MOST_BYTES} bytes from KIS, found more"
            raise TemporaryFailure(message)
    return bytes(content)
