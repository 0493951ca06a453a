"""The Telegram Bot API as a bot sees it, on loopback: `{base_url}/bot{token}/{method}`.

    request --> token, method --> fault of the script? --> BotMethods: check, log, effect --> reply
                                                              getUpdates: Polling

Methods: getMe, sendMessage, sendPhoto, editMessageText, getUpdates, answerCallbackQuery, setMyCommands, getMyCommands,
sendChatAction, deleteWebhook. What people do comes in under `/simulator` (`simulator.telegram.deeds`). What was
accepted stands in `telegram.jsonl`, pictures in `phone/` (`docs/ledger.md`). Source: Bot API 10.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from msgspec import Struct

from simulator.telegram.chats import ChatBook
from simulator.telegram.deeds import Deeds, MeetChat, PressButton, Say, decode_deed
from simulator.telegram.faults import Fault, FaultKind, FaultScript, parse_fault
from simulator.telegram.limits import FloodLimits
from simulator.telegram.log import LogLine, TelegramLog, read_log
from simulator.telegram.methods import BotMethods, Clock, too_many_requests
from simulator.telegram.replies import cut, json_response, refused, succeeded
from simulator.telegram.requests import Call, read_call
from simulator.telegram.types import ApiError, User
from simulator.telegram.updates import Polling

__all__ = ["TelegramPerson", "TelegramSettings", "TelegramSimulator", "running_telegram"]

MAX_REQUEST_BYTES = 50 * 1024 * 1024
_TOKEN = re.compile(r"(\d+):[A-Za-z0-9_-]+")


class TelegramPerson(Struct, frozen=True, kw_only=True):
    """A chat that has started the bot before the world began."""

    chat_id: int
    name: str


class TelegramSettings(Struct, frozen=True, kw_only=True):
    """Where the server listens, for which bot, and who has started it."""

    token: str
    host: str = "127.0.0.1"
    port: int = 0
    """0: any free one."""
    bot_name: str = "시그마벨"
    bot_username: str = "sigmabell_demo_bot"
    people: tuple[TelegramPerson, ...] = ()
    is_rate_limited: bool = False
    """Whether the flood limits of `simulator.telegram.limits` are in force."""


class TelegramSimulator:
    """One simulated Bot API server; `start` and `stop` it inside a running loop.

    Args:
        settings: see there.
        directory: `simulator` in the data folder; the log in it is continued.
        clock: the world's.
        faults: rules in force from the first request on.
    """

    def __init__(self, settings: TelegramSettings, directory: Path, clock: Clock, faults: Iterable[Fault] = ()) -> None:
        self.faults = FaultScript(list(faults))
        self.port = settings.port
        self._settings = settings
        self._book = ChatBook(bot_user(settings), directory)
        for line in read_log(directory):
            self._book.apply(line)
        self._log = TelegramLog(directory)
        limits = FloodLimits() if settings.is_rate_limited else None
        self._methods = BotMethods(self._book, self._log, directory, clock, limits)
        self._polling = Polling(self._book, self._methods)
        self._deeds = Deeds(self._book, self._methods)
        for person in settings.people:
            if person.chat_id not in self._book.chats:
                self._deeds.know(MeetChat(chat_id=person.chat_id, name=person.name))
        self.app = self._routed_app()
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.2)
        self._site: web.TCPSite | None = None
        self._outage: asyncio.Task[None] | None = None

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
        await self._listen()

    async def stop(self) -> None:
        """Close every connection, the listening socket and the log."""
        if self._outage is not None:
            self._outage.cancel()
        await self._runner.cleanup()
        self._log.close()

    def say(self, said: Say) -> int:
        """Let somebody type; return the update's id."""
        return self._woken(self._deeds.say(said))

    def press(self, pressed: PressButton) -> int:
        """Let somebody press a button; return the update's id.

        Raises:
            ValueError: there is no such button.
        """
        return self._woken(self._deeds.press(pressed))

    def meet(self, met: MeetChat) -> None:
        """Let a chat appear or change its mind about the bot."""
        self._woken(self._deeds.meet(met))

    async def go_down(self, seconds: float) -> None:
        """Cut all connections now and refuse new ones for *seconds*."""
        if self._site is None:
            return
        site, self._site = self._site, None
        await site.stop()
        for connection in self._runner.server.connections if self._runner.server else []:
            connection.force_close()
            if connection.transport is not None:
                connection.transport.abort()
        self._outage = asyncio.get_running_loop().create_task(self._come_back(seconds))

    async def wait_until_up(self) -> None:
        """Return when the outage in force, if there is one, is over."""
        if self._outage is not None:
            await self._outage

    async def _come_back(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._listen()

    async def _listen(self) -> None:
        self._site = web.TCPSite(self._runner, self._settings.host, self.port, reuse_address=True)
        await self._site.start()
        self.port = int(self._runner.addresses[0][1])

    def _woken(self, line: LogLine) -> int:
        self._polling.wake()
        return line.update_id

    def _routed_app(self) -> web.Application:
        app = web.Application(client_max_size=MAX_REQUEST_BYTES)
        app.router.add_post("/simulator/say", self._order(lambda body: self.say(decode_deed(body, Say))))
        app.router.add_post("/simulator/press", self._order(lambda body: self.press(decode_deed(body, PressButton))))
        app.router.add_post("/simulator/chat", self._order(lambda body: self.meet(decode_deed(body, MeetChat))))
        app.router.add_post("/simulator/fault", self._order(lambda body: self.faults.add(parse_fault(body))))
        app.router.add_delete("/simulator/fault", self._order(lambda _: self.faults.clear()))
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_route("*", "/{path:.*}", _not_found)
        return app

    def _order(self, obey: Callable[[bytes], object]) -> Callable[[web.Request], "asyncio.Future[web.Response]"]:
        async def answer(request: web.Request) -> web.Response:
            try:
                result = obey(await request.read())
            except ValueError as error:
                return refused(ApiError(400, str(error)))
            return succeeded(True if result is None else result)

        return answer  # type: ignore[return-value]  # a coroutine function is what aiohttp wants; its type is narrower

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"].lower()
        try:
            self._check(request.match_info["token"], method)
            call = await read_call(request)
        except ApiError as error:
            return refused(error)
        fault = self.faults.next_for(method, call.chat_id)
        if fault is None:
            return await self._perform(request, method, call)
        return await self._go_wrong(request, method, call, fault)

    def _check(self, token: str, method: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        if token != self._settings.token:
            raise ApiError(401, "Unauthorized")
        if method != "getupdates" and not self._methods.has(method):
            raise ApiError(404, "Not Found: method not found")

    async def _perform(self, request: web.Request, method: str, call: Call) -> web.Response:
        is_connected = request.transport is not None and not request.transport.is_closing()
        try:
            if method == "getupdates":
                return succeeded(await self._polling.get_updates(call))
            return succeeded(self._methods.perform(method, call, is_reply_delivered=is_connected))
        except ApiError as error:
            return refused(error)

    async def _go_wrong(self, request: web.Request, method: str, call: Call, fault: Fault) -> web.StreamResponse:
        """Act out *fault*; where it says so, the request has its effect first."""
        if fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
            return await self._perform(request, method, call)
        if fault.accepted and self._methods.has(method):
            try:
                self._methods.perform(method, call, is_reply_delivered=False)
            except ApiError as error:
                return refused(error)
        else:
            self._methods.refuse(method, call, f"fault: {fault.kind.value}")
        return await self._broken_reply(request, fault)

    async def _broken_reply(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        match fault.kind:
            case FaultKind.ERROR:
                return refused(ApiError(fault.status, fault.description, fault.parameters))
            case FaultKind.FLOOD:
                return refused(too_many_requests(fault.retry_after_s))
            case FaultKind.STATUS:
                return web.Response(status=fault.status, text=fault.body, content_type="text/html")
            case FaultKind.MALFORMED:
                return web.Response(text='{"ok":true,"result":{"message_id":', content_type="application/json")
            case FaultKind.NOT_OK:
                return json_response({"ok": False, "error_code": fault.status, "description": fault.description}, 200)
            case FaultKind.HANG:
                await asyncio.sleep(fault.seconds)
            case FaultKind.DOWN:
                await self.go_down(fault.seconds)
        return cut(request)


@asynccontextmanager
async def running_telegram(
    settings: TelegramSettings, directory: Path, clock: Clock, faults: Iterable[Fault] = ()
) -> AsyncIterator[TelegramSimulator]:
    """Run a simulated Telegram for as long as the block lasts; arguments as of `TelegramSimulator`."""
    simulator = TelegramSimulator(settings, directory, clock, faults)
    await simulator.start()
    try:
        yield simulator
    finally:
        await simulator.stop()


def bot_user(settings: TelegramSettings) -> User:
    """Return the bot as getMe shows it; its id is the number in front of the token."""
    return User(
        id=int(settings.token.partition(":")[0]),
        is_bot=True,
        first_name=settings.bot_name,
        username=settings.bot_username,
        can_join_groups=True,
        can_read_all_group_messages=False,
        supports_inline_queries=False,
    )


async def _not_found(_: web.Request) -> web.Response:
    return refused(ApiError(404, "Not Found"))
