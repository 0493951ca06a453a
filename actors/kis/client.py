"""KIS's REST calls for an actor: paced, with its token, tried again where that helps."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeVar

from actors.kis.budget import CallPacer
from actors.kis.codes import Reaction
from actors.kis.config import KisConfig
from actors.kis.daily_bars import Bars, build_bars_call, build_us_bars_call, parse_bars, parse_us_bars
from actors.kis.errors import NotPermitted, RefusedByKis, ShapeError
from actors.kis.http import KisHttp
from actors.kis.minute_bars import (
    MINUTE_NS,
    MinuteBars,
    build_minutes_call,
    build_minutes_of_today_call,
    build_us_minutes_call,
    parse_minutes,
    parse_us_minutes,
)
from actors.kis.open_days import build_open_days_call, parse_open_days
from actors.kis.prices import (
    MOST_AT_ONCE,
    Price,
    build_price_call,
    build_prices_call,
    build_us_detail_call,
    build_us_price_call,
    parse_price,
    parse_prices,
    parse_us_detail,
    parse_us_price,
)
from actors.kis.rest import Call
from actors.kis.stock_records import build_stock_record_call, parse_is_on_nxt
from actors.kis.tokens import FeedsTokens, Tokens
from actors.market.sessions import SEOUL
from actors.runtime.actor import Actor
from actors.runtime.backoff import Backoff
from actors.runtime.errors import ConfigError, TemporaryFailure
from protocol.messages import Venue
from protocol.moments import from_ns, to_ns

__all__ = ["Gateway", "KisClient"]

MOST_PAGES = 40
NOT_PERMITTED_S = 600.0
"""Permissions change at somebody's desk, not by asking again."""

AnswerT = TypeVar("AnswerT")


class Gateway(Protocol):
    """KIS's REST gateway; `KisHttp` is the real one."""

    def get(self, call: Call, access_token: str) -> bytes:
        """Return the answer to *call*; raises TemporaryFailure."""

    def close(self) -> None:
        """Let go of the connection."""


