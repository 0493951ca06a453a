"""What an earlier life claimed is remembered until every record that it may be of has been read."""

import random
from pathlib import Path

import structlog

from actors.runtime.store import open_store
from actors.telegram.channels.telegram.channel import open_telegram
from actors.telegram.channels.telegram.client import Bot
from actors.telegram.config import SeededPerson, TelegramConfig
from actors.telegram.health import Health
from actors.telegram.outbox.addressees import Addressees
from actors.telegram.outbox.claims import Claims
from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.intake import Intake
from actors.telegram.outbox.outbox import Instant, Outbox
from actors.telegram.outbox.outboxes import Outboxes
from actors.telegram.outbox.patience import Delays
from actors.telegram.outbox.record import Record
from actors.telegram.outbox.senders import Senders
from actors.telegram.outbox.sources import SOURCES, SourceReader
from actors.telegram.outbox.switched_off import SwitchedOff
from actors.telegram.people.own_rules import below
from actors.telegram.people.register import Register
from actors.telegram.store import DeliveryStore
from tests.support.actor import make_actor, make_settings
from tests.support.alerts import alert, decide
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.market import NINE
from tests.support.ports import FakePorts

ANNA = SeededPerson(name="Anna", user_id=1, chat_id=1)
READ = ("evaluator", "analyst")


class Life:
    """One life of the intake, behind what is on disk."""

    def __init__(self, directory: Path) -> None:
        settings, clock = make_settings(directory), FakeClock(NINE)
        actor = make_actor("telegram", TelegramConfig(), settings, ports=FakePorts(), clock=clock)
        register = Register(open_store("telegram", settings), "ko", "Asia/Seoul")
        register.seed(ANNA, below((1.0,)), clock.now_ns())
        sources = [source for source in SOURCES if source.writer in READ]
        store, health = DeliveryStore(open_store("telegram", settings, durable=False)), Health(actor)
        record = Record(store, health)
        self.claims = Claims(settings.data_dir / "claims")
        self.outbox = Outbox(Delays(), random.Random(1))
        opened = open_telegram(TelegramConfig(), _no_bot)
        self.intake = Intake(
            readers=[SourceReader(source, settings) for source in sources],
            marks=store.start("boot", dict.fromkeys(sources, 0), clock.now_ns()),
            boot_id="boot",
            store=store,
            record=record,
            claims=self.claims,
            outbox=Outboxes({"telegram": self.outbox}),
            addressees=Addressees(register, 0),
            senders={"telegram": Senders(opened, settings.data_dir, structlog.get_logger())},
            switched_off=SwitchedOff(register, store, health),
            health=health,
            clock=clock,
            log=structlog.get_logger(),
        )

    def look(self) -> list[bool]:
        """Let it collect, and return of each text that is due then whether it is in doubt."""
        now = Instant(0, 0.0)
        self.intake.collect(now)
        return [delivery.doubtful for bundle in self.outbox.claim(now).bundles for delivery in bundle]


def _no_bot() -> Bot:
    message = "nothing is sent here"
    raise AssertionError(message)


def play(directory: Path, *writers: str) -> Delivery:
    """Let these databases be there, an alert be decided and claimed, and its life end; return what was claimed."""
    settings = make_settings(directory)
    lay_out(settings, "telegram", *writers)
    decided = alert(1, person_id=1)
    if "evaluator" in writers:
        decide(settings, decided, boot_id="boot")
    claimed = Delivery(id=1, content=decided, kind=Kind.TEXT, person_id=1, chat_id=1, due_at_ns=0, created_at_ns=0)
    Claims(settings.data_dir / "claims").take([claimed])
    return claimed


def test_an_alert_that_was_claimed_before_its_deliveries_were_written_is_in_doubt(tmp_path: Path) -> None:
    """The database knows nothing of it, and it may be on the phone."""
    play(tmp_path, *READ)

    assert Life(tmp_path).look() == [True]


def test_claims_are_forgotten_once_every_record_has_been_read(tmp_path: Path) -> None:
    """All that they are of has its doubt now."""
    claimed = play(tmp_path, *READ)
    life = Life(tmp_path)
    life.look()

    assert not life.claims.may_be_sent(claimed)


def test_claims_are_kept_while_one_record_is_not_there(tmp_path: Path) -> None:
    """It may be of that one that they are: evaluator's database, restored from a copy an hour later."""
    claimed = play(tmp_path, "analyst")
    life = Life(tmp_path)

    assert life.look() == []
    assert life.claims.may_be_sent(claimed)
