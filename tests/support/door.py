"""A door in front of the simulated KIS: it counts who knocks, and is shut for as long as a test wants."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

__all__ = ["Door"]

MOST_BYTES = 64 * 1024


class Door:
    """Lets connections through to what is behind it, or resets them while it is shut."""

    def __init__(self) -> None:
        self.is_shut = False
        self.knocks = 0
        """How many connections came, refused ones too."""
        self._behind = ("", 0)
        self._relays: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def before(self, url: str) -> AsyncIterator[str]:
        """Stand before *url*, `ws://host:port`, as long as the block; yield the door's own."""
        host, _, port = url.removeprefix("ws://").partition(":")
        self._behind = (host, int(port))
        server = await asyncio.start_server(self._on_knock, "127.0.0.1", 0)
        try:
            yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for relay in self._relays:
                relay.cancel()

    async def _on_knock(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.knocks += 1
        if self.is_shut:
            writer.transport.abort()
            return
        inner_reader, inner_writer = await asyncio.open_connection(*self._behind)
        for source, sink in ((reader, inner_writer), (inner_reader, writer)):
            relay = asyncio.get_running_loop().create_task(_relay(source, sink))
            self._relays.add(relay)
            relay.add_done_callback(self._relays.discard)


async def _relay(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(MOST_BYTES):
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        sink.transport.abort()
    else:
        sink.close()
