"""One language's messages, and what becomes of those that are not there."""

import pytest

from actors.words.catalogue import LANGUAGES, Unsayable, words_in

KOREAN, ENGLISH = words_in("ko"), words_in("en")


def test_a_message_is_said_with_its_gaps_filled() -> None:
    """Whoever reads it is told which stock."""
    assert ENGLISH.say("answer.removed", name="Apple", symbol="AAPL") == "🗑 Apple (AAPL) is no longer watched."


def test_what_fills_a_gap_is_not_read_for_gaps() -> None:
    """A name may look like a gap: whoever chose it reads nothing of ours by it."""
    assert "{symbol}" in KOREAN.say("answer.removed", name="{symbol}", symbol="AAPL")


@pytest.mark.parametrize(("count", "said"), [(1, "1 alert on its way"), (2, "2 alerts on their way")])
def test_one_is_said_otherwise_than_many(count: int, said: str) -> None:
    """English does, Korean does not."""
    assert ENGLISH.say_count("answer.waiting", count) == said
    assert KOREAN.say_count("answer.waiting", count) == f"보내고 있는 알림 {count}건"


def test_a_message_that_is_not_there_is_an_error_that_names_it() -> None:
    """Its key on a grandmother's phone would be no answer."""
    with pytest.raises(Unsayable, match=r"message of ko, found no answer\.nothing"):
        KOREAN.say("answer.nothing")
    with pytest.raises(Unsayable, match=r"by number, found no answer\.nothing"):
        KOREAN.say_count("answer.nothing", 2)


def test_a_gap_that_nothing_fills_is_an_error_that_names_it() -> None:
    """Half a sentence is worse than none."""
    with pytest.raises(Unsayable, match=r"all that fills answer\.removed of en, found no symbol"):
        ENGLISH.say("answer.removed", name="Apple")


def test_what_may_be_unknown_is_nothing_and_no_error() -> None:
    """A code may come from a newer version."""
    assert KOREAN.say_if_known("fact.note.risk") == KOREAN.say("fact.note.risk")
    assert KOREAN.say_if_known("fact.note.from-the-future") is None


def test_a_part_of_the_catalogues_can_be_read_alone() -> None:
    """A picture needs twenty words."""
    words = words_in("ko", "command")

    assert words.say("command.list")
    assert words.say_if_known("answer.help") is None


@pytest.mark.parametrize("language", ["fr", "", "../ko"])
def test_a_language_without_catalogues_is_an_error_that_names_those_there_are(language: str) -> None:
    """It is a setting, and whoever set it wants to know."""
    assert language not in LANGUAGES
    with pytest.raises(Unsayable, match="expected a language of ko, en, found"):
        words_in(language)
