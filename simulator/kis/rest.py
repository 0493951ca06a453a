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
from simulator.kis.keys import KeyDesk, TokenRefused
from simulator.kis.quotations import BadQuery, Quotations
from simulator.kis.rest_faults import CallLimit, RestFaults

__all__ = ["KisRest", "RequestCounter"]

_SEOUL = ZoneInfo("Asia/Seoul")
_DAY_S = 86_400
_MESSAGES = {
    "EGW00103": "유효하지 않은 AppKey입니다.",
    "EGW00105": "유효하지 않은 AppSecret입니다.",
    "EGW00121": "유효하지 않은 token 입니다.",
    "EGW00123": "기간이 만료된 token 입니다.",
    "EGW00133": "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)",
    "EGW00201": "초당 거래건수를 초과하였습니다.",
    "EGW00203": "OPS라우팅 중 오류가 발생했습니다.",
    "EGW00206": "API 사용 권한이 없습니다.",
    "EGW00301": "연결 시간이 초과되었습니다.",
    "OPSQ2001": "ERROR : INPUT FIELD NOT FOUND",
}
_GATEWAY_HTML = (
    "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RequestCounter(Protocol):
    """Numbers the calls; they go on over a restart of the simulator."""

    requests: int


class Refusal(Exception):  # noqa: N818 - it states a fact
    """A call is refused with a code; *is_key_error* in the shape of the key service."""

    def __init__(self, code: str, status: int = 500, *, is_key_error: bool = False, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.is_key_error = is_key_error
        self.detail = detail


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

    def __init__(  # noqa: PLR0913 - the parts of a server
        self,
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
                code, response = refusal.code, _refusal_response(refusal)
        self._journal.request(number, request.path, request.headers.get("tr_id", ""), response.status, code)
        return response

    async def _struck(self, request: web.Request) -> web.StreamResponse | None:
        fault = self._faults.take(request.path)
        if fault is None:
            return None
        await asyncio.sleep(fault.delay_s)
        if fault.cut and request.transport is not None:
            request.transport.abort()
        return _fault_response(fault)

    async def _approval(self, request: web.Request) -> web.StreamResponse:
        app_key = self._checked_key(await _body(request), "secretkey")
        return _json({"approval_key": self._desk.issue_approval(app_key, self._clock.now_ns())})

    async def _token(self, request: web.Request) -> web.StreamResponse:
        app_key = self._checked_key(await _body(request), "appsecret")
        try:
            token, expires_ns = self._desk.issue_token(app_key, self._clock.now_ns(), self._clock.monotonic_ns())
        except TokenRefused:
            raise Refusal("EGW00133", 403, is_key_error=True) from None
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
        answer = self._quotations.calls.get((request.path, request.headers.get("tr_id", "")))
        if answer is None:
            raise Refusal("EGW00203")
        try:
            found = answer(request.query)
        except BadQuery as error:
            raise Refusal("OPSQ2001", detail=f" [{error}]") from error
        return _json({"rt_cd": "0", "msg_cd": "MCA00000", "msg1": "정상처리 되었습니다.", **found})

    def _checked_key(self, body: dict[str, object], secret_name: str) -> str:
        app_key = str(body.get("appkey"))
        if app_key not in self._app_keys or body.get("grant_type", "client_credentials") != "client_credentials":
            raise Refusal("EGW00103", 403, is_key_error=True)
        if body.get(secret_name) != self._config.app_secret:
            raise Refusal("EGW00105", 403, is_key_error=True)
        return app_key

    def _check_headers(self, request: web.Request) -> None:
        app_key = request.headers.get("appkey", "")
        if app_key not in self._app_keys:
            raise Refusal("EGW00103")
        if request.headers.get("appsecret") != self._config.app_secret:
            raise Refusal("EGW00105")
        if self._limit.is_exceeded(app_key):
            raise Refusal("EGW00201")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        state = self._desk.token_state(token, app_key, self._clock.now_ns())
        if scheme != "Bearer" or state == "unknown":
            raise Refusal("EGW00121")
        if state == "expired":
            raise Refusal("EGW00123")


async def _body(request: web.Request) -> dict[str, object]:
    try:
        return msgspec.json.decode(await request.read(), type=dict[str, object])
    except (msgspec.DecodeError, ValueError):
        raise Refusal("EGW00103", 403, is_key_error=True) from None


def _json(content: dict[str, object], status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(content), status=status, content_type="application/json", charset="utf-8"
    )


def _refusal_response(refusal: Refusal) -> web.Response:
    message = _MESSAGES.get(refusal.code, refusal.code) + refusal.detail
    if refusal.is_key_error:
        return _json({"error_code": refusal.code, "error_description": message}, refusal.status)
    return _json({"rt_cd": "1", "msg_cd": refusal.code, "msg1": message}, refusal.status)


def _fault_response(fault: Rest) -> web.Response | None:
    if fault.cut:
        return web.Response(status=fault.status)
    if fault.code:
        is_key_error = fault.path.startswith("/oauth2")
        return _refusal_response(Refusal(fault.code, fault.status, is_key_error=is_key_error))
    if fault.status != 200:  # noqa: PLR2004 - HTTP's success
        return web.Response(text=_GATEWAY_HTML, status=fault.status, content_type="text/html")
    return None
