"""The strict reading of the Bot API's HTML."""

import contextlib
import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.telegram.html import EntityError, MessageEntity, is_blank, kept_of, parse_html, parse_plain

TAKEN_OUT = "\r\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u0333\u033f\u030a"


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("F&amp;F &lt;b&gt; &quot;x&quot;", 'F&F <b> "x"', []),
        ("&#44032;&#xAC01;", "가각", []),
        ("🚨<b>굵게</b>", "🚨굵게", [("bold", 2, 2)]),
        ("<B>x</B>", "x", [("bold", 0, 1)]),
        ("<b><i>x</i>y</b>", "xy", [("bold", 0, 2), ("italic", 0, 1)]),
        ("<b></b>x", "x", []),
        ("  <b> x </b>\n", "x", [("bold", 0, 1)]),
        ("<span class='tg-spoiler'>x</span>", "x", [("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ("<a href=nowhere></a><a>x</a>", "x", []),
    ],
)
def test_markup_becomes_what_the_reader_sees(markup: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    """Offsets count UTF-16 units: a wrong unit shifts everything behind an emoji."""
    shown = parse_html(markup)

    assert shown.text == text
    assert shown.entities == [MessageEntity(type=kind, offset=at, length=length) for kind, at, length in entities]


def test_a_link_and_a_language_are_kept() -> None:
    """The two entities with something to tell besides their place."""
    link, code = parse_html('<a href="http://x/?a=1&amp;b=2">x</a> <code class="language-python">y</code>').entities

    assert (link.type, link.url) == ("text_link", "http://x/?a=1&b=2")
    assert (code.type, code.language) == ("pre", "python")


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("a & b", 'Unescaped "&" at byte offset 2'),
        ("가 & b", 'Unescaped "&" at byte offset 4'),
        ("&nbsp;", 'Unescaped "&" at byte offset 0'),
        ("&#0;", 'Unescaped "&" at byte offset 0'),
        ("&#xD800;", 'Unescaped "&" at byte offset 0'),
        ("a > b", 'Unescaped ">" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
        ("x<b", "Unclosed start tag at byte offset 1"),
        ("<a href='x", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a ", "Unclosed start tag at byte offset 0"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag, expected "</i>", found "</b>" at byte offset 7'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_wrong_markup_is_refused_with_its_place(markup: str, complaint: str) -> None:
    """A 400 from the real server loses the alert's formatting; here it fails a test."""
    with pytest.raises(EntityError) as refused:
        parse_html(markup)

    assert str(refused.value) == complaint


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=TAKEN_OUT)))
def test_what_is_escaped_is_shown_as_it_was(text: str) -> None:
    """No name of a stock can break a message: escaping is enough."""
    assert parse_html(html.escape(text, quote=False)).text == text.strip()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\tb\x00c\x1fd", "a b c d"),
        ("a\r\nb", "a\nb"),
        (f"a{TAKEN_OUT}b", "ab"),
        ("\u200ba\u200db\u2066", "\u200ba\u200db\u2066"),
        ("a\x7f\x85b", "a\x7f\x85b"),
    ],
)
def test_the_server_keeps_of_a_text_what_the_real_one_keeps(text: str, kept: str) -> None:
    """What we send and Telegram takes out is something that nobody reads."""
    assert kept_of(text) == kept
    assert parse_plain(f" {text} ").text == kept
    assert parse_html(f"<b>{text}</b>").text == kept


def test_offsets_count_what_was_kept() -> None:
    """An entity stands over its own words, whatever was taken out before them."""
    assert parse_html("a\r\u202e<b>b</b>").entities == [MessageEntity(type="bold", offset=1, length=1)]


@pytest.mark.parametrize("text", ["", " \n", "\u200b\ufeff", "\u00a0\u2003\u200f"])
def test_a_text_in_which_nothing_is_to_be_seen_is_blank(text: str) -> None:
    """The real server refuses it as empty."""
    assert is_blank(text)
    assert not is_blank(f"{text}.")


@given(st.text(alphabet='<>/&;#b"= a'))
def test_any_markup_is_either_shown_or_refused(markup: str) -> None:
    """Nonsense must not stop the server."""
    with contextlib.suppress(EntityError):
        assert len(parse_html(markup).text) <= len(markup)
