"""What follows from the outcome of a request."""

import random
from pathlib import Path

import pytest

from actors.ledger.rows import TELEGRAM
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import open_store
from actors.telegram.channels.outcomes import Moved
from actors.telegram.config import TelegramConfig
from actors.telegram.health import Health
from actors.telegram.outbox.aftermath import Aftermath
from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.outbox import Instant, Outbox
from actors.telegram.outbox.outboxes import Outboxes
from actors.telegram.outbox.patience import Delays
from actors.telegram.outbox.record import Record
from actors.telegram.people.register import Register
from actors.telegram.store import DeliveryStore
from tests.support.actor import make_actor
from tests.support.alerts import alert
from tests.support.ports import FakePorts
from tests.support.reception import Reception
from tests.support.town import ANNA, seeded

SUPERGROUP = -1001
NOW = Instant(0, 0.0)


def waiting(number: int) -> Delivery:
    """Return a text that is to be brought to Anna's chat."""
    return Delivery(
        id=number, content=alert(number), kind=Kind.TEXT, person_id=1, chat_id=ANNA, due_at_ns=0, created_at_ns=0
    )


def refuse(_register: Register, _old: int, _new: int) -> None:
    """Stand in for a register whose disk is full."""
    message = "database or disk is full"
    raise TemporaryFailure(message)


def test_what_waits_for_a_group_stays_there_while_its_move_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is decided then goes to the old number still: there it must have the older ones before it."""
    desk = Reception(tmp_path, seeded(ANNA, "operator"))
    actor = make_actor("telegram", TelegramConfig(), desk.settings, ports=FakePorts(), clock=desk.clock)
    health, box = Health(actor), Outbox(Delays(), random.Random(1))
    record = Record(DeliveryStore(open_store("telegram", desk.settings, durable=False)), health)
    outbox = Outboxes({TELEGRAM: box})
    aftermath = Aftermath(actor, outbox=outbox, record=record, senders={}, health=health, reach=desk.reach)
    box.add(waiting(1))

    with monkeypatch.context() as full:
        full.setattr(Register, "move_chat", refuse)
        with pytest.raises(TemporaryFailure):
            aftermath.move_chat(ANNA, SUPERGROUP)
    assert [each.chat_id for [each] in box.claim(NOW).bundles] == [ANNA]

    box.on_outcome([1], Moved(SUPERGROUP, "upgraded"), NOW)
    aftermath.move_chat(ANNA, SUPERGROUP)
    assert [person.chat_id for person in desk.register.people()] == [SUPERGROUP]
    assert [each.chat_id for [each] in box.claim(NOW).bundles] == [SUPERGROUP]
