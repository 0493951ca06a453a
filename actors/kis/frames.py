"""The data frames of the KIS WebSocket, and the trades in them.

    flag|TR_ID|NNN|payload          0|H0STCNT0|002|005930^114827^314000^…^005930^114827^314000^…

`flag` is 0 for plain text, `NNN` the number of records. Fields are parted by `^`, and nothing parts the records: their
width is the number of fields divided by the count. KIS appends fields (46 became 47 on 2026-09-14), so a width above
the known one is fine; one below it, or so wide that another record would fit in, is a count that lies.

Pure, and the hottest code of the feed. A frame is split no further than the last field that is needed, and its head,
up to the first `^`, is looked up whole: `0|H0STCNT0|001|005930` says everything about a frame of one record.

Source: KIS documents of H0STCNT0, H0NXCNT0 and HDFSCNT0, and recorded frames.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from actors.kis.errors import FrameError, MisalignedRecord
from actors.kis.memo import Memo
from actors.kis.records import korean_trade, us_trade
from protocol.messages import Trade, Venue

__all__ = ["KRX_TRADES", "MARKET_STATUS", "NXT_TRADES", "US_TRADES", "Bytes", "is_data_frame", "parse_trades"]

Bytes = bytes | bytearray | memoryview

KRX_TRADES = "H0STCNT0"
NXT_TRADES = "H0NXCNT0"
US_TRADES = "HDFSCNT0"
MARKET_STATUS = "H0STMKO0"

ENOUGH = 35
"""No field behind this index is needed of any record, but the first that KIS appended."""


class _Head(NamedTuple):
    """What the first field of a frame says; `records` is 0 for a TR that is none of ours, `width` is the documented."""

    build: Callable[[list[str], str, Venue, int], Trade]
    venue: Venue
    width: int
    records: int
    first_field: str


_LAYOUTS = {
    KRX_TRADES: (korean_trade, Venue.KRX, 46),
    NXT_TRADES: (korean_trade, Venue.NXT, 46),
    # The key of each US record tells its venue.
    US_TRADES: (us_trade, Venue.NASDAQ, 26),
}
_HEAD = re.compile(r"([01])\|([A-Z][A-Z0-9]{7})\|([0-9]{1,3})\|(.*)", re.DOTALL)


def is_data_frame(frame: bytes) -> bool:
    """Tell a data frame from the JSON texts that come over the same socket, by its first byte."""
    return frame[:1] in {b"0", b"1"}


def parse_trades(frame: Bytes | str, received_at_ns: int, refused: list[FrameError]) -> list[Trade]:
    """Return the trades in *frame*, in its order; none where its TR is not one of trades.

    Args:
        frame: as it came over the socket, whatever its bytes are.
        received_at_ns: when it came, UTC epoch nanoseconds.
        refused: a record that is not understood, in a frame whose shape is certain, is skipped and told here.

    Raises:
        FrameError: nothing of the frame can be trusted.
    """
    # Latin-1 takes any byte as it is, and knows whether all were ASCII.
    text = frame if isinstance(frame, str) else str(frame, "latin-1")
    fields = text.split("^", ENOUGH)
    head = _heads[fields[0]]
    build, venue, known, records, fields[0] = head
    if records == 0:
        return []
    if not text.isascii():
        raise FrameError(kind="encoding", expected="ASCII", found=text)
    if records > 1:
        return _parse_many(head, fields, received_at_ns, refused)
    width = len(fields) + fields[-1].count("^")
    if width == known:
        appended = ""
    elif known < width < 2 * known:
        appended = fields[known] if len(fields) > known else fields[-1].rsplit("^", width - known)[1]
    else:
        raise _width_error(known, width, records)
    try:
        return [build(fields, appended, venue, received_at_ns)]
    except FrameError as error:
        refused.append(error)
        return []


def _parse_many(head: _Head, fields: list[str], received_at_ns: int, refused: list[FrameError]) -> list[Trade]:
    build, venue, known, records, _ = head
    fields += fields.pop().split("^")
    width, rest = divmod(len(fields), records)
    if rest or not known <= width < 2 * known:
        raise _width_error(known, len(fields), records)
    trades = []
    for start in range(0, len(fields), width):
        appended = fields[start + known] if width > known else ""
        try:
            trades.append(build(fields[start : start + ENOUGH], appended, venue, received_at_ns))
        except MisalignedRecord:
            # One record out of step: no record's place is certain.
            raise
        except FrameError as error:
            refused.append(error)
    return trades


def _width_error(known: int, fields: int, records: int) -> FrameError:
    expected = f"{known} to {2 * known - 1} fields a record"
    return FrameError(kind="width", expected=expected, found=f"{fields} fields in {records} records")


def _read_head(text: str) -> _Head:
    """Read `flag|TR_ID|NNN|first field`.

    Raises:
        FrameError: it is no head, or one of an encrypted frame of trades, which there are none of.
    """
    match = _HEAD.fullmatch(text)
    if not match:
        raise FrameError(kind="head", expected="flag|TR_ID|count|payload", found=text)
    flag, tr_id, records, first_field = match.groups()
    if tr_id not in _LAYOUTS:
        return _STEPPED_OVER
    if flag != "0" or int(records) == 0:
        raise FrameError(kind="head", expected=f"plain text and a count above zero in {tr_id}", found=text)
    build, venue, width = _LAYOUTS[tr_id]
    return _Head(build, venue, width, int(records), first_field)


_STEPPED_OVER = _Head(korean_trade, Venue.KRX, 0, 0, "")
_heads = Memo(_read_head, 4096)
