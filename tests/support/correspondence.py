"""The outbox and the real client before a simulated Telegram over a real socket, on a clock that is moved by hand.

    with telegram_in_a_thread(directory, clock, faults) as telegram:
        letters = Correspondence(telegram, clock)
        letters.queue(alert(1), …)
        letters.go_on(300.0)        # five minutes pass in as many looks as it takes
        telegram.taken(ANNA)        # what the chat got, and when

Telegram's own limits count on the same clock. It runs in a thread of its own; everything else happens in the test's,
one request after the other, so that nothing depends on luck. Only a time-out is waited for, 0.1 s.
"""

import asyncio
import random
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from actors.runtime.config import Secret
from actors.telegram.channels.channel import Message, Rates
from actors.telegram.channels.telegram.channel import TelegramChannel
from actors.telegram.channels.telegram.client import BotClient
from actors.telegram.config import TelegramConfig
from actors.telegram.outbox.deliveries import Delivery, Kind, Stage
from actors.telegram.outbox.outbox import Instant, Outbox
from actors.telegram.outbox.patience import Delays
from actors.telegram.outbox.wording import text_of
from actors.telegram.texts.alert_texts import Reader
from protocol.messages import Alert
from simulator.judgement.alert_text import ShownAlert, parse_alerts
from simulator.telegram.faults import Fault
from simulator.telegram.log import LogLine, read_log
from simulator.telegram.server import TelegramPerson, TelegramSettings, TelegramSimulator
from tests.support.clock import FakeClock
from tests.support.town import ANNA, BORA, TOKEN

__all__ = ["PATIENCE_S", "SILENCE_S", "Correspondence", "Taken", "Telegram", "Times", "telegram_in_a_thread"]

LOOK_S = 0.5
SILENCE_S = 1.0
"""After how long the client gives up waiting where somebody is silent: no machine should stand still for so long."""
PATIENCE_S = 20.0
"""After how long it gives up elsewhere, and the test does."""
READER = Reader("ko", ZoneInfo("Asia/Seoul"))


class Times(FakeClock):
    """The same moments as the simulator wants them."""

    def monotonic_ns(self) -> int:
        """Return the monotonic clock in nanoseconds."""
        return round(self.monotonic() * 1e9)


class Taken(Struct, frozen=True):
    """A message that Telegram took."""

    after_s: float
    """How long after the beginning."""
    line: LogLine
    alerts: list[ShownAlert]


class Telegram:
    """The simulated Telegram, in a thread of its own, which can go down and come back on its port."""

    def __init__(self, directory: Path, clock: Times, faults: Sequence[Fault], people: Sequence[int]) -> None:
        self._directory = directory
        self._clock = clock
        self._faults = faults
        self._people = tuple(TelegramPerson(chat_id=chat_id, name=str(chat_id)) for chat_id in people)
        self._began_s = clock.monotonic()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._port = 0
        self._simulator: TelegramSimulator | None = None
        self.come_up()

    @property
    def url(self) -> str:
        """Where it is, or was."""
        return f"http://127.0.0.1:{self._port}"

    def come_up(self) -> None:
        """Listen, and remember what was before."""
        settings = TelegramSettings(token=TOKEN, port=self._port, people=self._people, is_rate_limited=True)
        self._simulator = self._run(self._started(settings))
        self._port = self._simulator.port

    def go_down(self) -> None:
        """Refuse every connection."""
        if self._simulator is not None:
            self._run(self._simulator.stop())
            self._simulator = None

    def close(self) -> None:
        """End it, and its thread."""
        self.go_down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def taken(self, chat_id: int = 0) -> list[Taken]:
        """Return what was taken, in a chat or in all, in order."""
        lines = (line for line in read_log(self._directory) if line.accepted and line.method == "sendMessage")
        return [
            Taken(line.monotonic_ns / 1e9 - self._began_s, line, parse_alerts(line.text))
            for line in lines
            if chat_id in {0, line.chat_id}
        ]

    def refusals(self) -> list[str]:
        """Return why it refused what it refused."""
        return [line.error for line in read_log(self._directory) if line.error]

    async def _started(self, settings: TelegramSettings) -> TelegramSimulator:
        simulator = TelegramSimulator(settings, self._directory, self._clock, self._faults)
        await simulator.start()
        return simulator

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever it returns
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE_S)


@contextmanager
def telegram_in_a_thread(
    directory: Path, clock: Times, faults: Sequence[Fault] = (), people: Sequence[int] = (ANNA, BORA)
) -> Iterator[Telegram]:
    """Run a simulated Telegram with its flood limits in force for as long as the block lasts."""
    telegram = Telegram(directory, clock, faults, people)
    try:
        yield telegram
    finally:
        telegram.close()


class Correspondence:
    """An outbox as it is shipped, spoken for by the real client."""

    def __init__(
        self, telegram: Telegram, clock: Times, *, group_from: int = 3, patience_s: float = PATIENCE_S
    ) -> None:
        self._clock = clock
        self._outbox = Outbox(Delays(), random.Random(1), Rates(), group_from=group_from)
        config = TelegramConfig(api_url=telegram.url, read_timeout_s=patience_s)
        self._channel = TelegramChannel(BotClient(config, Secret(TOKEN), clock))
        self.dead: dict[int, str] = {}
        """What was given up, by number, and why."""

    @property
    def waiting(self) -> int:
        """How many alerts are still to go."""
        return len(self._outbox)

    def queue(self, chat_id: int, *alerts: Alert) -> None:
        """Take *alerts* for a chat."""
        for fired in alerts:
            self._outbox.add(
                Delivery(
                    id=int(fired.symbol),
                    content=fired,
                    kind=Kind.TEXT,
                    person_id=chat_id,
                    chat_id=chat_id,
                    due_at_ns=0,
                    created_at_ns=self._clock.now_ns(),
                )
            )

    def go_on(self, seconds: float, look_s: float = LOOK_S) -> None:
        """Let time pass, and send what is due at each look, until nothing is left."""
        until_s = self._clock.monotonic() + seconds
        while self.waiting and self._clock.monotonic() < until_s:
            self._look()
            self._clock.step(look_s)

    def _look(self) -> None:
        for bundle in self._outbox.claim(self._now()).bundles:
            first = bundle[0]
            late_by = timedelta(microseconds=(self._clock.now_ns() - first.created_at_ns) // 1_000)
            text = text_of(bundle, READER, late_by=late_by)
            outcome = self._channel.bring(Message(address=str(first.chat_id), text=text, plain=first.plain))
            changed = self._outbox.on_outcome([each.id for each in bundle], outcome, self._now())
            self.dead |= {each.id: each.reason for each in changed if each.stage is Stage.DEAD}

    def _now(self) -> Instant:
        return Instant(self._clock.now_ns(), self._clock.monotonic())
