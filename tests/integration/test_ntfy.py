"""Messages by ntfy, through the whole actor: once, in order, marked where they may be repeats, beside Telegram's."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import delete, select

from actors.telegram.channels.config import ChannelsConfig
from actors.telegram.channels.ntfy.config import NtfyConfig
from actors.telegram.config import TelegramConfig
from actors.telegram.people.channel_check import ChannelState
from protocol.messages import Picture, PictureWanted, State
from protocol.tables.telegram import addresses, deliveries
from simulator.judgement.verdict import read_accepted
from simulator.ntfy.log import NtfyLine, read_ntfy
from simulator.ntfy.server import NtfySettings, running_ntfy
from simulator.telegram.faults import Fault, FaultKind
from tests.support.alerts import alert, decide
from tests.support.town import ANNA, BORA, RealTimes, Town, play, told

TOPIC = "sigmabell-anna"
HALMONI = "sigmabell-halmoni"
PLACE, ELSEWHERE = 9_001, 9_002
"""The numbers that stand for topics."""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)

Scene = Callable[[Town, TelegramConfig], Awaitable[None]]


def with_ntfy(place: Town, url: str, *, pictures: bool = False) -> TelegramConfig:
    """Return the town's configuration, in which Anna is reached by ntfy, too."""
    config = place.config()
    anna = msgspec.structs.replace(config.people[0], addresses={"ntfy": TOPIC})
    ntfy = NtfyConfig(url=url, messages_per_s=1000.0, burst=1000.0, pictures=pictures)
    return msgspec.structs.replace(config, people=(anna, config.people[1]), channels=ChannelsConfig(ntfy=ntfy))


def play_with_ntfy(directory: Path, scene: Scene, faults: Iterable[Fault] = (), *, pictures: bool = False) -> Town:
    """Act out *scene* in a town that has an ntfy server."""
    settings = NtfySettings(token="test", takes_attachments=pictures)

    async def whole(place: Town) -> None:
        async with running_ntfy(settings, directory, RealTimes(), faults) as ntfy:
            await scene(place, with_ntfy(place, ntfy.base_url, pictures=pictures))

    return play(directory, whole)


def published(directory: Path) -> list[NtfyLine]:
    """Return what ntfy took, in order."""
    return [line for line in read_ntfy(directory) if line.accepted]


def states(place: Town) -> list[tuple[str, str]]:
    """Return channel and state of the texts, oldest first."""
    columns = deliveries.c
    statement = select(columns.channel, columns.state).where(columns.kind == "text").order_by(columns.id)
    return [(row.channel, row.state) for row in place.rows(statement)]


def test_an_alert_goes_by_each_channel_of_its_person_and_the_words_are_the_same(tmp_path: Path) -> None:
    """Who left Telegram for a server of her own misses nothing of it; who is on no ntfy gets nothing there."""

    async def scene(place: Town, config: TelegramConfig) -> None:
        async with place.life(config) as actor:
            added = await told(actor, "add_person", name="할머니", channel="ntfy", address=HALMONI)
            assert added["id"] == 3
            decide(place.settings, alert(), alert(person_id=2), alert(person_id=3, level=1.0))
            await place.until(lambda: [state for _, state in states(place)] == ["sent"] * 4)

    place = play_with_ntfy(tmp_path, scene)

    assert [channel for channel, _ in states(place)] == ["telegram", "ntfy", "telegram", "ntfy"]
    loud, silent = sorted(published(tmp_path), key=lambda line: -line.priority)
    assert (loud.topic, loud.priority, loud.text) == (TOPIC, 4, place.texts(ANNA)[0])
    assert (silent.topic, silent.priority) == (HALMONI, 2)
    assert len(place.texts(BORA)) == 1
    accepted = read_accepted(tmp_path, {TOPIC: PLACE, HALMONI: ELSEWHERE})
    assert sorted(each.chat_id for each in accepted) == [ANNA, BORA, PLACE, ELSEWHERE]
    receipts = {row.receipt for row in place.rows(select(deliveries.c.receipt).where(deliveries.c.channel == "ntfy"))}
    assert receipts == {loud.id, silent.id}


