"""Everything of ours that reads what others wrote, each with good input and the errors that its caller is prepared for.

Nothing that comes over a socket or lies in a file may end an actor in any other way. And everything that we tell with a
name in it that others gave (`texts`, `chat`): a strict reader sees what was meant, and Telegram refuses none.
"""

import asyncio
import contextlib
import functools
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from actors.feed.config import FeedConfig
from actors.feed.gaps.repair import Repairs
from actors.feed.session.intake import Intake
from actors.kis.config import KisConfig
from actors.kis.daily_bars import parse_bars, parse_us_bars
from actors.kis.downloads import unpack
from actors.kis.errors import FrameError, KisError, MasterError
from actors.kis.frames import parse_trades
from actors.kis.issuance import parse_approval, parse_token
from actors.kis.masters import MASTER_FILES, parse_master
from actors.kis.messages import parse_message
from actors.kis.minute_bars import parse_minutes, parse_us_minutes
from actors.kis.prices import parse_price, parse_us_price
from actors.runtime.clock import read_world_clock
from actors.runtime.config import load_settings
from actors.runtime.control import Commands, encode_answer
from actors.runtime.errors import ConfigError
from actors.telegram.channels.telegram.wire import outcome_of, parse_updates
from actors.telegram.chat.commands import parse_command
from actors.telegram.config import TelegramConfig
from actors.words.catalogue import LANGUAGES
from protocol.errors import DecodeError
from protocol.messages import ReplayChunk, Trade
from protocol.wire import decode, decode_published, encode
from tests.fuzz import good
from tests.fuzz.over_sockets import read_by_bot, read_by_gateway, read_by_socket
from tests.support.masters import korean_line, us_line, zipped
from tests.support.told_with import AWKWARD, Chat, check, tellings

__all__ = ["TARGETS", "Target"]

MOST_WON, MOST_SHARES = 1e12, 2**62
KOREAN, US = korean_line().encode("cp949"), us_line().encode("cp949")
STATUSES = (200, 400, 401, 403, 404, 429, 500, 502)


class Target(NamedTuple):
    """One reader: `act` takes bytes, and may raise what is `expected` and nothing else."""

    name: str
    seeds: Sequence[bytes]
    act: Callable[[bytes], object]
    expected: tuple[type[Exception], ...] = ()


def read_frame(frame: bytes) -> None:
    """Read a data frame; whatever comes through is a trade that could be."""
    for trade in parse_trades(frame, 1, []):
        check_trade(trade)


def check_trade(trade: Trade) -> None:
    """Assert that *trade* could be one: evaluator would act on it."""
    assert 0 < trade.price < MOST_WON
    assert trade.base_price > 0
    assert 0 <= trade.day_low < MOST_WON
    assert 0 < trade.volume <= trade.cumulative_volume < MOST_SHARES


def take_in(frame: bytes) -> None:
    """Do with *frame* what feed does with what one look at its socket brought."""
    intake = Intake(Repairs(FeedConfig()))
    for trade in intake.take_trades([frame], 1, 0.0):
        check_trade(trade)
    intake.take_messages()
    intake.take_complaints()


def read_master(content: bytes) -> None:
    """Read a master file of every kind."""
    for name in MASTER_FILES:
        for listing in parse_master(name, content, []):
            assert listing.symbol
            assert listing.name
            assert listing.base_price >= 0


def read_answer(body: bytes) -> None:
    """Read the answer to every REST call."""
    for parse in (
        parse_approval,
        parse_token,
        parse_price,
        parse_us_price,
        parse_bars,
        parse_us_bars,
        parse_minutes,
        parse_us_minutes,
    ):
        with contextlib.suppress(KisError):
            parse(body)


def read_envelope(frame: bytes) -> None:
    """Read what was pushed; what is understood can be said again."""
    envelope = decode(frame)
    assert decode(encode(envelope)) == envelope


def read_published(frame: bytes) -> None:
    """Read what was published, and what a replay holds."""
    _, envelope = decode_published(frame)
    if isinstance(envelope.message, ReplayChunk):
        for inner in envelope.message.frames:
            with contextlib.suppress(DecodeError):
                decode_published(inner)


def answer_question(question: bytes) -> None:
    """Answer what somebody asks on a control socket."""
    commands = Commands("feed-1")

    async def echo(arguments: dict[str, object]) -> dict[str, object]:
        return arguments

    commands.add("echo", echo)
    encode_answer(asyncio.run(commands.answer(question)))


def read_updates(result: bytes) -> None:
    """Read what happened in Telegram, and the commands that people typed."""
    for update in parse_updates(result):
        if update.message is not None:
            parse_command(update.message.text)


def read_outcome(body: bytes) -> None:
    """Read what became of a message, whatever the status."""
    for status in STATUSES:
        outcome_of(status, body)


def read_configuration(text: bytes) -> None:
    """Read a configuration from a file, with two of its tables."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(text)
        file.flush()
        settings = load_settings(Path(file.name))
        settings.table("kis", KisConfig)
        settings.table("telegram", TelegramConfig)


def read_clock(text: bytes) -> None:
    """Read a world's clock from a file."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(text)
        file.flush()
        read_world_clock(Path(file.name))


def tell(name: bytes) -> None:
    """Tell everything that is told without being asked for of what has that *name*, in all languages."""
    for language in LANGUAGES:
        for told in tellings(name.decode(errors="replace"), language):
            check(told)


def converse(words: bytes) -> None:
    """Let somebody type *words* behind each command, and watch what is called so."""
    for told in _chat(LANGUAGES[len(words) % len(LANGUAGES)]).hear(words.decode(errors="replace")):
        check(told)


@functools.cache
def _chat(language: str) -> Chat:
    return Chat(Path(_folder(language).name), language)


@functools.cache
def _folder(_language: str) -> tempfile.TemporaryDirectory[str]:
    """Return a folder that is there as long as the process."""
    return tempfile.TemporaryDirectory()


TARGETS = (
    Target("frames", good.FRAMES, read_frame, (FrameError,)),
    Target("messages", good.TEXTS, parse_message, (KisError,)),
    Target("intake", good.FRAMES + good.TEXTS, take_in),
    Target("websocket", good.FRAMES + good.TEXTS, read_by_socket),
    Target("masters", [KOREAN + b"\n" + KOREAN, US + b"\n" + US], read_master),
    Target("zips", [zipped(KOREAN), zipped(US)], unpack, (MasterError,)),
    Target("rest", good.KIS_ANSWERS, read_answer),
    Target("http", good.HTTP, read_by_gateway),
    Target("envelopes", good.ENVELOPES, read_envelope, (DecodeError,)),
    Target("published", good.PUBLISHED, read_published, (DecodeError,)),
    Target("control", good.QUESTIONS, answer_question),
    Target("updates", good.UPDATES, read_updates, (ValueError, RecursionError)),
    Target("outcomes", good.TELEGRAM_ANSWERS, read_outcome),
    Target("bot", good.HTTP, read_by_bot),
    Target("conf", good.CONFIGURATIONS, read_configuration, (ConfigError,)),
    Target("clock", good.CLOCKS, read_clock, (ConfigError,)),
    Target("texts", [name.encode() for name in AWKWARD], tell),
    Target("chat", [name.encode() for name in AWKWARD[::8]], converse),
)
