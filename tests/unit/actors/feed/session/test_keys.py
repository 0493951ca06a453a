"""Keys and tokens: kept, renewed, within budgets."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.feed.session.keys import KeyKeeper, OutOfBudget, OwnTokens
from actors.feed.store import FeedStore
from actors.kis.budget import Budget
from actors.kis.config import KisConfig
from actors.kis.credentials import ACCESS_TOKEN, APPROVAL_KEY
from actors.runtime.errors import ConfigError, TemporaryFailure
from actors.runtime.store import open_store
from tests.support.actor import make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out

HOUR_S = 3600.0


class Gateway:
    """A KIS that issues numbered keys and tokens, or answers what a test puts in."""

    def __init__(self) -> None:
        self.issued = 0
        self.answer = b""

    def request_approval(self) -> bytes:
        """Answer a request for an approval key."""
        return self._next(b'{"approval_key":"key-%d"}')

    def request_token(self) -> bytes:
        """Answer a request for an access token."""
        return self._next(b'{"access_token":"token-%d","expires_in":86400}')

    def _next(self, shape: bytes) -> bytes:
        self.issued += 1
        return self.answer or shape % self.issued


Scene = Callable[[KeyKeeper, Gateway, FakeClock], Coroutine[None, None, None]]


def act(directory: Path, scene: Scene, **budgets: Budget) -> None:
    """Play *scene* with a keeper of its own."""
    settings = make_settings(directory)
    lay_out(settings, "feed")
    store = FeedStore(open_store("feed", settings), "app-key")
    plenty = Budget(burst=9, refill_s=1.0)
    config = replace(KisConfig(approval_keys=plenty, access_tokens=plenty), **budgets)
    clock, gateway = FakeClock(datetime(2025, 11, 28, tzinfo=UTC)), Gateway()
    try:
        asyncio.run(scene(KeyKeeper(gateway, store, config, clock), gateway, clock))
    finally:
        store._engine.dispose()


def test_a_key_is_used_until_shortly_before_its_end(tmp_path: Path) -> None:
    """It is good for 24 hours, and each issue is counted."""

    async def scene(keeper: KeyKeeper, _gateway: Gateway, clock: FakeClock) -> None:
        assert await keeper.approval_key() == "key-1"
        clock.step(23.5 * HOUR_S)
        assert await keeper.approval_key() == "key-1"
        clock.step(0.4 * HOUR_S)
        assert await keeper.approval_key() == "key-2"

    act(tmp_path, scene)


def test_a_key_that_kis_refuses_is_replaced_once(tmp_path: Path) -> None:
    """KIS has forgotten the old one."""

    async def scene(keeper: KeyKeeper, _gateway: Gateway, _clock: FakeClock) -> None:
        await keeper.approval_key()
        assert await keeper.approval_key(refused="key-1") == "key-2"
        assert await keeper.approval_key() == "key-2"
        # Somebody who still speaks of the first is given what there is by now.
        assert await keeper.approval_key(refused="key-1") == "key-2"

    act(tmp_path, scene)


def test_a_key_from_the_future_is_not_used(tmp_path: Path) -> None:
    """The demo's world begins at nine again: what an earlier world issued is unknown in this one."""

    async def scene(keeper: KeyKeeper, _gateway: Gateway, clock: FakeClock) -> None:
        await keeper.approval_key()
        earlier = KeyKeeper(_gateway, keeper._store, keeper._config, FakeClock(datetime(2025, 11, 27, tzinfo=UTC)))
        assert await earlier.approval_key() == "key-2"
        assert clock.now().day == 28

    act(tmp_path, scene)


def test_a_spent_budget_says_how_long_to_wait(tmp_path: Path) -> None:
    """KIS is not even asked."""

    async def scene(keeper: KeyKeeper, gateway: Gateway, clock: FakeClock) -> None:
        await keeper.approval_key()
        clock.step(20.0)
        with pytest.raises(OutOfBudget) as caught:
            await keeper.approval_key(refused="key-1")
        assert caught.value.budget == "approval_key"
        assert caught.value.wait_s == pytest.approx(40.0)
        assert gateway.issued == 1
        clock.step(40.0)
        assert await keeper.approval_key(refused="key-1") == "key-2"

    act(tmp_path, scene, approval_keys=Budget(burst=1, refill_s=60.0))


