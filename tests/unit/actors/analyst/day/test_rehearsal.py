"""A made-up trade is followed through the line: how long it took, or with whom it is."""

import asyncio
from pathlib import Path

import pytest

from actors.analyst.config import AnalystConfig
from actors.analyst.day.rehearsal import PATIENCE_S, Rehearsal, rehearse
from actors.runtime.actor import Actor
from actors.runtime.config import Settings
from protocol.moments import to_ns
from tests.support.actor import make_actor, make_settings
from tests.support.alerts import alert, arrive, decide, rehearsed
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.market import NINE
from tests.support.ports import FakePorts


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return a house with the databases of those whom the trade passes."""
    settings = make_settings(tmp_path)
    lay_out(settings, "evaluator", "telegram")
    return settings


def analyst(settings: Settings) -> Actor[AnalystConfig]:
    """Return analyst, where feed publishes the trade that it is asked for."""
    ports = FakePorts()
    ports.answers["feed", "rehearse"] = lambda person: {"traded_at_ns": to_ns(rehearsed(person, NINE).traded_at)}
    return make_actor("analyst", AnalystConfig(), settings, ports=ports, clock=FakeClock(NINE))


def followed(actor: Actor[AnalystConfig]) -> Rehearsal:
    """Return what became of a trade, all patience spent."""

    async def follow() -> Rehearsal:
        rehearsal = asyncio.create_task(rehearse(actor))
        assert isinstance(actor.clock, FakeClock)
        await actor.clock.move(PATIENCE_S + 1)
        return await rehearsal

    return asyncio.run(follow())


def test_a_trade_that_arrives_on_the_way_tells_how_long_it_took(settings: Settings) -> None:
    """Half a second is well; five are a sign of trouble to come."""
    actor = analyst(settings)

    async def follow() -> Rehearsal:
        rehearsal = asyncio.create_task(rehearse(actor))
        assert isinstance(actor.clock, FakeClock)
        await actor.clock.move(0.35)
        arrive(settings, rehearsed(traded_at=NINE))
        await actor.clock.move(1)
        return await rehearsal

    assert asyncio.run(follow()).took_s == pytest.approx(0.4)


def test_a_feed_that_does_not_answer_is_named(settings: Settings) -> None:
    """Then nothing was published at all."""
    actor = analyst(settings)
    assert isinstance(actor.ports, FakePorts)
    actor.ports.answers.clear()

    assert followed(actor).stuck.startswith("feed: ")


def test_a_trade_that_raised_no_alert_is_with_evaluator(settings: Settings) -> None:
    """The alert of yesterday's rehearsal, or anybody's real one, is not this one's."""
    arrive(settings, rehearsed(), alert(traded_at=NINE))

    assert followed(analyst(settings)).stuck == "evaluator: no alert"


def test_an_alert_that_was_not_brought_is_with_telegram(settings: Settings) -> None:
    """Telegram refuses the token, or does not answer."""
    decide(settings, rehearsed(traded_at=NINE))

    assert followed(analyst(settings)).stuck == "telegram: no delivery"


def test_a_delivery_that_waits_says_so(settings: Settings) -> None:
    """It was taken up, and Telegram did not take it."""
    arrive(settings, rehearsed(traded_at=NINE), state="pending")

    assert followed(analyst(settings)).stuck == "telegram: pending"


def test_databases_that_are_not_there_are_no_arrival(tmp_path: Path) -> None:
    """On the first morning evaluator may never have started."""
    assert followed(analyst(make_settings(tmp_path))).stuck == "evaluator: no alert"
