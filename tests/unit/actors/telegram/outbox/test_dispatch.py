"""In which order a message is claimed, handed over and written, and what is begun while the disk takes nothing."""

import asyncio
import random
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import cast

import pytest

from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.channel import Channel
from actors.telegram.channels.outcomes import Outcome, Sent
from actors.telegram.config import TelegramConfig
from actors.telegram.health import Health
from actors.telegram.outbox.aftermath import Aftermath
from actors.telegram.outbox.claims import Claims
from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.dispatch import Dispatch
from actors.telegram.outbox.editor import Editor
from actors.telegram.outbox.etiquette import Etiquette
from actors.telegram.outbox.manner import Manner
from actors.telegram.outbox.outbox import Bundle, Instant, Outbox
from actors.telegram.outbox.outboxes import Outboxes
from actors.telegram.outbox.patience import Delays
from actors.telegram.outbox.pictures import Pictures
from actors.telegram.outbox.record import Record
from actors.telegram.outbox.senders import Senders
from actors.telegram.store import DeliveryStore
from actors.telegram.texts.alert_texts import Reader
from tests.support.actor import make_actor, make_settings
from tests.support.alerts import alert
from tests.support.clock import FakeClock
from tests.support.market import NINE
from tests.support.ports import FakePorts

NOW = Instant(0, 0.0)


class Desk:
    """Dispatch between a disk, threads and a phone that only note what they are asked."""

    def __init__(self, directory: Path) -> None:
        self.done: list[str] = []
        self.claims_are_full = self.database_is_full = False
        clock, ports = FakeClock(NINE), FakePorts()
        actor = make_actor("telegram", TelegramConfig(), make_settings(directory), ports=ports, clock=clock)
        self.outbox = Outbox(Delays(), random.Random(1))
        self.dispatch = Dispatch(
            outbox=Outboxes({"telegram": self.outbox}),
            record=Record(cast(DeliveryStore, self), Health(actor)),
            claims=cast(Claims, self),
            senders={"telegram": cast("Senders[Channel]", self)},
            etiquette=cast(Etiquette, self),
            pictures=cast(Pictures, self),
            editor=cast(Editor, self),
            aftermath=cast(Aftermath, self),
            prices=self.prices,
            wake=ports.wake,
        )

    def take(self, deliveries: Iterable[Delivery]) -> bool:
        """Claim, as `Claims` does."""
        self.done.append(f"claim {[each.id for each in deliveries]}")
        return not self.claims_are_full

    def clear(self) -> None:
        """Clear the claims."""
        self.done.append("clear")

    def save(self, added: Collection[Delivery], changed: Collection[Delivery], _marks: Mapping[str, str]) -> None:
        """Write to the database."""
        self.done.append(f"write {[each.id for each in [*added, *changed]]}")
        if self.database_is_full:
            message = "disk full"
            raise TemporaryFailure(message)

    def send(self, bundle: Bundle, _manner: Manner) -> "asyncio.Future[Outcome]":
        """Take a message that is never answered here."""
        self.done.append(f"send {[each.id for each in bundle]}")
        return asyncio.get_running_loop().create_future()

    def manner_of(self, _bundle: Bundle) -> Manner:
        """Bring all alike."""
        return Manner(reader=cast(Reader, None), address="7", silent=False)

    async def prices(self) -> Mapping[str, float]:
        """Know none."""
        return {}


def text(number: int) -> Delivery:
    """Return the text of alert *number*, each in a chat of its own."""
    return Delivery(
        id=number, content=alert(number), kind=Kind.TEXT, person_id=1, chat_id=number, due_at_ns=0, created_at_ns=0
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return one with nothing to do."""
    return Desk(tmp_path)


def play(desk: Desk, *, more: int = 0) -> list[str]:
    """Return what is done at one look, after *more* has come in."""

    async def scene() -> None:
        if more:
            desk.outbox.add(text(more))
        desk.dispatch.send_due(NOW)

    desk.done.clear()
    asyncio.run(scene())
    return desk.done


def test_a_message_is_claimed_then_handed_over_and_written_while_its_request_is_under_way(desk: Desk) -> None:
    """A person waits for a line in a file, and not for a transaction."""
    assert play(desk, more=1) == ["claim [1]", "send [1]", "write [1]", "clear"]


def test_where_the_disk_takes_no_claim_the_database_is_written_first(desk: Desk) -> None:
    """One of the two must know of it before the request leaves."""
    desk.claims_are_full = True

    assert play(desk, more=1)[:3] == ["claim [1]", "write [1]", "send [1]"]


def test_where_neither_takes_it_nothing_is_sent_until_one_does(desk: Desk) -> None:
    """A crash would repeat it as if it were news."""
    desk.claims_are_full = desk.database_is_full = True
    assert play(desk, more=1) == ["claim [1]", "write [1]"]
    desk.database_is_full = False

    assert play(desk) == ["write [1]", "send [1]", "clear"]


def test_while_the_database_takes_nothing_nothing_more_is_begun(desk: Desk) -> None:
    """What is claimed and sent meanwhile could never be marked as sent."""
    desk.database_is_full = True
    assert play(desk, more=1) == ["claim [1]", "send [1]", "write [1]"]

    assert play(desk, more=2) == ["write [1, 2]"]
    desk.database_is_full = False
    assert play(desk) == ["write [1, 2]", "send [2]", "clear"]


def test_nothing_is_written_where_there_is_nothing_to_say(desk: Desk) -> None:
    """The work loop looks twice a second, for months."""
    assert [line for line in play(desk) if line != "clear"] == []


def test_an_outcome_is_written_before_the_claims_are_cleared(desk: Desk) -> None:
    """Cleared first, a crash in between would forget both."""

    async def scene() -> None:
        answered: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        answered.set_result(Sent(42))
        desk.send = lambda *_: answered  # type: ignore[method-assign]  # this one is answered
        desk.outbox.add(text(1))
        desk.dispatch.send_due(NOW)
        await asyncio.sleep(0)
        desk.done.clear()
        desk.dispatch.take_outcomes(NOW)
        desk.dispatch.send_due(NOW)

    desk.on_change = desk.on_outcome = lambda *_: None  # type: ignore[attr-defined]  # nobody else learns of it here
    asyncio.run(scene())

    assert desk.done == ["write [1]", "clear"]