def test_a_refused_token_is_renewed_unless_it_is_brand_new(tmp_path: Path) -> None:
    """Two actors learn of the same expiry: the second gets what the first has just had renewed."""

    async def scene(keeper: KeyKeeper, gateway: Gateway, clock: FakeClock) -> None:
        assert (await keeper.access_token(refused=False)).value == "token-1"
        clock.step(61.0)
        renewed = await asyncio.gather(*(keeper.access_token(refused=True) for _ in range(3)))
        assert {token.value for token in renewed} == {"token-2"}
        assert (await keeper.access_token(refused=False)).value == "token-2"
        assert gateway.issued == 2

    act(tmp_path, scene)


KINDS = (APPROVAL_KEY, ACCESS_TOKEN)


async def ask_for(keeper: KeyKeeper, kind: str) -> str:
    """Return what is to be had of *kind* now."""
    if kind == APPROVAL_KEY:
        return await keeper.approval_key()
    return (await keeper.access_token(refused=False)).value


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_is_renewed_once_shortly_before_its_end(tmp_path: Path, kind: str) -> None:
    """At its end every actor's calls would fail at once, and all of them would wait for one request."""

    async def scene(keeper: KeyKeeper, gateway: Gateway, clock: FakeClock) -> None:
        first = await ask_for(keeper, kind)
        for hours, issued in ((0.0, 1), (23.8, 1), (0.1, 2), (0.05, 2)):
            clock.step(hours * HOUR_S)
            await keeper.renew_ahead(kind)
            assert gateway.issued == issued
        assert await ask_for(keeper, kind) != first
        assert gateway.issued == 2

    act(tmp_path, scene)


@pytest.mark.parametrize("kind", KINDS)
def test_what_nobody_has_asked_for_lately_is_not_renewed(tmp_path: Path, kind: str) -> None:
    """Each issue sends the account's owner a message."""

    async def scene(keeper: KeyKeeper, gateway: Gateway, clock: FakeClock) -> None:
        assert await keeper.renew_ahead(kind) is None
        await ask_for(keeper, kind)
        clock.step(24 * HOUR_S)
        assert await keeper.renew_ahead(kind) is None
        assert gateway.issued == 1

    act(tmp_path, scene)


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_renewed_is_used_to_its_end(tmp_path: Path, kind: str) -> None:
    """Ten minutes in which KIS issues nothing are no reason to have nothing for ten minutes."""

    async def scene(keeper: KeyKeeper, gateway: Gateway, clock: FakeClock) -> None:
        first = await ask_for(keeper, kind)
        gateway.answer = b'{"error_code":"EGW00301","error_description":"time-out"}'
        clock.step(23.9 * HOUR_S)
        with pytest.raises(TemporaryFailure):
            await keeper.renew_ahead(kind)
        assert await ask_for(keeper, kind) == first
        clock.step(0.1 * HOUR_S)
        with pytest.raises(TemporaryFailure):
            await ask_for(keeper, kind)
        gateway.answer = b""
        assert await ask_for(keeper, kind) != first

    act(tmp_path, scene)


@pytest.mark.parametrize("kind", KINDS)
def test_a_crash_loop_spends_no_more_than_the_budget(tmp_path: Path, kind: str) -> None:
    """Twenty lives within a minute, none of which gets an answer: the third knows what the first two have spent."""

    async def scene(keeper: KeyKeeper, gateway: Gateway, clock: FakeClock) -> None:
        gateway.answer = b'{"error_code":"EGW00301","error_description":"time-out"}'
        outcomes = []
        for _ in range(20):
            reborn = KeyKeeper(gateway, keeper._store, keeper._config, clock)
            with pytest.raises((TemporaryFailure, OutOfBudget)) as caught:
                await ask_for(reborn, kind)
            outcomes.append(caught.type)
            clock.step(2.0)
        assert outcomes == [TemporaryFailure] * 2 + [OutOfBudget] * 18
        assert gateway.issued == 2

    budget = Budget(burst=2, refill_s=61.0)
    act(tmp_path, scene, approval_keys=budget, access_tokens=budget)


