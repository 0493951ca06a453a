"""How old what comes in may be."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from actors.runtime.store import open_store
from actors.telegram.channels.telegram.client import BotClient
from actors.telegram.channels.telegram.identity import Identity
from actors.telegram.channels.telegram.incoming import MOST_UPDATES, Incoming
from actors.telegram.channels.telegram.wire import Update
from actors.telegram.chat.menu import Menu
from actors.telegram.config import TelegramConfig
from actors.telegram.health import Health
from actors.telegram.store import DeliveryStore
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock, settle
from tests.support.databases import lay_out
from tests.support.market import NINE
from tests.support.ports import FakePorts


class House:
    """Where updates come in, over several lives."""

    def __init__(self, directory: Path) -> None:
        settings = make_settings(directory)
        lay_out(settings, "telegram")
        self.clock = FakeClock(NINE)
        self._actor = make_actor("telegram", TelegramConfig(), settings, ports=FakePorts(), clock=self.clock)
        self._store = DeliveryStore(open_store("telegram", settings, durable=False))
        self.silences: list[float] = []
        """How long ago each of the updates may have happened."""
        self.goes_on = asyncio.Event()
        """Whether what is begun with goes on to its end."""
        self.goes_on.set()
        self._incoming: Incoming
        self.begin_anew()

    def begin_anew(self) -> None:
        """Let another life begin."""
        marks = self._store.start("boot", {}, self.clock.now_ns())
        # Whoever only takes what was told asks neither.
        bot, menu = object.__new__(BotClient), object.__new__(Menu)
        self._incoming = Incoming(
            self._actor,
            store=self._store,
            bot=bot,
            health=Health(self._actor),
            marks=marks,
            identity=Identity(),
            menu=menu,
            on_update=self._note,
        )

    def hear(self, numbers: Sequence[int], after_s: float) -> list[float]:
        """Let updates of these numbers be told, and return how long ago each may have happened."""
        self.clock.step(after_s)
        self.silences.clear()
        asyncio.run(self._incoming.take([Update(update_id=number) for number in numbers]))
        return self.silences

    async def stop_in_the_middle(self) -> None:
        """Let an update be told, and end in good order while it is being dealt with."""
        self.goes_on.clear()
        taking = asyncio.create_task(self._incoming.take([Update(update_id=1), Update(update_id=2)]))
        await settle()
        taking.cancel()
        await settle()
        self.goes_on.set()
        with contextlib.suppress(asyncio.CancelledError):
            await taking
        assert taking.cancelled()

    async def _note(self, _update: Update, silent_s: float) -> None:
        self.silences.append(silent_s)
        await self.goes_on.wait()


def test_what_comes_is_as_old_as_our_silence_may_have_been(tmp_path: Path) -> None:
    """While the network was away, the phone kept what was pressed."""
    house = House(tmp_path)

    house.hear([], 20)
    assert house.hear([1, 2], 25) == [25.0, 25.0]
    assert house.hear([3], 3_600) == [3_600.0]
    assert house.hear([4], 1) == [1.0]


def test_a_restart_forgets_nothing_of_it(tmp_path: Path) -> None:
    """What was marked last is at most half a minute old."""
    house = House(tmp_path)
    house.hear([1], 5)
    house.hear([2], 40)

    house.begin_anew()

    assert house.hear([3], 3_600) == [3_600.0]


def test_what_comes_behind_a_full_answer_is_as_old_as_that(tmp_path: Path) -> None:
    """Of a long outage Telegram tells a hundred at a time."""
    house = House(tmp_path)
    house.hear([], 0)

    assert set(house.hear(range(1, MOST_UPDATES + 1), 3_600)) == {3_600.0}
    assert house.hear([MOST_UPDATES + 1], 1) == [3_601.0]
    assert house.hear([MOST_UPDATES + 2], 1) == [1.0]


def test_a_planned_stop_finishes_the_command_in_hand_and_begins_no_other(tmp_path: Path) -> None:
    """Cut off before its mark it was carried out once more after the restart: everybody read a /say twice."""
    house = House(tmp_path)

    asyncio.run(house.stop_in_the_middle())
    assert len(house.silences) == 1
    house.begin_anew()

    assert len(house.hear([1, 2], 1)) == 1
