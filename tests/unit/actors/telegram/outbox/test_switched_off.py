"""What is for a channel that is switched off."""

from pathlib import Path

import msgspec
import pytest

from actors.runtime.store import open_store
from actors.telegram.config import TelegramConfig
from actors.telegram.health import Health
from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.sources import ALERTS
from actors.telegram.outbox.switched_off import SwitchedOff
from actors.telegram.store import DeliveryStore
from protocol.messages import State
from tests.support.actor import make_actor
from tests.support.alerts import alert
from tests.support.ports import FakePorts
from tests.support.reception import Reception
from tests.support.town import ANNA, BORA, seeded

NTFY = "ntfy"


class Post:
    """What waits for Anna and Bora on a channel that is switched off."""

    def __init__(self, directory: Path) -> None:
        people = (msgspec.structs.replace(seeded(each, "member"), addresses={NTFY: "loft"}) for each in (ANNA, BORA))
        desk = Reception(directory, *people)
        self.register = desk.register
        self.store = DeliveryStore(open_store("telegram", desk.settings, durable=False))
        self.actor = make_actor("telegram", TelegramConfig(), desk.settings, ports=FakePorts(), clock=desk.clock)
        self.actor.running()
        self.switched_off = SwitchedOff(self.register, self.store, Health(self.actor))
        kinds = [(1, Kind.TEXT, NTFY), (1, Kind.TEXT, "telegram"), (2, Kind.TEXT, NTFY), (2, Kind.PICTURE, NTFY)]
        waiting = [
            Delivery(
                id=number,
                content=alert(person_id),
                kind=kind,
                person_id=person_id,
                channel=channel,
                chat_id=7,
                due_at_ns=0,
                created_at_ns=0,
            )
            for number, (person_id, kind, channel) in enumerate(kinds, start=1)
        ]
        self.store.save(waiting, (), {})
        self.switched_off.note(NTFY)
        self.switched_off.review()

    def drop(self, person_id: int) -> None:
        """Let a person be reached there no longer."""
        self.register.set_address(person_id, NTFY, "", 1)
        self.switched_off.review()

    def waiting(self) -> list[int]:
        """Return the numbers of what still waits."""
        return [each.id for each in self.store.unfinished(ALERTS.name)]


@pytest.fixture(name="post")
def open_post(tmp_path: Path) -> Post:
    """Return what waits."""
    return Post(tmp_path)


def test_it_waits_for_those_who_have_an_address_there(post: Post) -> None:
    """A line that went out of a file must cost nobody an alert."""
    assert post.waiting() == [1, 2, 3, 4]
    assert post.actor.state is State.DEGRADED


def test_it_is_given_up_for_who_is_reached_there_no_longer(post: Post) -> None:
    """Only his, and only there; the operator is told as long as anything waits."""
    post.drop(2)
    assert (post.waiting(), post.actor.state) == ([1, 2], State.DEGRADED)

    post.drop(1)
    assert (post.waiting(), post.actor.state) == ([2], State.RUNNING)


def test_it_is_given_up_for_who_was_removed(post: Post) -> None:
    """Nobody would ever take it."""
    post.register.remove(2)
    post.switched_off.review()

    assert post.waiting() == [1, 2]
