"""The simulator's own orders over HTTP, for tests and for who plays with it: /simulator on the REST port.

    GET  /simulator         the world's time, the number of the next trade, open sessions, registrations
    POST /simulator/fault   one fault; answers {"played": true}, false if it waits for its trigger

The faults are listed in docs/simulator.md.
"""

from collections.abc import Callable

import msgspec
from aiohttp import web

from simulator.errors import ScriptError
from simulator.faults import parse_fault
from simulator.kis.player import Player

__all__ = ["add_orders"]


def add_orders(application: web.Application, player: Player, describe: Callable[[], dict[str, object]]) -> None:
    """Add the routes to *application*; *describe* tells how the world stands."""

    async def show(_request: web.Request) -> web.StreamResponse:
        return _json(describe())

    async def order(request: web.Request) -> web.StreamResponse:
        try:
            fault = parse_fault(await request.read())
            return _json({"played": player.order(fault)})
        except (ScriptError, LookupError) as error:
            return _json({"error": str(error)}, 400)

    application.router.add_get("/simulator", show)
    application.router.add_post("/simulator/fault", order)


def _json(content: dict[str, object], status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(content), status=status, content_type="application/json")
