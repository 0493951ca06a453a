"""The simulated ntfy server, on loopback: `POST /` with JSON, `PUT /TOPIC` with a picture, `GET /v1/health`.

    request --> token? --> fault of the script? --> limit? --> checked --> log --> the message with its id

Its faults are the simulated Telegram's (`simulator.telegram.faults`), with the method `publish`: what may happen to a
request happens to both alike. They are ordered at `/simulator/fault`.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from aiohttp import web
from msgspec import Struct

from simulator.ntfy.log import NtfyLine, NtfyLog, read_ntfy
from simulator.ntfy.publications import NtfyRefusal, Publication, parse_json, parse_upload
from simulator.telegram.faults import Fault, FaultKind, FaultScript, parse_fault
from simulator.telegram.replies import cut, json_response

__all__ = ["Clock", "NtfySettings", "NtfySimulator", "running_ntfy"]

MAX_REQUEST_BYTES = 16 * 1024 * 1024
PUBLISH = "publish"
PICTURES = "ntfy"
BURST, PER_S = 60.0, 0.2
"""A visitor's requests, as the server is shipped."""


class Clock(Protocol):
    """The world's time and this machine's."""

    def now_ns(self) -> int:
        """Return the world's time, UTC epoch nanoseconds."""

    def monotonic_ns(self) -> int:
        """Return the monotonic clock, nanoseconds."""


class NtfySettings(Struct, frozen=True, kw_only=True):
    """Where it listens, and what it lets pass."""

    host: str = "127.0.0.1"
    port: int = 0
    """0: any free one."""
    token: str = ""
    """Without it nobody may publish; empty: everybody may."""
    takes_attachments: bool = False
    is_rate_limited: bool = False
    """Whether a visitor's limits are in force."""


