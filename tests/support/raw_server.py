"""A server on loopback that does one thing to each request, from an honest answer to a connection that is cut."""

import contextlib
import socket
import struct
from collections.abc import Callable
from threading import Thread

__all__ = ["Behaviour", "Server", "cut_short", "reply", "reset"]

RESET = struct.pack("ii", 1, 0)

Behaviour = Callable[[socket.socket], None]


class Server:
    """A server that does one thing to each request of a connection, connection by connection."""

    def __init__(self, behave: Behaviour) -> None:
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = 0
        self.requests: list[bytes] = []
        self._open: list[socket.socket] = []
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def stop(self) -> None:
        """Accept no more, end what is open, and wait for the thread."""
        for connection in (self._listener, *self._open):
            with contextlib.suppress(OSError):  # it may have been cut
                connection.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                with connection, contextlib.suppress(OSError):
                    while request := self._read(connection):
                        self.requests.append(request)
                        self._behave(connection)

    def _read(self, connection: socket.socket) -> bytes:
        connection.settimeout(5)
        request = b""
        while part := connection.recv(65536):
            request += part
            head, _, body = request.partition(b"\r\n\r\n")
            length = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), b": 0")
            if len(body) >= int(length.split(b":")[1]):
                break
        return request


def reply(body: bytes, status: str = "200 OK", length: int | None = None) -> Behaviour:
    """Answer with *body*; a *length* that is not the body's is a lie."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body) if length is None else length}\r\n\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


def cut_short(connection: socket.socket) -> None:
    """Promise more than is sent, and close."""
    reply(b'{"ok":true', length=500)(connection)
    connection.close()


def reset(connection: socket.socket) -> None:
    """Cut the connection by RST instead of answering."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()