class KisClient:
    """The REST calls of one actor, within its share of the account's calls per second."""

    def __init__(self, actor: Actor[Any], gateway: Gateway | None = None, tokens: Tokens | None = None) -> None:
        """Take settings, secrets, ports and clock from *actor*; its share stands in `[kis] calls_per_second`.

        Args:
            actor: who calls.
            gateway: KIS under one app key; by default under the first, which is everybody's.
            tokens: those of that app key; by default those that feed keeps.
        """
        config = actor.settings.table("kis", KisConfig)
        self._actor = actor
        self._config = config
        self._gateway = gateway or KisHttp(config, actor.secrets.app_keys[0])
        self._pacer = CallPacer(getattr(config.calls_per_second, actor.address.actor))
        self._one_at_a_time = asyncio.Lock()
        self._tokens = tokens or FeedsTokens(actor)

    async def price(self, symbol: str, venue: Venue) -> Price:
        """Return what *symbol* costs now.

        Raises:
            UnknownSymbol: KIS has no price for it.
            TemporaryFailure: KIS or feed did not do its part, or our app key lacks the permission for this call.
            ConfigError: KIS refuses our app key.
        """
        if venue.is_korean:
            return await self._ask(build_price_call(symbol, venue), parse_price)
        return await self._ask(build_us_price_call(symbol, venue), parse_us_price)

    async def us_detail(self, symbol: str, venue: Venue) -> Price:
        """Return what a US *symbol* costs now, with the day's low; not for paper trading. Raises as `price`."""
        return await self._ask(build_us_detail_call(symbol, venue), parse_us_detail)

    async def prices(self, symbols: Sequence[str], venue: Venue) -> dict[str, Price]:
        """Return what Korean *symbols* cost now, thirty a call; one that KIS has no price for is not among them.

        Raises:
            NotPermitted: the app key may not make this call (paper trading may not).
            TemporaryFailure, ConfigError: as `price`.
        """
        found: dict[str, Price] = {}
        for start in range(0, len(symbols), MOST_AT_ONCE):
            call = build_prices_call(symbols[start : start + MOST_AT_ONCE], venue)
            found |= await self._ask(call, parse_prices)
        return found

    async def daily_bars(self, symbol: str, venue: Venue, first: date, last: date) -> Bars:
        """Return the adjusted daily bars from *first* to *last* (exchange's dates, both included), oldest first.

        An unknown symbol has none, and no name. Today's bar is there during the day, unfinished. Raises as `price`.
        """
        pages: list[Bars] = []
        name = ""
        until = last
        while until >= first and len(pages) < MOST_PAGES:
            page = await self._bars_page(symbol, venue, first, until)
            # A symbol that has not traded for long has a name all the same.
            name = name or page.name
            if not page.bars or page.bars[0].session_date > until:
                break
            pages.insert(0, page)
            until = page.bars[0].session_date - timedelta(days=1)
        bars = [bar for page in pages for bar in page.bars if bar.session_date >= first]
        return Bars(name, bars)

    async def minutes(self, symbol: str, venue: Venue, first: datetime, last: datetime) -> MinuteBars:
        """Return the one-minute bars from the minute of *first* to that of *last*, oldest first; raises as `price`.

        Args:
            symbol: the venue's code.
            venue: where it trades.
            first: on the same day of the exchange as *last*.
            last: not in the future; the running minute's bar is there, unfinished.
        """
        first_ns = to_ns(first) - to_ns(first) % MINUTE_NS
        last_ns = to_ns(last)
        pages: list[MinuteBars] = []
        until = last
        while to_ns(until) >= first_ns and len(pages) < MOST_PAGES:
            page = await self._minutes_page(symbol, venue, until)
            pages.insert(0, page)
            if not page.bars or page.bars[0].begins_ns > to_ns(until):
                break
            until = from_ns(page.bars[0].begins_ns) - timedelta(minutes=1)
        bars = [bar for page in pages for bar in page.bars if first_ns <= bar.begins_ns <= last_ns]
        return MinuteBars(pages[-1].base_price, bars, pages[-1].day_volume)

    async def open_days(self, first: date) -> dict[date, bool]:
        """Return by date from *first* on, some weeks, whether Korea's exchange is open; raises as `price`."""
        return await self._ask(build_open_days_call(first), parse_open_days)

    async def is_on_nxt(self, symbol: str) -> bool | None:
        """Return whether NXT trades a Korean stock, None if KIS does not tell; raises as `price`."""
        return await self._ask(build_stock_record_call(symbol), parse_is_on_nxt)

    def close(self) -> None:
        """Let go of the connection."""
        self._gateway.close()

    async def _bars_page(self, symbol: str, venue: Venue, first: date, last: date) -> Bars:
        if venue.is_korean:
            return await self._ask(build_bars_call(symbol, first, last), parse_bars)
        return await self._ask(build_us_bars_call(symbol, venue, last), parse_us_bars)

    async def _minutes_page(self, symbol: str, venue: Venue, until: datetime) -> MinuteBars:
        if not venue.is_korean:
            return await self._ask(build_us_minutes_call(symbol, venue, until), parse_us_minutes)
        is_today = until.astimezone(SEOUL).date() == self._actor.clock.now().astimezone(SEOUL).date()
        build = build_minutes_of_today_call if is_today else build_minutes_call
        return await self._ask(build(symbol, venue, until), parse_minutes)

    async def _ask(self, call: Call, parse: Callable[[bytes], AnswerT]) -> AnswerT:
        pause = Backoff(self._config.retry_first_s, self._config.retry_cap_s, self._actor.random)
        failure = TemporaryFailure(f"expected an answer to {call.tr_id}, found none")
        token = await self._tokens.current()
        for _ in range(self._config.attempts):
            try:
                return parse(await self._get(call, token))
            except RefusedByKis as refusal:
                failure = TemporaryFailure(f"{call.tr_id}: {refusal}")
                if refusal.reaction is Reaction.STOP:
                    raise ConfigError(str(failure)) from refusal
                if refusal.reaction is Reaction.NOT_PERMITTED:
                    message = f"{call.tr_id}: KIS permits our app key no such call ({refusal.code}): see KIS Developers"
                    raise NotPermitted(message, NOT_PERMITTED_S) from refusal
                if refusal.reaction is Reaction.NEW_TOKEN:
                    token = await self._tokens.renewed(token)
                    continue
            except ShapeError as error:
                failure = TemporaryFailure(f"{call.tr_id}: {error}")
            except TemporaryFailure as error:
                failure = error
            await self._actor.clock.sleep(pause.next())
        raise failure

    async def _get(self, call: Call, token: str) -> bytes:
        async with self._one_at_a_time:
            wait_s = self._pacer.reserve(self._actor.clock.monotonic())
            if wait_s > 0:
                await self._actor.clock.sleep(wait_s)
            return await asyncio.to_thread(self._gateway.get, call, token)
