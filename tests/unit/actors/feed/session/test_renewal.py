"""Keys and tokens are renewed before they are over."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from structlog.testing import capture_logs

from actors.feed.config import FeedConfig
from actors.feed.session.keys import KeyKeeper
from actors.feed.session.renewal import Renewal
from actors.feed.store import FeedStore
from actors.kis.config import KisConfig
from actors.kis.credentials import ACCESS_TOKEN, APPROVAL_KEY
from actors.runtime.store import open_store
from actors.runtime.tasks import Tasks
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.ports import FakePorts

AN_HOUR_S = 3600.0
SHORTLY_BEFORE_S = 24 * AN_HOUR_S - 300.0


class Gateway:
    """A KIS that numbers what it issues, or is down."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_down = False

    def request_approval(self) -> bytes:
        """Answer a request for an approval key."""
        return self._answer(APPROVAL_KEY, b'{"approval_key":"secret-%d"}')

    def request_token(self) -> bytes:
        """Answer a request for an access token."""
        return self._answer(ACCESS_TOKEN, b'{"access_token":"secret-%d","expires_in":86400}')

    def _answer(self, kind: str, shape: bytes) -> bytes:
        self.asked.append(kind)
        if self.is_down:
            return b'{"error_code":"EGW00301","error_description":"time-out"}'
        return shape % len(self.asked)


Look = Callable[[], Awaitable[None]]
Scene = Callable[[KeyKeeper, Gateway, FakeClock, Look], Awaitable[None]]


def act(directory: Path, scene: Scene) -> list[str]:
    """Play *scene* with a keeper and who looks after it; return what was logged."""

    async def play() -> None:
        settings = make_settings(directory)
        lay_out(settings, "feed")
        engine = open_store("feed", settings)
        clock, gateway = FakeClock(datetime(2025, 11, 28, tzinfo=UTC)), Gateway()
        keeper = KeyKeeper(gateway, FeedStore(engine, "app-key"), KisConfig(), clock)
        tasks = Tasks(lambda: None)
        renewal = Renewal(
            make_actor("feed", FeedConfig(), settings, ports=FakePorts(), clock=clock), {"main": keeper}, tasks
        )

        async def look() -> None:
            renewal.look()
            if renewal._renewing is not None:
                await renewal._renewing
            tasks.check()

        await scene(keeper, gateway, clock, look)
        engine.dispose()

    with capture_logs() as entries:
        asyncio.run(play())
    return [entry["event"] for entry in entries]


async def ask_for_both(keeper: KeyKeeper) -> None:
    """Have both kinds kept."""
    await keeper.approval_key()
    await keeper.access_token(refused=False)


def test_both_kinds_are_renewed_shortly_before_their_end(tmp_path: Path) -> None:
    """At 07:50 a token must be good for the targets of the day, whether or not anybody has asked for one at night."""

    async def scene(keeper: KeyKeeper, gateway: Gateway, clock: FakeClock, look: Look) -> None:
        await ask_for_both(keeper)
        await look()
        clock.step(SHORTLY_BEFORE_S)
        await look()
        await look()
        assert gateway.asked == [APPROVAL_KEY, ACCESS_TOKEN, ACCESS_TOKEN, APPROVAL_KEY]

    assert act(tmp_path, scene) == ["credential_renewed", "credential_renewed"]


def test_what_kis_does_not_renew_is_asked_for_again_and_said_once(tmp_path: Path) -> None:
    """It is good for some minutes yet; in between somebody who needs one at once may ask, too."""

    async def scene(keeper: KeyKeeper, gateway: Gateway, clock: FakeClock, look: Look) -> None:
        await ask_for_both(keeper)
        gateway.is_down = True
        clock.step(SHORTLY_BEFORE_S)
        await look()
        clock.step(KisConfig().access_tokens.refill_s)
        await look()
        assert gateway.asked[2:] == [ACCESS_TOKEN, APPROVAL_KEY]
        clock.step(KisConfig().access_tokens.refill_s)
        await look()
        assert gateway.asked[4:] == [ACCESS_TOKEN, APPROVAL_KEY]
        gateway.is_down = False
        clock.step(121.0)
        await look()

    assert act(tmp_path, scene) == ["renewal_failed", "renewal_failed", "credential_renewed", "credential_renewed"]
