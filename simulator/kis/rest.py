"""KIS's REST server: keys and tokens, headers, limits, and errors in KIS's shapes.

A business error is HTTP 500 with `rt_cd`, `msg_cd` and `msg1`; what the gateway refuses about keys is HTTP 403 with
`error_code` and `error_description`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from simulator.clock import WorldClock, moment_of
from simulator.config import SimulatorConfig
from simulator.faults import Rest
from simulator.journal import Journal
from simulator.kis.keys import KeyDesk, TooSoon
from simulator.kis.queries import BadQuery
from simulator.kis.quotations import Quotations
from simulator.kis.rest_codes import Refusal, RestCode, refusal_body
from simulator.kis.rest_faults import CallLimit, RestFaults

__all__ = ["KisRest", "RequestCounter"]

_SEOUL = ZoneInfo("Asia/Seoul")
_DAY_S = 86_400
_GATEWAY_HTML = (
    "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RequestCounter(Protocol):
    """Numbers the calls; they go on over a restart of the simulator."""

    requests: int


class KisRest:
    """The REST service, as an aiohttp application.

    Args:
        config: address, keys, limits.
        clock: the world's time.
        desk: issues keys and tokens.
        quotations: answers about prices.
        faults: what strikes the next calls.
        journal: where calls are noted.
        counter: numbers the calls.
        on_request: called with a call's number before it is answered.
    """

    def __init__(
        self,
        *,
        config: SimulatorConfig,
        clock: WorldClock,
        desk: KeyDesk,
        quotations: Quotations,
        faults: RestFaults,
        journal: Journal,
        counter: RequestCounter,
        on_request: Callable[[int], None],
    ) -> None:
        self._config = config
        self._clock = clock
        self._desk = desk
        self._quotations = quotations
        self._faults = faults
        self._journal = journal
        self._counter = counter
        self._on_request = on_request
        self._limit = CallLimit(config.rest_calls_per_second)
        self._app_keys = {config.app_key, *config.more_app_keys}
        self.application = web.Application(middlewares=[self._around])
        self.application.router.add_post("/oauth2/Approval", self._approval)
        self.application.router.add_post("/oauth2/tokenP", self._token)
        self.application.router.add_post("/oauth2/revokeP", self._revoke)
        self.application.router.add_get("/uapi/{rest:.*}", self._quotation)

    @web.middleware
    async def _around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/simulator"):
            return await handler(request)
        self._counter.requests += 1
        number = self._counter.requests
        self._on_request(number)
        code, response = "", await self._struck(request)
        if response is None:
            try:
                response = await handler(request)
            except Refusal as refusal:
                code = refusal.code.msg_cd
                response = _json(refusal_body(request.path, code, refusal.detail), refusal.status)
        self._journal.request(number, request.path, request.headers.get("tr_id", ""), response.status, code)
        return response

    async def _struck(self, request: web.Request) -> web.StreamResponse | None:
        fault = self._faults.take(request.path)
        if fault is None:
            return None
        await asyncio.sleep(fault.delay_s)
        if fault.cut and request.transport is not None:
            request.transport.abort()
        return _fault_response(fault, request.path)

    async def _approval(self, request: web.Request) -> web.StreamResponse:
        app_key = self._checked_key(await _body(request), "secretkey")
        try:
            key = self._desk.issue_approval(app_key, self._clock.now_ns(), self._clock.monotonic_ns())
        except TooSoon:
            raise Refusal(RestCode.TOO_MANY_CALLS, 403) from None
        return _json({"approval_key": key})

    async def _token(self, request: web.Request) -> web.StreamResponse:
        app_key = self._checked_key(await _body(request), "appsecret")
        try:
            token, expires_ns = self._desk.issue_token(app_key, self._clock.now_ns(), self._clock.monotonic_ns())
        except TooSoon:
            raise Refusal(RestCode.TOKEN_TOO_SOON, 403) from None
        expires = moment_of(expires_ns).astimezone(_SEOUL)
        return _json(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": min(int((expires - self._clock.now()).total_seconds()), _DAY_S),
                "access_token_token_expired": datetime.strftime(expires, "%Y-%m-%d %H:%M:%S"),
            }
        )

    async def _revoke(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        self._checked_key(body, "appsecret")
        self._desk.revoke(str(body.get("token")))
        return _json({"code": 200, "message": "접근토큰 폐기에 성공하였습니다"})

    async def _quotation(self, request: web.Request) -> web.StreamResponse:
        self._check_headers(request)
        caller = request.transport.get_extra_info("peername") if request.transport else None
        try:
            found = self._quotations.answer(
                request.path, request.headers.get("tr_id", ""), request.query, "{}:{}".format(*caller or ("", ""))
            )
        except BadQuery as error:
            raise Refusal(RestCode.BAD_FIELD, detail=f" [{error}]") from error
        if found is None:
            raise Refusal(RestCode.NO_SUCH_CALL)
        return _json({"rt_cd": "0", "msg_cd": "MCA00000", "msg1": "정상처리 되었습니다.", **found})

    def _checked_key(self, body: dict[str, object], secret_name: str) -> str:
        app_key = str(body.get("appkey"))
        if app_key not in self._app_keys or body.get("grant_type", "client_credentials") != "client_credentials":
            raise Refusal(RestCode.WRONG_APP_KEY, 403)
        if body.get(secret_name) != self._config.app_secret:
            raise Refusal(RestCode.WRONG_APP_SECRET, 403)
        return app_key

    def _check_headers(self, request: web.Request) -> None:
        app_key = request.headers.get("appkey", "")
        if app_key not in self._app_keys:
            raise Refusal(RestCode.WRONG_APP_KEY)
        if request.headers.get("appsecret") != self._config.app_secret:
            raise Refusal(RestCode.WRONG_APP_SECRET)
        if self._limit.is_exceeded(app_key):
            raise Refusal(RestCode.TOO_MANY_CALLS)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        state = self._desk.token_state(token, app_key, self._clock.now_ns())
        if scheme != "Bearer" or state == "unknown":
            raise Refusal(RestCode.UNKNOWN_TOKEN)
        if state == "expired":
            raise Refusal(RestCode.EXPIRED_TOKEN)


async def _body(request: web.Request) -> dict[str, object]:
    try:
        return msgspec.json.decode(await request.read(), type=dict[str, object])
    except (msgspec.DecodeError, ValueError):
        raise Refusal(RestCode.WRONG_APP_KEY, 403) from None


def _json(content: dict[str, object], status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(content), status=status, content_type="application/json", charset="utf-8"
    )


def _fault_response(fault: Rest, path: str) -> web.Response | None:
    if fault.cut:
        return web.Response(status=fault.status)
    if fault.code:
        return _json(refusal_body(path, fault.code), fault.status)
    if fault.status != 200:  # noqa: PLR2004 - HTTP's success
        return web.Response(text=_GATEWAY_HTML, status=fault.status, content_type="text/html")
    return None
