"""Where an actor's ports are, and sockets with the options that the measurements ask for.

`ipc://` files under the run directory (mode 0700), whose path the kernel limits to 107 bytes. RECONNECT_IVL 20 ms: the
first message after a restart arrives within 32 ms instead of 121. A socket never waits at the end of a process: what
must not be lost lies on disk.
"""

import zmq

from actors.runtime.config import Settings
from actors.runtime.errors import ConfigError
from protocol.topology import CHANNELS, Address, Port

__all__ = ["connect", "endpoint_of", "open_socket"]

LONGEST_PATH = 107


def endpoint_of(settings: Settings, address: Address, port: Port) -> str:
    """Return where *port* of *address* is bound.

    Raises:
        ConfigError: the path is longer than a Unix socket's may be.
    """
    path = settings.run_dir / f"{address}.{port.value}"
    if len(str(path).encode()) > LONGEST_PATH:
        message = (
            f"{settings.path}: [sigmabell] run_dir: expected paths of at most {LONGEST_PATH} bytes in it, found {path}"
        )
        raise ConfigError(message)
    return f"ipc://{path}"


def open_socket(context: "zmq.Context[zmq.Socket[bytes]]", kind: int, port: Port) -> "zmq.Socket[bytes]":
    """Return a socket of *kind* for *port*, with the water marks and size limits of its channels."""
    channels = [channel for channel in CHANNELS if channel.port is port]
    socket = context.socket(kind)
    socket.set_hwm(max(channel.water_mark for channel in channels))
    socket.set(zmq.MAXMSGSIZE, max(channel.max_bytes for channel in channels))
    socket.set(zmq.RECONNECT_IVL, 20)
    socket.set(zmq.LINGER, 0)
    if kind == zmq.ROUTER:
        socket.set(zmq.ROUTER_MANDATORY, 1)
    return socket


def connect(socket: "zmq.Socket[bytes]", settings: Settings, actor: str, port: Port) -> "zmq.Socket[bytes]":
    """Connect *socket* to that port of *actor*, and return it."""
    socket.connect(endpoint_of(settings, Address(actor), port))
    return socket