@pytest.mark.parametrize(
    ("fault", "marks"),
    [
        (Fault(kind=FaultKind.RESET, method="publish", accepted=True), [False, True, False]),
        (Fault(kind=FaultKind.STATUS, method="publish", accepted=True), [False, True, False]),
        (Fault(kind=FaultKind.ERROR, method="publish", status=401), [False, False]),
    ],
    ids=["reset, taken", "502, taken", "401"],
)
def test_whatever_ntfy_does_nothing_is_lost_and_every_repeat_says_so(
    tmp_path: Path, fault: Fault, marks: list[bool]
) -> None:
    """The second alert comes behind the first, and what ails ntfy is nothing to Telegram."""

    async def scene(place: Town, config: TelegramConfig) -> None:
        async with place.life(config):
            decide(place.settings, alert())
            await place.until(lambda: len(states(place)) == 2)
            decide(place.settings, alert(2))
            await place.until(lambda: [state for _, state in states(place)] == ["sent"] * 4)

    place = play_with_ntfy(tmp_path, scene, [fault])

    taken = [each for each in read_accepted(tmp_path, {TOPIC: PLACE}) if each.chat_id == PLACE]
    assert [bool(each.shown and each.shown.is_repeat) for each in taken] == marks
    assert place.marked(ANNA) == [False, False]


@pytest.mark.parametrize(("token", "found"), [("test", "it answers and lets us in"), ("another", "HTTP 401")])
def test_the_operator_asks_whether_ntfy_is_there(tmp_path: Path, token: str, found: str) -> None:
    """Before the first alert, and without a message to anybody."""
    answers: list[dict[str, object]] = []

    async def scene(place: Town) -> None:
        async with AsyncExitStack() as running:
            ntfy = await running.enter_async_context(running_ntfy(NtfySettings(token=token), tmp_path, RealTimes()))
            async with place.life(with_ntfy(place, ntfy.base_url)) as actor:
                answers.append(await told(actor, "channels"))
                await running.aclose()
                answers.append(await told(actor, "channels"))

    play(tmp_path, scene)

    before, after = (
        msgspec.convert(answer["channels"], list[ChannelState], from_attributes=True) for answer in answers
    )
    assert [(state.channel, state.found) for state in before] == [
        ("telegram", "it answers and lets us in"),
        ("ntfy", found),
    ]
    assert [(state.channel, state.ok) for state in after] == [("telegram", True), ("ntfy", False)]
    assert "[telegram.channels.ntfy] url" in after[1].remedy
    assert published(tmp_path) == []


def test_what_is_for_a_channel_that_is_switched_off_waits_and_the_operator_is_told(tmp_path: Path) -> None:
    """A line that went out of a file must cost nobody an alert."""

    async def scene(place: Town, config: TelegramConfig) -> None:
        off = msgspec.structs.replace(config, channels=ChannelsConfig())
        async with place.life(off) as actor:
            decide(place.settings, alert())
            await place.until(lambda: states(place) == [("telegram", "sent"), ("ntfy", "pending")])
            assert actor.state is State.DEGRADED
            assert "ntfy is switched off" in actor.pulse({}).reason
        async with place.life(config):
            await place.until(lambda: states(place) == [("telegram", "sent"), ("ntfy", "sent")])

    play_with_ntfy(tmp_path, scene)

    assert len(published(tmp_path)) == 1


@pytest.mark.parametrize("restarts", [False, True])
def test_what_is_for_a_channel_that_is_switched_off_is_given_up_where_nobody_has_an_address(
    tmp_path: Path, *, restarts: bool
) -> None:
    """It would wait for ever, and the operator would be told of it for ever."""

    async def scene(place: Town, config: TelegramConfig) -> None:
        off = msgspec.structs.replace(config, channels=ChannelsConfig())
        async with place.life(off) as actor:
            decide(place.settings, alert())
            await place.until(lambda: states(place) == [("telegram", "sent"), ("ntfy", "pending")])
            if not restarts:
                await told(actor, "unreach", person=1, channel="ntfy")
                await place.until(lambda: states(place)[1] == ("ntfy", "dead") and actor.state is State.RUNNING)
        if restarts:
            place.rows(delete(addresses))
            async with place.life(off) as actor:
                await place.until(lambda: states(place)[1] == ("ntfy", "dead") and actor.state is State.RUNNING)

    place = play_with_ntfy(tmp_path, scene)

    assert place.deliveries()[1] == ("dead", "its person has no address there any more")


def test_a_chart_follows_where_the_server_takes_it(tmp_path: Path) -> None:
    """It is drawn once for both channels."""

    async def scene(place: Town, config: TelegramConfig) -> None:
        async with place.life(config):
            decide(place.settings, alert())
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2 and bool(place.ports.sent))
            wanted = place.ports.sent[0]
            assert isinstance(wanted, PictureWanted)
            place.ports.deliver(Picture(key=wanted.key, png=PNG, error=""))
            await place.until(lambda: place.deliveries("picture") == [("sent", "")] * 2)

    play_with_ntfy(tmp_path, scene, pictures=True)

    [_, chart] = published(tmp_path)
    assert (tmp_path / chart.attachment).read_bytes() == PNG
    assert chart.priority == 2
