"""HTTP with KIS, synchronous, by `urllib3`: what `requests` adds would cost each of three actors 3 MB more.

Proxies and ~/.netrc of the environment are ignored, nothing is tried twice, and a redirect is an answer like any other:
nobody follows it, wherever it leads. Certificates are those that `certifi` knows.
"""

from collections.abc import Mapping
from typing import Self
from urllib.parse import urlencode

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError

from actors.kis.config import KisConfig
from actors.runtime.trust import trusted

__all__ = ["CHUNK", "UNREACHABLE", "Unsendable", "Web"]

CHUNK = 64 * 1024
UNREACHABLE = (HTTPError, OSError)
"""What asking and reading may raise. Their texts may quote what was sent: no more than their kind is told."""


class Unsendable(HTTPError):  # noqa: N818 - it states a fact
    """What was to be asked has letters that HTTP does not take, such as a line end in a header."""


class Web:
    """Kept connections; one thread at a time."""

    def __init__(self, config: KisConfig) -> None:
        """Begin without a connection; *config* says how long is waited for one, and for the answer."""
        self._pool = PoolManager(
            retries=False,
            timeout=Timeout(connect=config.connect_timeout_s, read=config.read_timeout_s),
            ssl_context=trusted(),
        )

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> BaseHTTPResponse:
        """Return the answer, of which nothing but its head was read: whoever asks reads it to its end or closes it.

        Raises:
            HTTPError, OSError: there is none.
        """
        if params:
            url = f"{url}?{urlencode(params)}"
        try:
            return self._pool.urlopen(method, url, redirect=False, headers=headers, body=body, preload_content=False)
        except UNREACHABLE:
            raise
        except ValueError as error:
            # Its text is the header: a key or token.
            raise Unsendable(type(error).__name__) from None

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
