"""KIS asked directly under one app key, for `sigmactl kis check`: REST calls, and one WebSocket with one registration.

Nothing is kept: what feed has in its database is read, and what KIS issues here is used and forgotten.
"""

import logging

from sqlalchemy import select
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from actors.ctl.prices import market_time
from actors.kis.codes import Reaction
from actors.kis.config import KisConfig
from actors.kis.credentials import ACCESS_TOKEN, APPROVAL_KEY, Credential, read_credential
from actors.kis.errors import RefusedByKis, ShapeError
from actors.kis.frames import KRX_TRADES
from actors.kis.http import KisHttp
from actors.kis.issuance import parse_approval, parse_token
from actors.kis.messages import Answer, PingPong, Stream, build_request, parse_message
from actors.kis.prices import build_price_call, parse_price
from actors.market.money import price_text
from actors.runtime.clock import Clock
from actors.runtime.config import AppKey, Settings
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import open_reader
from protocol.messages import Venue
from protocol.moments import from_ns
from protocol.tables.telegram import watches

__all__ = ["KisDoor", "first_symbol"]

ANSWER_S = 5.0
WELL_KNOWN = "005930"


class KisDoor:
    """One app key at KIS's door."""

    def __init__(self, settings: Settings, key: AppKey, clock: Clock) -> None:
        self._settings = settings
        self._config = settings.table("kis", KisConfig)
        self._key = key
        self._clock = clock
        self._http = KisHttp(self._config, key)
        self._token = ""
        self._approval_key = ""

    def check_token(self) -> str:
        """Have a token: the kept one while it is good, since KIS issues one a minute; raises what KIS says."""
        kept = self._kept(ACCESS_TOKEN)
        if kept is not None:
            self._token = kept.value
            return f"one is kept until {market_time(from_ns(kept.expires_at_ns), Venue.KRX)}"
        issued = parse_token(self._http.request_token())
        self._token = issued.access_token
        return f"KIS issued one for {issued.expires_in / 3600:.0f} h"

    def check_approval_key(self) -> str:
        """Have KIS issue an approval key; raises what KIS says."""
        self._approval_key = parse_approval(self._http.request_approval()).approval_key
        return "KIS issued one"

    def describe_approval_key(self) -> str:
        """Say until when feed's approval key is good; nothing if it keeps none."""
        kept = self._kept(APPROVAL_KEY)
        return f"feed has one until {market_time(from_ns(kept.expires_at_ns), Venue.KRX)}" if kept else ""

    def check_price(self, symbol: str) -> str:
        """Ask what *symbol* costs.

        Raises:
            TemporaryFailure: there is no token, or KIS did not answer.
            KisError: it answered something else.
        """
        kept = self._kept(ACCESS_TOKEN)
        token = kept.value if kept else self._token
        if not token:
            message = "expected a token to ask with, found none"
            raise TemporaryFailure(message)
        price = parse_price(self._http.get(build_price_call(symbol), token))
        return f"{symbol} costs {price_text(price.price, Venue.KRX, 'en')}"

    def check_stream(self, symbol: str) -> str:
        """Open a WebSocket, register *symbol*, and say goodbye.

        Raises:
            TemporaryFailure: it does not open, or nobody answers.
            RefusedByKis: KIS does not confirm it.
        """
        if not self._approval_key:
            message = "expected an approval key to connect with, found none"
            raise TemporaryFailure(message)
        url = self._config.ws_url
        # A logger of its own that is never set to debug: the library would write out the approval key.
        quiet = logging.Logger("kis_check", logging.WARNING)  # noqa: LOG001 - not one that settings can reach
        try:
            with connect(url, proxy=None, ping_interval=None, open_timeout=ANSWER_S, logger=quiet) as socket:
                answer = self._register(socket, Stream(KRX_TRADES, symbol))
        except (OSError, WebSocketException) as error:
            message = f"expected an answer of KIS at {url} within {ANSWER_S:g} s, found {type(error).__name__}"
            raise TemporaryFailure(message) from None
        if answer.reaction is not Reaction.CONFIRMED:
            raise RefusedByKis(answer.code, answer.text.replace(self._approval_key, "***"), answer.reaction)
        return f"connected, {KRX_TRADES} {symbol} confirmed"

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def _register(self, socket: ClientConnection, stream: Stream) -> Answer:
        """Return KIS's answer; frames that come before it are stepped over, PINGPONG is given back."""
        socket.send(build_request(stream, self._approval_key, self._config.custtype, subscribe=True), text=True)
        deadline = self._clock.monotonic() + ANSWER_S
        while True:
            text = socket.recv(timeout=max(0.0, deadline - self._clock.monotonic()), decode=False)
            if not text.startswith(b"{"):
                continue
            try:
                message = parse_message(text)
            except ShapeError:
                continue
            if isinstance(message, PingPong):
                socket.send(text, text=True)
            elif message.stream in {None, stream}:
                return message

    def _kept(self, kind: str) -> Credential | None:
        """Return what feed keeps of *kind*, if it is good now."""
        found = read_credential(self._settings, self._key.key.reveal(), kind)
        return found if found is not None and found.is_usable(self._clock.now_ns(), margin_s=0) else None


def first_symbol(settings: Settings) -> str:
    """Return a Korean symbol that somebody watches, or one that everybody knows."""
    reader = open_reader("telegram", settings)
    if reader is None:
        return WELL_KNOWN
    with reader.connect() as connection:
        query = select(watches.c.symbol).where(watches.c.venue == Venue.KRX.value).order_by(watches.c.symbol).limit(1)
        found = connection.execute(query).scalar()
    reader.dispose()
    return found or WELL_KNOWN
