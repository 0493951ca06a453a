"""Requests over HTTP to one server by one thread, for channels that are reached so, and what it means when one fails.

No redirects, no retries inside, no proxy from the environment; the answer's size is bounded, and the time until it is
whole. A session of `requests` would look at each request for cookies, redirects and the server that it is for: an alert
does not wait for that, and goes to the library's adapter directly.

Every exception of the library holds the URL, and so what is secret in it: none may leave the module that caught it, not
even as a cause.
"""

import ssl

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectTimeout, ProxyError, ReadTimeout, RequestException
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError, ReadTimeoutError

from actors.runtime.clock import Clock
from actors.telegram.channels.outcomes import Doubtful, NotSent

__all__ = ["Exchange", "failure_of"]

LARGEST_ANSWER = 4 * 1024 * 1024
CHUNK = 64 * 1024


class _OneServer(HTTPAdapter):
    """Sends to one server, always by the same proxy or none, so that its connection need not be looked for."""

    def __init__(self) -> None:
        super().__init__()
        self._connection: HTTPConnectionPool | None = None

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str,  # noqa: FBT001 - the library's
        proxies: dict[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> HTTPConnectionPool:
        """Return the one that was found for the first request."""
        if self._connection is None:
            self._connection = super().get_connection_with_tls_context(request, verify, proxies, cert)
        return self._connection

    def close(self) -> None:
        """Close the connection."""
        super().close()
        self._connection = None


class Exchange:
    """One kept connection, or none while it has been idle."""

    def __init__(self, clock: Clock, *, connect_timeout_s: float, keep_alive_s: float, proxy: str = "") -> None:
        """Begin without a connection.

        Args:
            clock: by which a connection's idleness is measured.
            connect_timeout_s: after which a connection counts as not made.
            keep_alive_s: after which an idle connection is not used again: a stale one is the commonest cause of doubt.
            proxy: by which the other side is reached; empty for none.
        """
        self._clock = clock
        self._connect_timeout_s = connect_timeout_s
        self._keep_alive_s = keep_alive_s
        self._server = _OneServer()
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._used_at = clock.monotonic()

    def send(self, request: requests.PreparedRequest, read_timeout_s: float) -> tuple[int, bytes]:
        """Return status and body of the answer to *request*.

        Raises:
            RequestException: there was none. It holds the URL.
        """
        now = self._clock.monotonic()
        if now - self._used_at > self._keep_alive_s:
            self._server.close()
        self._used_at = now
        timeouts = (self._connect_timeout_s, read_timeout_s)
        response = self._server.send(request, stream=True, timeout=timeouts, proxies=self._proxies)
        body = self._body_of(response, until=now + sum(timeouts))
        self._used_at = self._clock.monotonic()
        return response.status_code, body

    def _body_of(self, response: requests.Response, until: float) -> bytes:
        """Return what *response* brings, nothing where that is too much; *until* then it must be whole."""
        body = bytearray()
        try:
            while piece := response.raw.read1(CHUNK, decode_content=True):
                body += piece
                if len(body) > LARGEST_ANSWER:
                    response.close()
                    return b""
                if self._clock.monotonic() > until:
                    # Each piece came in time, and there is no end of them.
                    response.close()
                    message = "expected an answer with an end"
                    raise ReadTimeout(message)
        except HTTPError as error:
            raise requests.ConnectionError(error) from None
        return bytes(body)


def failure_of(error: RequestException) -> NotSent | Doubtful:
    """Return what *error* means; whatever is not known to come before the request was written leaves a doubt."""
    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    reason = type(cause if isinstance(cause, Exception) else error).__name__
    if isinstance(error, ConnectTimeout | ProxyError) or isinstance(cause, ConnectTimeoutError | NewConnectionError):
        return NotSent(reason)
    if isinstance(cause, Exception) and cause.args and isinstance(cause.args[0], ssl.SSLCertVerificationError):
        return NotSent("SSLCertVerificationError")
    return Doubtful(reason, is_at_work=isinstance(error, ReadTimeout) or isinstance(cause, ReadTimeoutError))
