"""Parse the HTML of the Bot API as strictly as its documentation words it.

    text --&lt; &gt; &amp; &quot; &#N;--> one character        <b>…</b> --> an entity over what stands between

Only the documented tags exist; they nest and must be closed in order; every other `<`, `>` or `&` "must be replaced
with the corresponding HTML entities". The real service lets a lone `&` or `>` pass; here they are refused, because
whoever forgot to escape one will some day forget a `<`. Offsets and lengths of entities count UTF-16 units, positions
in errors count bytes, as in the real messages. Source: Bot API, "Formatting options", HTML style.

Of any text, with markup or without, the server keeps what `kept_of` returns, and what has nothing to be seen in it
(`is_blank`) is empty to it. Source: tdlib, td/telegram/misc.cpp, on which the Bot API's server is built.
"""

import re
from typing import NoReturn

from msgspec import Struct

__all__ = [
    "EntityError",
    "FormattedText",
    "MessageEntity",
    "is_blank",
    "kept_of",
    "parse_html",
    "parse_plain",
    "utf16_length",
]

MAX_ENTITIES = 100
_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_PLAIN = re.compile(r"[^<>&]+")
_CHARACTER = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_TAG_NAME = re.compile(r"<(/?)([^\s>]*)")
_ATTRIBUTE = re.compile(r"""\s+([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.\-]+)))?""")
_TAG_END = re.compile(r"\s*>")
_LAST_CODE_POINT = 0x10FFFF
_TURNED_INTO_SPACES = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
# Carriage returns, line separators, what turns the reading order round, and marks that draw lines over a text.
_TAKEN_OUT = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_UNSEEN = re.compile("[\\s\u200b-\u200f\ufeff\u180e\u2800\ufffc\U000e0000-\U000e007f]*")


class EntityError(ValueError):
    """The markup is not what the Bot API's HTML allows; the text goes behind `can't parse entities: `."""


class MessageEntity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stretch of a message's text with a meaning, in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None


class FormattedText(Struct, frozen=True):
    """What a reader sees, and which parts of it stand out."""

    text: str
    entities: list[MessageEntity]


class _OpenTag(Struct, frozen=True):
    name: str
    attributes: dict[str, str]
    offset: int


