"""Answers on their way, on a clock that is moved by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from actors.runtime.store import open_store
from actors.telegram.channels.channel import Keyboard
from actors.telegram.channels.outcomes import NotSent, Outcome, Refused, Sent, Wait
from actors.telegram.chat.shelf import Shelf
from actors.telegram.chat.speaker import Speaker
from actors.telegram.config import TelegramConfig
from actors.telegram.store import DeliveryStore
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.ports import FakePorts
from tests.support.town import ANNA, BORA


class Square:
    """Where answers are said: `next_outcomes` become of them, and who is in `must_wait` may not be answered."""

    def __init__(self) -> None:
        self.clock = FakeClock(datetime(2025, 11, 28, 5, 30, tzinfo=UTC))
        self.said: list[tuple[int, str]] = []
        self.next_outcomes: list[Outcome] = []
        self.must_wait: set[int] = set()

    def may_say(self, chat_id: int) -> bool:
        """Say whether a chat need not wait."""
        return chat_id not in self.must_wait

    async def say(self, chat_id: int, text: str, _keyboard: Keyboard) -> Outcome:
        """Return what is to become of it, and note what was taken."""
        outcome = self.next_outcomes.pop(0) if self.next_outcomes else Sent(1)
        if isinstance(outcome, Sent):
            self.said.append((chat_id, text))
        return outcome


Scene = Callable[[Square, Speaker], Awaitable[None]]


@pytest.fixture(name="play")
def make_play(tmp_path: Path) -> Iterator[Callable[[Scene], None]]:
    """Return what plays a scene while what waits is brought; each further one is another life, in the same square."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    engine = open_store("telegram", settings, durable=False)
    square = Square()
    store = DeliveryStore(engine)

    async def life(scene: Scene) -> None:
        actor = make_actor("telegram", TelegramConfig(), settings, ports=FakePorts(), clock=square.clock)
        marks = store.start("boot", {}, square.clock.now_ns())
        speaker = Speaker(actor, square, Shelf(actor, store, marks))
        serving = asyncio.create_task(speaker.serve())
        await scene(square, speaker)
        serving.cancel()

    yield lambda scene: asyncio.run(life(scene))
    engine.dispose()


def test_whose_chat_is_asked_to_wait_keeps_nobody_else_waiting(play: Callable[[Scene], None]) -> None:
    """A minute of 429 in one chat was a minute in which nobody's commands did anything."""

    async def scene(square: Square, speaker: Speaker) -> None:
        square.next_outcomes = [Wait(30.0)]
        for chat_id, text in ((ANNA, "first"), (BORA, "hers"), (ANNA, "second")):
            await speaker.say(chat_id, text, ())
        assert square.said == [(BORA, "hers")]
        await square.clock.move(29.5)
        assert square.said == [(BORA, "hers")]
        await square.clock.move(1.0)
        assert square.said[1:] == [(ANNA, "first")]
        await speaker.say(ANNA, "third", ())
        await square.clock.move(5.0)
        assert square.said[1:] == [(ANNA, text) for text in ("first", "second", "third")]
        await speaker.say(ANNA, "at once", ())
        assert square.said[-1] == (ANNA, "at once")

    play(scene)


def test_an_answer_lets_go_first_what_is_to_be_brought_to_its_chat(play: Callable[[Scene], None]) -> None:
    """And only its own chat's wait for that."""

    async def scene(square: Square, speaker: Speaker) -> None:
        square.must_wait = {ANNA}
        await speaker.say(ANNA, "hers", ())
        await speaker.say(BORA, "his", ())
        await square.clock.move(60.0)
        assert square.said == [(BORA, "his")]
        square.must_wait = set()
        await square.clock.move(0.5)
        assert square.said == [(BORA, "his"), (ANNA, "hers")]

    play(scene)


def test_an_answer_that_was_not_sent_goes_again_and_one_that_is_refused_does_not(play: Callable[[Scene], None]) -> None:
    """Telegram out of reach is weather; what it does not want, it does not want later either."""

    async def scene(square: Square, speaker: Speaker) -> None:
        square.next_outcomes = [NotSent("refused"), NotSent("refused"), Sent(1), Refused("blocked")]
        for text in ("first", "second", "third"):
            await speaker.say(ANNA, text, ())
        await square.clock.move(20.0)
        assert square.said == [(ANNA, "first"), (ANNA, "third")]

    play(scene)


def test_an_answer_that_could_not_go_for_ten_minutes_is_given_up(play: Callable[[Scene], None]) -> None:
    """Who asked has long done something else; and the log says so."""

    async def scene(square: Square, speaker: Speaker) -> None:
        square.next_outcomes = [Wait(3_000.0)]
        await speaker.say(ANNA, "late", ())
        with capture_logs() as logs:
            await square.clock.move(599.0)
            assert logs == []
            await square.clock.move(2.0)
        assert [line["event"] for line in logs] == ["answer_given_up"]
        await square.clock.move(3_000.0)
        assert square.said == []

    play(scene)


def test_what_waits_outlives_the_process_in_its_order_and_is_given_once(play: Callable[[Scene], None]) -> None:
    """Killed while a chat had to wait, we answered nothing that had been asked there, and nobody asked again for us."""

    async def killed(square: Square, speaker: Speaker) -> None:
        square.next_outcomes = [Wait(30.0)]
        for chat_id, text in ((ANNA, "first"), (ANNA, "second"), (BORA, "hers")):
            await speaker.say(chat_id, text, ((("button", "data"),),))

    async def begun_anew(square: Square, _: Speaker) -> None:
        await square.clock.move(5.0)

    play(killed)
    play(begun_anew)
    play(begun_anew)

    square_said = [(BORA, "hers"), (ANNA, "first"), (ANNA, "second")]

    async def look(square: Square, _: Speaker) -> None:
        assert square.said == square_said

    play(look)


def test_what_waited_for_too_long_over_a_restart_is_given_up(play: Callable[[Scene], None]) -> None:
    """A command that is ten minutes old has an answer that nobody waits for."""

    async def killed(square: Square, speaker: Speaker) -> None:
        square.must_wait = {ANNA}
        await speaker.say(ANNA, "late", ())
        square.must_wait = set()
        square.clock.step(601.0)

    async def begun_anew(square: Square, _: Speaker) -> None:
        with capture_logs() as logs:
            await square.clock.move(5.0)
        assert [line["event"] for line in logs] == ["answer_given_up"]
        assert square.said == []

    play(killed)
    play(begun_anew)
