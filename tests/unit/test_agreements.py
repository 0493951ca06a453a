"""What all actors agree on keeps its shape: messages, the channels they travel on, who writes which database."""

import inspect
import re

import pytest
from msgspec import Struct

from actors.analyst.core import as_listed
from actors.analyst.guide import OBSTACLES
from actors.analyst.instruments.catalogue import EX_CODES, WARNINGS
from actors.market.obstacles import Obstacle
from actors.words.catalogue import LANGUAGES, words_in
from protocol import messages
from protocol.messages import CIRCUIT_BREAKER, HALTED, LOWER_LIMIT, RESUMED, VOLATILITY_INTERRUPTION, LettersWritten
from protocol.tables import METADATA_BY_WRITER
from protocol.topology import ACTORS, CHANNELS, channel_of
from tests.support.house import our_modules
from tests.support.market import targets

MESSAGE_TYPES = [
    kind
    for _, kind in inspect.getmembers(messages, inspect.isclass)
    if issubclass(kind, Struct) and kind.__module__ == messages.__name__
]


UNSAID = {"caution"}
"""KRX hands it out by the dozen every day."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_a_master_file_may_say_of_a_day_has_words(language: str) -> None:
    """A code without words would be passed over in silence."""
    marks = ["halted", "administrative", *WARNINGS.values(), *EX_CODES.values()]
    notes = as_listed(targets(), "삼성전자", "share", marks).notes

    assert len(notes) == len(marks)
    assert {note for note in notes if not words_in(language).say_if_known(f"fact.note.{note}")} == UNSAID


def test_whatever_stands_in_the_way_of_a_target_has_words() -> None:
    """For people in their language, and for the operator."""
    codes = {obstacle.value for obstacle in Obstacle}

    assert OBSTACLES.keys() == codes
    assert all(
        words_in(language).say_if_known(f"fact.obstacle.{code}", returns=3) for language in LANGUAGES for code in codes
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_may_be_the_matter_with_trading_has_words(language: str) -> None:
    """An alert of a halted stock that does not say so sends somebody to his broker for nothing."""
    notes = [VOLATILITY_INTERRUPTION, HALTED, CIRCUIT_BREAKER, RESUMED, LOWER_LIMIT]

    assert all(words_in(language).say_if_known(f"fact.note.{note}") for note in notes)


def test_whoever_writes_letters_may_ring_for_them() -> None:
    """A doorbell without a table would be an empty promise, a table without one a letter that comes late."""
    writers = {writer for writer, metadata in METADATA_BY_WRITER.items() if "letters" in metadata.tables}

    assert writers == set(channel_of(LettersWritten).senders)


@pytest.mark.parametrize("kind", MESSAGE_TYPES)
def test_a_message_is_frozen_and_made_by_keyword(kind: type[Struct]) -> None:
    """A frozen message can be kept and shared; with keywords no two prices change places unseen."""
    kinds = {parameter.kind for parameter in inspect.signature(kind).parameters.values()}

    assert kind.__struct_config__.frozen
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("kind", MESSAGE_TYPES)
def test_a_message_travels_on_one_channel_or_inside_another(kind: type[Struct]) -> None:
    """The runtime finds the socket by the type, so two channels would be a guess and none a dead letter."""
    carriers = [channel.name for channel in CHANNELS if kind in channel.carries]
    name = re.compile(rf"\b{kind.__name__}\b")
    holders = [other for other in MESSAGE_TYPES if name.search(str(inspect.get_annotations(other)))]

    assert len(carriers) == (0 if holders else 1)


def test_channels_carry_only_messages() -> None:
    """What crosses a socket stands in one module, where a reader finds all of it."""
    assert {kind for channel in CHANNELS for kind in channel.carries} <= set(MESSAGE_TYPES)


def test_each_database_has_one_writer_among_the_actors() -> None:
    """A table module is named after its writer, so the name must be an actor's and the module known."""
    modules = {module.name.rpartition(".")[2] for module in our_modules("protocol/tables")} - {"tables", "letters"}

    assert set(METADATA_BY_WRITER) == modules
    assert modules <= set(ACTORS)


def test_no_table_is_in_two_databases() -> None:
    """A table's name alone tells who writes it; `letters` is in all databases whose writers have something to say."""
    names = [name for metadata in METADATA_BY_WRITER.values() for name in metadata.tables if name != "letters"]

    assert sorted(set(names)) == sorted(names)
