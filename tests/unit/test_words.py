"""The catalogues and the code agree: what is said is there, in every language, and what is there is said."""

import re

import polib
import pytest

from actors.words.catalogue import FOLDER, LANGUAGES
from tests.support.catalogues import Saying, entries, forms, gaps_in, is_named, sayings
from tests.support.house import Module, our_modules, parse
from tests.support.told_with import tellings

MODULES = [module for module in our_modules("actors") if module.name != "actors.words.catalogue"]
SAYINGS = [saying for module in MODULES for saying in sayings(module)]
KOREAN = entries("ko")
HANGUL = re.compile("[ㄱ-ㅎ가-힣]")
FOR_BOTH = {
    "command.lang": "whoever looks for Korean finds it by its own name",
    "people.language-words": "what may be typed for the language",
    "answer.amount-off": "what may be typed for none",
    "answer.amount-units": "what may be typed behind an amount",
    "answer.amount-currency.KRX": "what may be typed for won",
    "answer.amount-currency.US": "what may be typed for dollars",
}
"""English messages that hold Hangul, and why."""


def test_every_language_has_its_folder() -> None:
    """A folder more is a language that nobody can choose."""
    assert sorted(LANGUAGES) == sorted(path.name for path in FOLDER.iterdir() if any(path.glob("*.po")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_of_a_language_count_alike(language: str) -> None:
    """They are read as one, so a file without its Plural-Forms would take them from all."""
    headers = [polib.pofile(str(path)).metadata for path in (FOLDER / language).glob("*.po")]

    assert headers[0]["Language"] == language
    assert all(header == headers[0] for header in headers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_languages_have_the_same_messages_with_the_same_gaps(language: str) -> None:
    """A gap that one language lacks is a fact that its readers never learn."""
    messages = entries(language)

    assert messages.keys() == KOREAN.keys()
    assert [key for key, entry in messages.items() if {gaps_in(text) for text in forms(entry)} != {gaps_of(key)}] == []
    assert [key for key in messages if bool(messages[key].msgid_plural) != bool(KOREAN[key].msgid_plural)] == []
    assert [key for key, entry in messages.items() if entry.fuzzy or entry.obsolete or "" in forms(entry)] == []


def test_english_holds_no_hangul_but_where_that_has_a_reason() -> None:
    """Who reads English may have no keyboard for an example in Hangul."""
    assert {key for key, entry in entries("en").items() if HANGUL.search("".join(forms(entry)))} == FOR_BOTH.keys()


def test_what_is_brought_to_who_reads_english_holds_no_hangul() -> None:
    """What the code writes of prices, days and markets is in no catalogue; the stocks are called Lion here."""
    assert [told.text for told in tellings("Lion", "en") if HANGUL.search(told.text)] == []
    assert any(HANGUL.search(told.text) for told in tellings("Lion", "ko"))


def gaps_of(key: str) -> frozenset[str]:
    """Return what fills the message *key*."""
    return gaps_in(forms(KOREAN[key])[0])


def flaws(saying: Saying) -> list[str]:
    """Return what is wrong with *saying*: nothing to say, or too much or too little to say it with."""
    if not saying.key:
        return [f"{saying.place} says what cannot be read from the source"]
    named = [key for key in KOREAN if is_named(saying.key, key)]
    if not named:
        return [f"{saying.place} says {saying.key}, which no catalogue has"]
    wanted = frozenset().union(*map(gaps_of, named))
    # Where a code chooses the message, one that tells less than the others is no mistake.
    numbers = {bool(KOREAN[key].msgid_plural) for key in named} - {saying.by_count}
    return [f"{saying.place} fills {saying.key} with {sorted(saying.gaps)}"] if wanted != saying.gaps or numbers else []


def test_what_is_said_is_in_the_catalogues_and_gets_what_it_wants() -> None:
    """Found here, or else on somebody's phone."""
    assert [flaw for saying in SAYINGS for flaw in flaws(saying)] == []


def test_what_is_in_the_catalogues_is_said() -> None:
    """A message that nobody says is translated and kept for nothing."""
    patterns = {saying.key for saying in SAYINGS}

    assert [key for key in KOREAN if not any(is_named(pattern, key) for pattern in patterns)] == []


def saying_in(source: str) -> Saying:
    """Return the one saying of *source*."""
    [saying] = sayings(parse("actors.telegram.chat.answers", source))
    return saying


@pytest.mark.parametrize(
    "source",
    [
        'words.say("answer.nothing")',
        'say("answer.removed", name="a")',
        'words.say("answer.removed", name="a", symbol="b", price="c")',
        'words.say("answer.waiting", count=3)',
        'words.say_count("answer.removed", 3)',
        'words.say(f"nothing.{code}")',
        "words.say(key)",
        'words.say_if_known("answer.nothing")',
    ],
)
def test_a_planted_flaw_is_found(source: str) -> None:
    """A rule that cannot fail holds nothing."""
    assert len(flaws(saying_in(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        'words.say("answer.removed", name="a", symbol="b")',
        'words.say(f"fact.obstacle.{code}", returns=3)',
        'words.say_count("answer.waiting", 3)',
        'words.say_if_known(f"fact.note.{code}")',
    ],
)
def test_what_is_right_is_let_pass(source: str) -> None:
    """A rule that cries over honest code is soon switched off."""
    assert flaws(saying_in(source)) == []


def test_both_branches_of_a_choice_are_read() -> None:
    """The seldom one is the one that nobody tries."""
    code = 'say("answer.point" if whole else "answer.nothing", level="1")'
    module: Module = parse("actors.telegram.chat.answers", code)

    assert [saying.key for saying in sayings(module)] == ["answer.point", "answer.nothing"]


def test_no_korean_answer_leaves_the_choice_of_a_particle_to_its_reader() -> None:
    """`을(를)` is a form to fill in, not a sentence; and a particle behind a closing parenthesis reads no better."""
    texts = [text for key, entry in KOREAN.items() if key.startswith("answer.") for text in forms(entry)]

    assert texts
    assert [text for text in texts if re.search(r"[을은이와]\([를는가과]\)|\)[은는이가을를와과로]|습니다", text)] == []
