"""How the simulated Telegram answers: the Bot API's JSON shape, or a cut connection.

{"ok": true, "result": ...}      {"ok": false, "error_code": 400, "description": "...", "parameters": {...}}
"""

import socket
import struct

import msgspec
from aiohttp import web

from simulator.telegram.types import ApiError

__all__ = ["cut", "json_response", "refused", "succeeded"]

# SO_LINGER on with no time: closing sends RST.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def json_response(body: object, status: int) -> web.Response:
    """Return *body* as JSON."""
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")


def succeeded(result: object) -> web.Response:
    """Return a method's *result* in the Bot API's shape."""
    return json_response({"ok": True, "result": result}, 200)


def refused(error: ApiError) -> web.Response:
    """Return *error* in the Bot API's shape; the HTTP status is the error's code."""
    body: dict[str, object] = {"ok": False, "error_code": error.error_code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return json_response(body, error.error_code)


def cut(request: web.Request) -> web.Response:
    """Reset the connection of *request*; the response returned goes nowhere."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    return web.Response()
