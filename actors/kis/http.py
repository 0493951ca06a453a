"""One HTTP exchange with KIS's REST gateway, synchronous, by `requests`. No decisions.

The body decides over success, not the status: KIS refuses with 200, 403 and 500 alike. Proxies and ~/.netrc of the
environment are ignored, redirects are not followed, and no answer is read beyond its bound.
"""

import requests

from actors.kis.config import KisConfig
from actors.kis.issuance import APPROVAL_PATH, TOKEN_PATH, build_approval_request, build_token_request
from actors.kis.rest import Call
from actors.runtime.config import AppKey
from actors.runtime.errors import TemporaryFailure
from actors.runtime.web import WebSession

__all__ = ["KisHttp"]

MOST_BYTES = 4 * 1024 * 1024


class KisHttp:
    """A kept connection to the gateway under one app key; one call at a time."""

    def __init__(self, config: KisConfig, key: AppKey) -> None:
        self._config = config
        self._key = key
        self._session = WebSession()

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
        self._session.close()

    def _exchange(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        params: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> bytes:
        try:
            with self._session.request(
                method,
                self._config.rest_url + path,
                headers=headers,
                params=params,
                data=body,
                timeout=(self._config.connect_timeout_s, self._config.read_timeout_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = b"".join(_bounded(response))
                status = response.status_code
        except (requests.RequestException, OSError) as error:
            # Only the kind of the error: its text may quote what we sent.
            message = f"expected an answer of KIS to {path}, found {type(error).__name__}"
            raise TemporaryFailure(message) from None
        if not content.lstrip().startswith(b"{"):
            message = f"expected JSON from KIS to {path}, found HTTP {status} with {len(content)} bytes"
            raise TemporaryFailure(message)
        return content


def _bounded(response: requests.Response) -> list[bytes]:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_content(64 * 1024):
        size += len(chunk)
        if size > MOST_BYTES:
            message = f"expected at most {MOST_BYTES} bytes"
            raise requests.RequestException(message)
        chunks.append(chunk)
    return chunks
