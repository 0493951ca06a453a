"""The self-test before the open: everybody is asked how he is, and the operator reads it before anything trades."""

import asyncio
from collections.abc import Callable

import msgspec
from msgspec import Struct

from actors.analyst.config import AnalystConfig
from actors.analyst.day.people import load_people
from actors.analyst.day.rehearsal import rehearse
from actors.analyst.day.self_test import ChannelState, Link, Readings, Stream, judge, self_test_letter
from actors.analyst.store import AnalystStore
from actors.ledger.rows import TELEGRAM
from actors.market.schedule import DayStep, main_venue
from actors.market.sessions import Calendar
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused, TemporaryFailure, Unanswered
from protocol.letters import Letter
from protocol.topology import ACTORS

__all__ = ["ReadOffset", "SelfTests"]

ANSWER_S = 3.0
TOKEN_S = 10.0
KNOCKED_S = 30.0
"""Longer than telegram waits for a channel that does not answer."""

ReadOffset = Callable[[], float | None]
"""Returns how far our clock is ahead of KIS's, seconds, None where that cannot be compared; raises TemporaryFailure."""


class _Status(Struct, frozen=True):
    state: str
    reason: str


class _Feed(Struct, frozen=True):
    """feed's answer to `subscriptions`."""

    links: list[Link] = []
    streams: list[Stream] = []


class _Channels(Struct, frozen=True):
    """telegram's answer to `channels`."""

    channels: list[ChannelState]


class SelfTests:
    """Asks the others, and looks into our own store."""

    def __init__(
        self, actor: Actor[AnalystConfig], store: AnalystStore, calendar: Calendar, read_offset: ReadOffset
    ) -> None:
        self._actor = actor
        self._store = store
        self._calendar = calendar
        self._read_offset = read_offset

    async def write(self, step: DayStep) -> list[Letter]:
        """Return what the operator is told; nothing where nobody watches anything in that market."""
        people = load_people(self._actor.settings)
        watched = {watch.symbol: watch.name for person in people for watch in person.watches_in(step.market)}
        if not watched:
            return []
        others = [name for name in ACTORS if name != self._actor.address.actor]
        found = await asyncio.gather(*(self._state_of(name) for name in others))
        feed = await self._feed()
        offset_s, clock_failure = await self._offset()
        rehearsal = await rehearse(self._actor)
        before = self._calendar.previous_session_date(main_venue(step.market), step.session_date)
        targets = {each.symbol for each in self._store.newest_targets() if each.session_date == step.session_date}
        read = Readings(
            market=step.market,
            states=dict(zip(others, found, strict=True)),
            links=feed.links,
            streams=feed.streams,
            token_refusal=await self._token_refusal(),
            watched=watched,
            without_bars=[symbol for symbol in watched if self._store.close_on(symbol, before) is None],
            without_targets=[symbol for symbol in watched if symbol not in targets],
            clock_offset_s=offset_s,
            clock_failure=clock_failure,
            channels=await self._channels(),
            rehearsal_s=rehearsal.took_s,
            rehearsal_failure=rehearsal.stuck,
        )
        checks = judge(read)
        failed = [check.name for check in checks if not check.ok]
        self._actor.log.info("self_tested", market=step.market.value, checks=len(checks), failed=failed)
        return [self_test_letter(step.market, step.session_date, checks)]

    async def _state_of(self, name: str) -> tuple[str, str]:
        try:
            answer = await self._actor.ports.ask(name, "status", timeout_s=ANSWER_S)
            status = msgspec.convert(answer, _Status)
        except (CommandRefused, Unanswered, msgspec.ValidationError):
            return "", "it does not answer"
        return status.state, status.reason

    async def _feed(self) -> _Feed:
        try:
            answer = await self._actor.ports.ask("feed", "subscriptions", timeout_s=ANSWER_S)
            return msgspec.convert(answer, _Feed)
        except (CommandRefused, Unanswered, msgspec.ValidationError):
            return _Feed()

    async def _token_refusal(self) -> str | None:
        """Have feed hold a good token, and return why there is none; None where bars come from elsewhere."""
        if self._actor.config.source != "kis":
            return None
        try:
            await self._actor.ports.ask("feed", "token", timeout_s=TOKEN_S, reason="missing")
        except (CommandRefused, Unanswered) as failure:
            return str(failure)
        return ""

    async def _channels(self) -> list[ChannelState]:
        """Have telegram knock at the ways to people, and return how those beside its own are."""
        try:
            answer = await self._actor.ports.ask("telegram", "channels", timeout_s=KNOCKED_S)
            channels = msgspec.convert(answer, _Channels).channels
        except (CommandRefused, Unanswered, msgspec.ValidationError):
            return []
        return [each for each in channels if each.channel != TELEGRAM]

    async def _offset(self) -> tuple[float | None, str]:
        try:
            return await asyncio.to_thread(self._read_offset), ""
        except TemporaryFailure as failure:
            return None, str(failure)