def utf16_length(text: str) -> int:
    """Return the length of *text* in UTF-16 units, in which Telegram counts: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def kept_of(text: str) -> str:
    """Return *text* as the server keeps it: control characters are spaces, and some are taken out."""
    return _TAKEN_OUT.sub("", _TURNED_INTO_SPACES.sub(" ", text))


def is_blank(text: str) -> bool:
    """Say whether there is nothing to be seen in *text*."""
    return _UNSEEN.fullmatch(text) is not None


def parse_plain(text: str) -> FormattedText:
    """Return what a reader sees of *text* that has no markup."""
    return FormattedText(kept_of(text).strip(), [])


def parse_html(markup: str) -> FormattedText:
    """Return what a reader sees of *markup*, trimmed of white space at both ends.

    Raises:
        EntityError: a tag that is unknown, unclosed or closed out of order, or an unescaped `<`, `>` or `&`.
    """
    parser = _Parser(markup)
    parser.run()
    return _trimmed("".join(parser.shown), parser.entities)


class _Parser:
    """One walk over the markup; `position` is in characters of it, `offset` in UTF-16 units of what is shown."""

    def __init__(self, markup: str) -> None:
        self.shown: list[str] = []
        self.entities: list[MessageEntity] = []
        self._markup = markup
        self._position = 0
        self._offset = 0
        self._open: list[_OpenTag] = []

    def run(self) -> None:
        while self._position < len(self._markup):
            if plain := _PLAIN.match(self._markup, self._position):
                self._show(plain.group())
                self._position = plain.end()
            elif self._markup[self._position] == "<":
                self._read_tag()
            else:
                self._read_character()
        if self._open:
            message = f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"'
            raise EntityError(message)

    def _show(self, text: str) -> None:
        text = kept_of(text)
        self.shown.append(text)
        self._offset += utf16_length(text)

    def _fail(self, problem: str, position: int) -> NoReturn:
        message = f"{problem} at byte offset {len(self._markup[:position].encode('utf-8', 'surrogatepass'))}"
        raise EntityError(message)

    def _read_character(self) -> None:
        found = _CHARACTER.match(self._markup, self._position)
        character = _decoded(found) if found else None
        if found is None or character is None:
            self._fail(f'Unescaped "{self._markup[self._position]}"', self._position)
        self._show(character)
        self._position = found.end()

    def _read_tag(self) -> None:
        found = _TAG_NAME.match(self._markup, self._position)
        if found is None:
            raise AssertionError(self._markup[self._position])
        is_end, name = bool(found[1]), found[2].lower()
        begin, self._position = self._position, found.end()
        if is_end:
            self._close(name, begin)
        elif self._position == len(self._markup):
            self._fail("Unclosed start tag", begin)
        elif name not in _KINDS:
            self._fail(f'Unsupported start tag "{name}"', begin)
        else:
            self._open.append(_OpenTag(name, self._read_attributes(name, begin), self._offset))

    def _read_attributes(self, name: str, begin: int) -> dict[str, str]:
        attributes = {}
        while found := _ATTRIBUTE.match(self._markup, self._position):
            value = next((group for group in found.groups()[1:] if group is not None), "")
            attributes[found[1].lower()] = _CHARACTER.sub(lambda match: _decoded(match) or match.group(), value)
            self._position = found.end()
        end = _TAG_END.match(self._markup, self._position)
        if end is None:
            unfinished = not self._markup[self._position :].strip()
            problem = "Unclosed start tag" if unfinished else f'Empty attribute name in the tag "{name}"'
            self._fail(problem, begin)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            self._fail('Tag "span" must have class "tg-spoiler"', begin)
        self._position = end.end()
        return attributes

    def _close(self, name: str, begin: int) -> None:
        if not self._open:
            self._fail("Unexpected end tag", begin)
        end = _TAG_END.match(self._markup, self._position)
        if end is None:
            self._fail("Unclosed end tag", begin)
        tag = self._open.pop()
        if name and name != tag.name:
            self._fail(f'Unmatched end tag, expected "</{tag.name}>", found "</{name}>"', begin)
        self._position = end.end()
        if entity := _entity_of(tag, self._offset - tag.offset):
            self.entities.append(entity)


def _decoded(found: re.Match[str]) -> str | None:
    """Return the character that a reference stands for; None where there is no such character."""
    name, decimal, hexadecimal = found.groups()
    if name:
        return _NAMED[name]
    code_point = int(decimal) if decimal else int(hexadecimal, 16)
    is_surrogate = 0xD800 <= code_point <= 0xDFFF  # noqa: PLR2004 -- Unicode's own bounds
    return chr(code_point) if 0 < code_point <= _LAST_CODE_POINT and not is_surrogate else None


def _entity_of(tag: _OpenTag, length: int) -> MessageEntity | None:
    """Return the entity of a closed *tag*; None where it covers nothing or is a link to nowhere."""
    url = tag.attributes.get("href") if tag.name == "a" else None
    if length == 0 or (tag.name == "a" and not url):
        return None
    language = tag.attributes.get("class", "").removeprefix("language-") if tag.name == "code" else ""
    kind = "expandable_blockquote" if tag.name == "blockquote" and "expandable" in tag.attributes else _KINDS[tag.name]
    return MessageEntity(
        type="pre" if language else kind,
        offset=tag.offset,
        length=length,
        url=url,
        language=language or None,
        custom_emoji_id=tag.attributes.get("emoji-id"),
    )


def _trimmed(text: str, entities: list[MessageEntity]) -> FormattedText:
    """Cut white space at both ends of *text* and keep the *entities* on their words."""
    lead = utf16_length(text[: len(text) - len(text.lstrip())])
    stripped = text.strip()
    whole = utf16_length(stripped)
    kept = []
    for entity in entities:
        begin, end = max(0, entity.offset - lead), min(whole, entity.offset - lead + entity.length)
        if begin < end:
            kept.append(
                MessageEntity(
                    type=entity.type,
                    offset=begin,
                    length=end - begin,
                    url=entity.url,
                    language=entity.language,
                    custom_emoji_id=entity.custom_emoji_id,
                )
            )
    kept.sort(key=lambda entity: (entity.offset, -entity.length))
    return FormattedText(stripped, kept[:MAX_ENTITIES])
