"""Real sockets between actors that live in one process."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import structlog
import zmq

from actors.runtime.clock import SystemClock
from actors.runtime.errors import CommandRefused, ConfigError, Unanswered
from actors.runtime.ports import BEAT_S, Received, ZmqPorts
from protocol.messages import Heartbeat, Picture, ReplayChunk, ReplayRequest, Trades, WatchListChanged
from protocol.topology import Address, Port
from protocol.wire import Envelope, decode_published, encode
from tests.support.actor import make_settings
from tests.support.clock import settle
from tests.support.dog import beat_of
from tests.support.market import trade
from tests.support.party import PATIENCE_S, Party, living, publish_until_heard

PICTURE = Picture(key="key", png=b"", error="none")


def test_a_stream_arrives_with_its_sender_epoch_and_unbroken_numbers(tmp_path: Path) -> None:
    """Numbers are what gaps are found by."""

    async def scenario() -> list[Received]:
        settings = make_settings(tmp_path)
        feed, evaluator = Party("feed", settings, epoch=77), Party("evaluator", settings)
        async with living(feed, evaluator):
            await publish_until_heard(feed, evaluator, Trades(trades=[trade(1.0)]))
            first = evaluator.received[-1].sequence
            for _ in range(2_500):
                feed.ports.publish(Trades(trades=[trade(2.0)]))
            await evaluator.until(lambda received: received[-1].sequence == first + 2_500)
        assert evaluator.glanced == len(evaluator.received)
        return evaluator.received

    received = asyncio.run(scenario())
    assert {(each.stream, each.sender, each.epoch) for each in received} == {("trades", "feed-1", 77)}
    numbers = [each.sequence for each in received]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_message_wakes_an_actor_once(tmp_path: Path) -> None:
    """Its signal is taken back before the loop looks again; the few wake-ups more are beats."""
    messages = 200

    def is_last(number: int) -> Callable[[list[Received]], bool]:
        return lambda received: received[-1].sequence == number

    async def scenario() -> int:
        settings = make_settings(tmp_path)
        feed, evaluator = Party("feed", settings), Party("evaluator", settings)
        async with living(feed, evaluator):
            await publish_until_heard(feed, evaluator, Trades(trades=[trade(1.0)]))
            before = evaluator.wake_ups
            for _ in range(messages):
                await evaluator.until(is_last(feed.ports.publish(Trades(trades=[trade(2.0)]))))
            return evaluator.wake_ups - before

    assert asyncio.run(scenario()) < 1.5 * messages


def test_a_bug_in_the_work_ends_it_and_a_stop_does_so_quietly(tmp_path: Path) -> None:
    """An event loop only logs what its callbacks raise, and goes on: the process would live, and do nothing."""
    settings = make_settings(tmp_path)

    async def serve(take: Callable[[ZmqPorts], object]) -> int:
        ports = ZmqPorts(Address("evaluator"), settings, SystemClock(), 1, structlog.get_logger())
        turns = 0

        def turn(_batch: list[Received]) -> None:
            nonlocal turns
            turns += 1
            take(ports)

        ports.open()
        try:
            await ports.serve(turn)
        finally:
            ports.close()
        return turns

    with pytest.raises(ZeroDivisionError):
        asyncio.run(serve(lambda _: 1 // 0))
    assert asyncio.run(serve(ZmqPorts.stop)) == 1


def test_who_is_told_to_end_while_he_is_stopped_ends_once(tmp_path: Path) -> None:
    """As by SIGTERM in the moment in which something else of the actor fails: nothing is left to complain of."""
    complaints: list[object] = []

    async def scenario() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        ports = ZmqPorts(Address("evaluator"), make_settings(tmp_path), SystemClock(), 1, structlog.get_logger())
        ports.open()
        work = asyncio.create_task(ports.serve(lambda _: None))
        await asyncio.sleep(0)
        ports.stop()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        await settle()
        ports.close()

    asyncio.run(scenario())

    assert complaints == []


def test_who_is_woken_in_the_midst_of_a_turn_takes_another_one(tmp_path: Path) -> None:
    """What it had looked at before may be what it was woken for."""

    async def scenario() -> None:
        ports = ZmqPorts(Address("evaluator"), make_settings(tmp_path), SystemClock(), 1, structlog.get_logger())
        depth, turns = 0, 0

        def turn(_batch: list[Received]) -> None:
            nonlocal depth, turns
            turns += 1
            assert depth == 0
            depth += 1
            ports.wake() if turns < 5 else ports.stop()
            depth -= 1

        ports.open()
        # No beat is due within that time: each turn was asked for.
        async with asyncio.timeout(BEAT_S / 2):
            await ports.serve(turn)
        ports.close()
        assert turns == 5

    asyncio.run(scenario())


def test_an_actor_hears_only_the_streams_that_the_topology_gives_it(tmp_path: Path) -> None:
    """The evaluator would otherwise decode every event of everybody."""

    async def scenario() -> Party:
        settings = make_settings(tmp_path)
        telegram, feed = Party("telegram", settings), Party("feed", settings)
        async with living(telegram, feed):
            await publish_until_heard(telegram, feed, WatchListChanged(symbols=["005930"]))
        return feed

    assert {each.stream for each in asyncio.run(scenario()).received} == {"watches"}


def test_what_was_missed_is_replayed_as_it_was_published(tmp_path: Path) -> None:
    """Start, restart and recovery ask for the same."""

    async def scenario() -> ReplayChunk:
        settings = make_settings(tmp_path)
        feed, evaluator = Party("feed", settings, epoch=5), Party("evaluator", settings)
        async with living(feed, evaluator):
            for price in (1.0, 2.0, 3.0):
                feed.ports.publish(Trades(trades=[trade(price)]))
            asked = asyncio.create_task(evaluator.until(lambda _: bool(evaluator.messages(ReplayChunk))))
            while not asked.done():
                evaluator.ports.ask_replay("feed-1", ReplayRequest(stream="trades", epoch=5, first=2))
                await asyncio.wait([asked], timeout=0.05)
            await asked
        chunk = evaluator.messages(ReplayChunk)[0]
        assert isinstance(chunk, ReplayChunk)
        return chunk

    chunk = asyncio.run(scenario())
    assert (chunk.epoch, chunk.first, chunk.newest) == (5, 2, 3)
    replayed = [decode_published(frame)[1].message for frame in chunk.frames]
    assert replayed == [Trades(trades=[trade(2.0)]), Trades(trades=[trade(3.0)])]


def test_a_plain_req_socket_commands_an_actor_in_json(tmp_path: Path) -> None:
    """Any generic ZeroMQ tool can do it, without a line of ours."""

    async def scenario() -> list[dict[str, object]]:
        settings = make_settings(tmp_path)
        feed = Party("feed", settings)

        async def reconnect(arguments: dict[str, object]) -> dict[str, object]:
            return {"reconnecting": True, **arguments}

        feed.ports.commands.add("reconnect", reconnect)

        def ask() -> list[dict[str, object]]:
            with zmq.Context() as context, context.socket(zmq.REQ) as socket:
                socket.set(zmq.RCVTIMEO, int(PATIENCE_S * 1_000))
                socket.set(zmq.LINGER, 0)
                socket.connect(f"ipc://{settings.run_dir}/feed-1.{Port.CONTROL.value}")
                answers = []
                for question in (b'{"id": "1", "command": "reconnect", "arguments": {"now": 1}}', b"\xff what?"):
                    socket.send(question)
                    answers.append(msgspec.json.decode(socket.recv()))
                return answers

        async with living(feed):
            return await asyncio.to_thread(ask)

    understood, not_understood = asyncio.run(scenario())
    assert understood["result"] == {"reconnecting": True, "now": 1}
    assert not_understood["status"] == "error"
    assert "expected JSON" in str(not_understood["error"])


def test_asking_another_actor_ends_with_its_answer_its_refusal_or_in_time(tmp_path: Path) -> None:
    """A question without an end is a hung actor."""

    async def scenario() -> None:
        settings = make_settings(tmp_path)
        telegram, analyst = Party("telegram", settings), Party("analyst", settings)

        async def find(arguments: dict[str, object]) -> dict[str, object]:
            if arguments["symbol"] != "005930":
                message = "no such symbol"
                raise CommandRefused(message)
            return {"name": "삼성전자"}

        analyst.ports.commands.add("find", find)
        async with living(telegram, analyst):
            assert await telegram.ports.ask("analyst", "find", symbol="005930") == {"name": "삼성전자"}
            with pytest.raises(CommandRefused, match="no such symbol"):
                await telegram.ports.ask("analyst", "find", symbol="999999")
            with pytest.raises(Unanswered, match=r"chart-1 to 'ping' within 0\.05 s"):
                await telegram.ports.ask("chart", "ping", timeout_s=0.05)

    asyncio.run(scenario())


def test_bytes_that_are_none_of_ours_are_counted_and_nothing_dies(tmp_path: Path) -> None:
    """A broken peer, or a curious one, must not end an actor."""

    async def scenario() -> int:
        settings = make_settings(tmp_path)
        telegram = Party("telegram", settings)
        async with living(telegram):
            with zmq.Context() as context, context.socket(zmq.PUSH) as socket:
                socket.connect(f"ipc://{settings.run_dir}/telegram-1.{Port.INBOX.value}")
                for garbage in (b"", b"\xff" * 100, b"\x91" * 10_000, b"\x94\xa1x\x00\x00\x90"):
                    await asyncio.to_thread(socket.send, garbage)
                await asyncio.to_thread(socket.send, encode(Envelope("chart-1", 1, 0, PICTURE)))
                await telegram.until(lambda received: [each.message for each in received] == [PICTURE])
        return telegram.ports.rejected

    assert asyncio.run(scenario()) == 4


def test_a_run_directory_too_deep_for_a_socket_is_a_configuration_error(tmp_path: Path) -> None:
    """The kernel's own error would not say which setting to change."""
    deep = tmp_path / ("deep" * 25)
    deep.mkdir()
    settings = make_settings(deep)

    async def scenario() -> None:
        ports = Party("feed", settings).ports
        try:
            ports.open()
        finally:
            ports.close()

    with pytest.raises(ConfigError, match=r"run_dir: expected paths of at most 107 bytes"):
        asyncio.run(scenario())


def test_the_last_thing_that_is_said_is_a_heartbeat(tmp_path: Path) -> None:
    """Whoever finishes a message to Telegram beats no more; it must not be taken for dead and killed."""

    async def scenario() -> list[Received]:
        settings = make_settings(tmp_path)
        telegram, feed = Party("telegram", settings), Party("feed", settings)
        telegram.ports.pulse = lambda _sequences: beat_of("telegram", pid=1)
        async with living(telegram, feed):
            await feed.until(bool)
            known = len(feed.received)
            telegram.ports.stop()
            await feed.until(lambda received: len(received) > known)
        return feed.received

    assert {type(each.message) for each in asyncio.run(scenario())} == {Heartbeat}
