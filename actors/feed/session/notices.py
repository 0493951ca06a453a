"""What a link brings besides trades: market status, and the account's own fills. Pure.

Each TR's acknowledgement gives the key of its encrypted frames; it is good for this session.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from actors.kis.errors import FrameError
from actors.kis.fills import FILL_TRS, Cipher, Fill, decrypt, parse_fill
from actors.kis.frames import MARKET_STATUS
from actors.kis.market_status import parse_market_status
from actors.kis.messages import Answer
from protocol.messages import MarketStatus

__all__ = ["Notices"]

_HEAD = re.compile(rb"([01])\|([A-Z0-9]{8})\|([0-9]{1,3})\|(.*)", re.DOTALL)
PLAIN, SEALED = "0", "1"


class Notices:
    """The reading of one link's notices."""

    def __init__(self) -> None:
        self._ciphers: dict[str, Cipher] = {}

    def on_answer(self, answer: Answer) -> None:
        """Keep the key that an acknowledgement of fills gives."""
        if answer.stream is not None and answer.cipher is not None and answer.stream.tr_id in FILL_TRS:
            self._ciphers[answer.stream.tr_id] = answer.cipher

    def read(self, frames: Iterable[bytes], now: datetime, refused: list[FrameError]) -> list[MarketStatus | Fill]:
        """Return what *frames* tell, in order.

        Args:
            frames: data frames that hold no trades; those of other TRs are stepped over.
            now: when they came.
            refused: what is not understood is told here.
        """
        notices: list[MarketStatus | Fill] = []
        for frame in frames:
            try:
                notices += self._read(frame, now)
            except FrameError as error:
                refused.append(error)
        return notices

    def _read(self, frame: bytes, now: datetime) -> list[MarketStatus | Fill]:
        match = _HEAD.fullmatch(frame)
        if match is None:
            return []
        flag, tr_id, records, payload = (part.decode("utf-8", "replace") for part in match.groups())
        if tr_id == MARKET_STATUS:
            if flag != PLAIN or not int(records):
                raise FrameError(kind="head", expected=f"plain text and a count above zero in {tr_id}", found=records)
            return list(parse_market_status(payload, int(records), now))
        if tr_id not in FILL_TRS:
            return []
        cipher = self._ciphers.get(tr_id)
        if flag != SEALED or cipher is None:
            expected = "an encrypted frame, after the acknowledgement with its key"
            raise FrameError(kind="sealed", expected=expected, found=f"{tr_id} with flag {flag}")
        fill = parse_fill(tr_id, decrypt(payload, cipher))
        return [] if fill is None else [fill]
