"""The web sites behind FinanceDataReader, played by an HTTPS proxy on loopback.

The library is left as it is: it asks for its real addresses, its process is told of the proxy and of a certificate
authority made for this one test by the environment alone. The proxy answers in the site's place and passes nothing on.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from msgspec import Struct

__all__ = ["CUT", "HANG", "UNREACHABLE", "Page", "Upstreams", "playing_upstreams"]


class Page(Struct, frozen=True):
    """What a site answers."""

    body: str
    status: int = 200
    missing: int = 0
    """So many bytes more are promised than sent: the connection ends in the middle."""


HANG = Page("", status=0)
"""The site takes the question and never answers."""
CUT = Page("<chart", missing=1_000)
"""The connection breaks in the middle of an answer."""
UNREACHABLE = Page("", status=-1)
"""There is no way to the site."""


class Upstreams:
    """What the sites answer now, and what they were asked."""

    def __init__(self, directory: Path) -> None:
        self.page = Page("")
        """What whoever asks is answered."""
        self.asked: list[str] = []
        """Host and path of each question."""
        self.authority = directory / "authority.pem"
        self._ca = trustme.CA()
        self._ca.cert_pem.write_to_path(str(self.authority))
        self._hanging = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection: `CONNECT host:443`, then one question over TLS."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            host = head.split()[1].decode().partition(":")[0]
            page = self.page
            if page is UNREACHABLE:
                writer.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            else:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await writer.drain()
                await writer.start_tls(self._context_for(host))
                await self._answer(host, page, reader, writer)
            await writer.drain()
        writer.close()

    def release(self) -> None:
        """Let go of whoever hangs."""
        self._hanging.set()

    async def _answer(self, host: str, page: Page, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(host + head.split()[1].decode())
        if page is HANG:
            await self._hanging.wait()
            return
        body = page.body.encode()
        writer.write(f"HTTP/1.1 {page.status} X\r\nContent-Length: {len(body) + page.missing}\r\n\r\n".encode() + body)

    def _context_for(self, host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(host).configure_cert(context)
        return context


@asynccontextmanager
async def playing_upstreams(directory: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Upstreams]:
    """Play the sites for the child processes that are started in the block."""
    upstreams = Upstreams(directory)
    server = await asyncio.start_server(upstreams.serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with monkeypatch.context() as environment:
        for name in ("NO_PROXY", "no_proxy", "https_proxy"):
            environment.delenv(name, raising=False)
        environment.setenv("HTTPS_PROXY", address)
        environment.setenv("REQUESTS_CA_BUNDLE", str(upstreams.authority))
        try:
            yield upstreams
        finally:
            upstreams.release()
            server.close()
            await server.wait_closed()