def test_a_token_lives_as_long_as_kis_says(tmp_path: Path) -> None:
    """The expiry text is in Korean time; the seconds are not to be misread."""

    async def scene(keeper: KeyKeeper, _gateway: Gateway, _clock: FakeClock) -> None:
        token = await keeper.access_token(refused=False)
        assert token.expires_at_ns - token.issued_at_ns == 86_400 * 10**9
        assert "token-1" not in repr(token)

    act(tmp_path, scene)


@pytest.mark.parametrize(
    ("answer", "error", "retry_after_s"),
    [
        (b'{"error_code":"EGW00133","error_description":"(1)"}', TemporaryFailure, 60.0),
        (b'{"error_code":"EGW00301","error_description":"time-out"}', TemporaryFailure, None),
        (b"{}", TemporaryFailure, None),
        (b'{"error_code":"EGW00103","error_description":"app key"}', ConfigError, None),
    ],
)
def test_refusals_become_what_the_feed_acts_on(
    tmp_path: Path, answer: bytes, error: type[Exception], retry_after_s: float | None
) -> None:
    """Wait and try again, or stop and wait for the operator: there is no third."""

    async def scene(keeper: KeyKeeper, gateway: Gateway, _clock: FakeClock) -> None:
        gateway.answer = answer
        for ask in (keeper.approval_key(), keeper.access_token(refused=False)):
            with pytest.raises(error) as caught:
                await ask
            assert getattr(caught.value, "retry_after_s", None) == retry_after_s

    act(tmp_path, scene)


def test_our_own_calls_take_the_token_that_all_share_and_hide_it(tmp_path: Path) -> None:
    """Feed asks for prices, too, and its log is as readable as the others'."""
    hidden: list[str] = []

    async def scene(keeper: KeyKeeper, _gateway: Gateway, clock: FakeClock) -> None:
        tokens = OwnTokens(keeper, hidden.append)
        assert await tokens.current() == "token-1"
        clock.step(61.0)
        assert await tokens.renewed("token-1") == "token-2"
        assert await tokens.renewed("token-1") == "token-2"

    act(tmp_path, scene)

    assert hidden == ["token-1", "token-2", "token-2"]


def test_our_own_calls_wait_when_no_token_may_be_asked_for(tmp_path: Path) -> None:
    """A price that cannot be asked is weather, not a crash."""

    async def scene(keeper: KeyKeeper, _gateway: Gateway, clock: FakeClock) -> None:
        tokens = OwnTokens(keeper, lambda _secret: None)
        await tokens.current()
        clock.step(61.0)
        await tokens.renewed("token-1")
        clock.step(61.0)
        with pytest.raises(TemporaryFailure, match="budget of access_token spent") as caught:
            await tokens.renewed("token-2")
        assert caught.value.retry_after_s == pytest.approx(3600.0 - 122.0)

    act(tmp_path, scene, access_tokens=Budget(burst=2, refill_s=3600.0))


def test_a_forgotten_key_is_replaced_within_the_budget(tmp_path: Path) -> None:
    """The operator suspects the kept key; his asking again and again must not eat the allowance."""

    async def scene(keeper: KeyKeeper, gateway: Gateway, _clock: FakeClock) -> None:
        await keeper.approval_key()
        assert keeper.forget_approval_key()
        assert not keeper.forget_approval_key()
        assert await keeper.approval_key() == "key-2"
        keeper.forget_approval_key()
        with pytest.raises(OutOfBudget):
            await keeper.approval_key()
        assert gateway.issued == 2

    act(tmp_path, scene, approval_keys=Budget(burst=2, refill_s=60.0))
