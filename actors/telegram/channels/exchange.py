"""Requests over HTTP to one server by one thread, for channels that are reached so, and what it means when one fails.

No redirects, no retries inside, no proxy from the environment; the answer's size is bounded, and the time until it is
whole. By `urllib3`, which `requests` is made of: that looks for cookies, redirects, proxies and the server that each
request is for, and an alert would wait.

Every exception of the library holds the URL, and so what is secret in it: none may leave the module that caught it, not
even as a cause.
"""

import ssl
from collections.abc import Mapping
from urllib.parse import unquote

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from actors.runtime.clock import Clock
from actors.runtime.trust import trusted
from actors.telegram.channels.outcomes import Doubtful, NotSent

__all__ = ["Exchange", "failure_of"]

LARGEST_ANSWER = 4 * 1024 * 1024
CHUNK = 64 * 1024
BEFORE_ALL = (ConnectTimeoutError, NewConnectionError, LocationValueError)
"""What happens before a request is written."""
NO_TUNNEL = "Tunnel connection failed"
"""How the standard library begins to say that a proxy does not let us through."""


class Exchange:
    """One kept connection, or none while it has been idle."""

    def __init__(
        self, clock: Clock, root: str, *, connect_timeout_s: float, keep_alive_s: float, proxy: str = ""
    ) -> None:
        """Begin without a connection.

        Args:
            clock: by which a connection's idleness is measured.
            root: the URL below which all requests go, without a slash at its end.
            connect_timeout_s: after which a connection counts as not made.
            keep_alive_s: after which an idle connection is not used again: a stale one is the commonest cause of doubt.
            proxy: by which the other side is reached; empty for none.
        """
        self._clock = clock
        self._connect_timeout_s = connect_timeout_s
        self._keep_alive_s = keep_alive_s
        self._root = root
        self._manager = _manager_of(proxy, trusted() if root.startswith("https") else None)
        self._connections = self._manager.connection_from_url(root)
        url = urllib3.util.parse_url(root)
        # A proxy is told the whole URL of what goes through it in the clear.
        is_told = url.scheme == "http" and self._manager.proxy is not None
        self._prefix = root if is_told else url.path or ""
        self._used_at = clock.monotonic()

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, read_timeout_s: float
    ) -> tuple[int, bytes]:
        """Return status and body of the answer to a request for *path*, which begins with a slash.

        Raises:
            HTTPError: there was none. It holds the URL.
        """
        now = self._clock.monotonic()
        if now - self._used_at > self._keep_alive_s:
            self._manager.clear()
            self._connections = self._manager.connection_from_url(self._root)
        self._used_at = now
        try:
            response = self._connections.urlopen(
                method,
                self._prefix + path,
                body,
                headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=urllib3.Timeout(connect=self._connect_timeout_s, read=read_timeout_s),
                preload_content=False,
            )
        except ValueError as error:
            # What no header can hold: nothing was written. The text holds it.
            raise LocationValueError(type(error).__name__) from None
        answered = self._body_of(response, until=now + self._connect_timeout_s + read_timeout_s)
        self._used_at = self._clock.monotonic()
        return response.status, answered

    def _body_of(self, response: urllib3.BaseHTTPResponse, until: float) -> bytes:
        """Return what *response* brings, nothing where that is too much; *until* then it must be whole."""
        body = bytearray()
        while piece := response.read1(CHUNK):
            body += piece
            if len(body) > LARGEST_ANSWER:
                response.close()
                return b""
            if self._clock.monotonic() > until:
                # Each piece came in time, and there is no end of them.
                response.close()
                message = "expected an answer with an end"
                raise ReadTimeoutError(self._connections, "", message)
        return bytes(body)


def failure_of(error: HTTPError) -> NotSent | Doubtful:
    """Return what *error* means; whatever is not known to come before the request was written leaves a doubt."""
    # Whatever happens to a connection by way of a proxy is told as if the proxy could not be reached.
    cause = error.original_error if isinstance(error, ProxyError) else error
    if isinstance(cause, SSLError) and cause.args and isinstance(cause.args[0], ssl.SSLCertVerificationError):
        return NotSent("SSLCertVerificationError")
    was_written = not isinstance(cause, BEFORE_ALL) and not str(cause).startswith(NO_TUNNEL)
    reason = type(error).__name__
    return Doubtful(reason, is_at_work=isinstance(cause, ReadTimeoutError)) if was_written else NotSent(reason)


def _manager_of(proxy: str, trust: ssl.SSLContext | None) -> urllib3.PoolManager:
    """Return what makes connections by way of *proxy*, or directly."""
    if not proxy:
        return urllib3.PoolManager(ssl_context=trust)
    if proxy.startswith("socks"):
        from urllib3.contrib.socks import SOCKSProxyManager  # noqa: PLC0415 - hardly anybody needs it

        return SOCKSProxyManager(proxy, ssl_context=trust)
    headers = None
    if auth := urllib3.util.parse_url(proxy).auth:
        headers = urllib3.util.make_headers(proxy_basic_auth=unquote(auth))
    return urllib3.ProxyManager(proxy, proxy_headers=headers, ssl_context=trust)