class NtfySimulator:
    """One simulated server; `start` and `stop` it inside a running loop. Its log lies in *directory*, and goes on."""

    def __init__(self, settings: NtfySettings, directory: Path, clock: Clock, faults: Iterable[Fault] = ()) -> None:
        self.faults = FaultScript(list(faults))
        self.port = settings.port
        self._settings = settings
        self._directory = directory
        self._clock = clock
        self._taken = sum(line.accepted for line in read_ntfy(directory))
        self._log = NtfyLog(directory)
        self._tokens, self._filled_ns = BURST, clock.monotonic_ns()
        app = web.Application(client_max_size=MAX_REQUEST_BYTES)
        app.router.add_get("/v1/health", self._health)
        app.router.add_post("/simulator/fault", self._order)
        app.router.add_post("/", self._publish)
        app.router.add_put("/{topic}", self._publish)
        app.router.add_route("*", "/{path:.*}", _not_found)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)

    @property
    def base_url(self) -> str:
        """Where the server is to be found, without a slash at the end."""
        return f"http://{self._settings.host}:{self.port}"

    async def start(self) -> None:
        """Listen; with port 0, `port` and `base_url` are right from now on.

        Raises:
            OSError: the port is taken.
        """
        await self._runner.setup()
        await web.TCPSite(self._runner, self._settings.host, self.port, reuse_address=True).start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close every connection, the listening socket and the log."""
        await self._runner.cleanup()
        self._log.close()

    async def _order(self, request: web.Request) -> web.Response:
        try:
            self.faults.add(parse_fault(await request.read()))
        except ValueError as error:
            return _refused(NtfyRefusal(40000, str(error)))
        return json_response({"success": True}, 200)

    async def _health(self, request: web.Request) -> web.Response:
        # A real server looks at a token wherever one is shown.
        if "Authorization" in request.headers and not self._lets_in(request):
            return _refused(NtfyRefusal(40101, "unauthorized"))
        return json_response({"healthy": True}, 200)

    def _lets_in(self, request: web.Request) -> bool:
        token = self._settings.token
        return not token or request.headers.get("Authorization") == f"Bearer {token}"

    async def _publish(self, request: web.Request) -> web.StreamResponse:
        if not self._lets_in(request):
            return self._refuse(NtfyRefusal(40101, "unauthorized"))
        body = await request.read()
        fault = self.faults.next_for(PUBLISH, 0)
        if fault is None:
            return self._perform(request, body)
        if fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
            return self._perform(request, body)
        if fault.accepted:
            self._perform(request, body, is_reply_delivered=False)
        else:
            self._log.write(NtfyLine(accepted=False, at_ns=self._clock.now_ns(), error=f"fault: {fault.kind.value}"))
        return await _broken_reply(request, fault)

    def _perform(self, request: web.Request, body: bytes, *, is_reply_delivered: bool = True) -> web.Response:
        try:
            self._count()
            topic = request.match_info.get("topic")
            picture = "" if topic is None else f"{PICTURES}/{self._taken + 1}.png"
            if topic is None:
                published = parse_json(body)
            else:
                attachments = self._settings.takes_attachments
                published = parse_upload(topic, request.query, body, takes_attachments=attachments)
        except NtfyRefusal as refusal:
            return self._refuse(refusal)
        if picture:
            (self._directory / PICTURES).mkdir(mode=0o700, exist_ok=True)
            (self._directory / picture).write_bytes(body)
        return self._take(published, picture, is_reply_delivered=is_reply_delivered)

    def _take(self, published: Publication, picture: str, *, is_reply_delivered: bool) -> web.Response:
        self._taken += 1
        line = NtfyLine(
            accepted=True,
            at_ns=self._clock.now_ns(),
            number=self._taken,
            id=f"msg{self._taken:09}",
            topic=published.topic,
            title=published.title,
            text=published.message.strip(),
            priority=published.priority,
            attachment=picture,
            reply_delivered=is_reply_delivered,
        )
        self._log.write(line)
        answer = {"id": line.id, "time": line.at_ns // 1_000_000_000, "event": "message", "topic": line.topic}
        return json_response({**answer, "message": line.text}, 200)

    def _count(self) -> None:
        """Count one request.

        Raises:
            NtfyRefusal: there were too many.
        """
        now_ns = self._clock.monotonic_ns()
        self._tokens = min(BURST, self._tokens + (now_ns - self._filled_ns) / 1e9 * PER_S)
        self._filled_ns = now_ns
        if self._settings.is_rate_limited and self._tokens < 1:
            raise NtfyRefusal(42901, "limit reached: too many requests, please be nice")
        self._tokens = max(0.0, self._tokens - 1)

    def _refuse(self, refusal: NtfyRefusal) -> web.Response:
        self._log.write(NtfyLine(accepted=False, at_ns=self._clock.now_ns(), error=refusal.error))
        return _refused(refusal)


@asynccontextmanager
async def running_ntfy(
    settings: NtfySettings, directory: Path, clock: Clock, faults: Iterable[Fault] = ()
) -> AsyncIterator[NtfySimulator]:
    """Run a simulated ntfy for as long as the block lasts; arguments as of `NtfySimulator`."""
    simulator = NtfySimulator(settings, directory, clock, faults)
    await simulator.start()
    try:
        yield simulator
    finally:
        await simulator.stop()


async def _broken_reply(request: web.Request, fault: Fault) -> web.StreamResponse:
    match fault.kind:
        case FaultKind.FLOOD:
            return _refused(NtfyRefusal(42901, "limit reached: too many requests, please be nice"))
        case FaultKind.ERROR | FaultKind.NOT_OK:
            return _refused(NtfyRefusal(fault.status * 100 + 1, fault.description))
        case FaultKind.STATUS:
            return web.Response(status=fault.status, text=fault.body, content_type="text/html")
        case FaultKind.MALFORMED:
            return web.Response(text='{"id":"msg0', content_type="application/json")
        case FaultKind.HANG | FaultKind.DOWN:
            await asyncio.sleep(fault.seconds)
    return cut(request)


def _refused(refusal: NtfyRefusal) -> web.Response:
    body = {"code": refusal.code, "http": refusal.status, "error": refusal.error}
    return json_response(body, refusal.status)


async def _not_found(_: web.Request) -> web.Response:
    return _refused(NtfyRefusal(40401, "page not found"))
