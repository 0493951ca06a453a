"""What the tests of our clients share."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.raw_server import Behaviour, Server


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], Server]]:
    """Return a way to start servers that end with the test."""
    servers: list[Server] = []

    def start(behave: Behaviour) -> Server:
        servers.append(Server(behave))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
