"""KIS's master files, one an exchange: every instrument with its names, its state of the day and its key. Pure.

    kospi_code.mst, kosdaq_code.mst         fixed columns: short code (9), standard code (12), name, tail
    nasmst.cod, nysmst.cod, amsmst.cod      24 columns parted by tabs

All are cp949 and come in a zip of their own. A Korean name takes two bytes a syllable but one character, so a line is
decoded first and its tail cut from the right by characters. What nobody can wait for at a price (warrants, ELW,
beneficiary certificates, indices) is stepped over; a line that is not understood is refused and the others go on.

Source: KIS documents (stocks_info: kospi_code_mst, kosdaq_code_mst, overseas_stock_code).
"""

import math
import re
from collections.abc import Callable, Iterator
from typing import NoReturn

from msgspec import Struct

from actors.kis.errors import MasterError
from protocol.messages import Venue

__all__ = ["MASTER_FILES", "Listing", "parse_master"]

HUNDRED_MILLION = 100_000_000

SHORT_CODE, HEAD = 9, 21
KIND_BY_GROUP = {
    **dict.fromkeys(("ST", "FS", "DR", "MF", "RT", "SC", "IF"), "share"),
    **dict.fromkeys(("EF", "FE"), "etf"),
    "EN": "etn",
}
"""The group code of Korean instruments; REIT, ship and infrastructure funds are traded as shares are."""
STOCK, TRADED_PRODUCT = "2", "3"
US_TYPES = frozenset({"1", STOCK, TRADED_PRODUCT, "4"})
US_COLUMNS = 24
NOTES = frozenset({"002", "006"})
"""The class of a US traded product that is an ETN; the others are funds."""

_KOREAN_CODE = re.compile("Q?[0-9A-Z]{6}")
_US_CODE = re.compile("[0-9A-Z./^-]{1,16}")


class Listing(Struct, frozen=True, kw_only=True, gc=False):
    """One instrument as its exchange lists it today. Of a US one, only names, kind, key and base price are known."""

    symbol: str
    name: str
    """In Korean."""
    english_name: str = ""
    venue: Venue
    kind: str
    """`share`, `etf` or `etn`."""
    key: str
    """What the WebSocket knows it by, its `tr_key`."""
    base_price: float
    """The exchange's own base price of the day of the file, 0 where the file tells none."""
    is_halted: bool = False
    is_liquidation: bool = False
    is_administrative: bool = False
    warning: int = 0
    """0 none, 1 caution, 2 warning, 3 risk."""
    ex_code: str = "00"
    """00 none, 01 ex-rights, 02 ex-dividend, 03 ex-distribution, 04 both, 05 interim dividend, 06, 99."""
    market_value: int = 0
    """Won; 0 where the file tells none."""


class _Tail(Struct, frozen=True):
    """Where the columns of a Korean line lie, in characters from the beginning of its tail."""

    width: int
    base_price: int
    halted: int
    market_value: int


KOSPI = _Tail(227, 41, 60, 212)
KOSDAQ = _Tail(221, 36, 55, 206)

LineParser = Callable[[str], Listing | None]


def parse_master(name: str, content: bytes, refused: list[MasterError]) -> Iterator[Listing]:
    """Yield the listings of a master file; a line that is not understood goes to *refused*.

    Args:
        name: one of `MASTER_FILES`.
        content: the unpacked file.
        refused: what is wrong with lines, by their numbers, is added to it.
    """
    parse_line = MASTER_FILES[name]
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip(b"\r\x1a "):
            continue
        try:
            listing = parse_line(line.rstrip(b"\r").decode("cp949"))
        except (MasterError, UnicodeDecodeError) as error:
            refused.append(MasterError(f"{name}:{number}: {error}"))
            continue
        if listing is not None:
            yield listing


def _korean_parser(layout: _Tail) -> LineParser:
    def parse_line(line: str) -> Listing | None:
        head, tail = line[: -layout.width], line[-layout.width :]
        if len(head) < HEAD:
            _fail("a line", f"at least {HEAD + layout.width} characters", line)
        group = tail[:2]
        if not (group.isascii() and group.isalpha() and group.isupper()):
            _fail("a group", "two capital letters", group)
        kind = KIND_BY_GROUP.get(group)
        if kind is None:
            return None
        symbol = head[:SHORT_CODE].strip()
        name = " ".join(head[HEAD:].split())
        if not _KOREAN_CODE.fullmatch(symbol) or not name:
            _fail("a code and a name", "those of an instrument", f"{symbol} {name}")
        state = layout.halted
        return Listing(
            symbol=symbol,
            name=name,
            venue=Venue.KRX,
            kind=kind,
            key=symbol,
            base_price=float(_number(_cut(tail, layout.base_price, 9))),
            is_halted=_is_yes(_cut(tail, state, 1)),
            is_liquidation=_is_yes(_cut(tail, state + 1, 1)),
            is_administrative=_is_yes(_cut(tail, state + 2, 1)),
            warning=_number(_cut(tail, state + 3, 2)),
            ex_code=f"{_number(_cut(tail, state + 8, 2)):02d}",
            market_value=_number(_cut(tail, layout.market_value, 9)) * HUNDRED_MILLION,
        )

    return parse_line


def _cut(tail: str, start: int, width: int) -> str:
    return tail[start : start + width]


def _us_parser(exchange: str, venue: Venue) -> LineParser:
    def parse_line(line: str) -> Listing | None:
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) != US_COLUMNS or columns[2] != exchange or columns[8] not in US_TYPES:
            _fail("a line", f"{US_COLUMNS} columns of {exchange}, with a type from 1 to 4", line)
        symbol, key, korean, english, sort, base_price, product = (columns[place] for place in (4, 5, 6, 7, 8, 12, 22))
        if sort not in {STOCK, TRADED_PRODUCT}:
            return None
        if not _US_CODE.fullmatch(symbol) or not _US_CODE.fullmatch(key) or not (korean or english):
            _fail("a symbol, a key and a name", "those of an instrument", f"{symbol} {key} {korean or english}")
        kind = "share" if sort == STOCK else "etn" if product in NOTES else "etf"
        return Listing(
            symbol=symbol,
            name=korean or english,
            english_name=english,
            venue=venue,
            kind=kind,
            key=key,
            base_price=_price(base_price),
        )

    return parse_line


MASTER_FILES: dict[str, LineParser] = {
    "kospi_code.mst": _korean_parser(KOSPI),
    "kosdaq_code.mst": _korean_parser(KOSDAQ),
    "nasmst.cod": _us_parser("NAS", Venue.NASDAQ),
    "nysmst.cod": _us_parser("NYS", Venue.NYSE),
    "amsmst.cod": _us_parser("AMS", Venue.AMEX),
}
"""The files by their name, each with what reads a line of it."""


def _is_yes(text: str) -> bool:
    if text not in {"Y", "N"}:
        _fail("a mark", "Y or N", text)
    return text == "Y"


def _number(text: str) -> int:
    """Return a column of digits; blanks are nothing."""
    digits = text.strip() or "0"
    if not (digits.isascii() and digits.isdigit()):
        _fail("a column", "digits", text)
    return int(digits)


def _price(text: str) -> float:
    try:
        price = float(text or "0")
    except ValueError:
        price = math.nan
    if not (math.isfinite(price) and price >= 0):
        _fail("a base price", "a number", text)
    return price


def _fail(what: str, expected: str, found: str) -> NoReturn:
    message = f"expected {expected} as {what}, found {found[:80]!r}"
    raise MasterError(message)
