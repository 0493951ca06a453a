"""On which days Korea's exchange is open, by KIS's own word. Pure.

KIS wants this asked once a day. Of the five marks of a day, `opnd_yn` is the exchange's.

Source: KIS document of CTCA0903R.
"""

from datetime import date

from msgspec import Struct

from actors.kis.errors import ShapeError
from actors.kis.rest import Call, decode_answer, read_date

__all__ = ["build_open_days_call", "parse_open_days"]


class _Day(Struct):
    bass_dt: str = ""
    opnd_yn: str = ""


class _Answer(Struct):
    output: list[_Day] = []


def build_open_days_call(first: date) -> Call:
    """Ask for the days from *first* on, some weeks of them."""
    params = {"BASS_DT": f"{first:%Y%m%d}", "CTX_AREA_NK": "", "CTX_AREA_FK": ""}
    return Call("/uapi/domestic-stock/v1/quotations/chk-holiday", "CTCA0903R", params)


def parse_open_days(body: bytes) -> dict[date, bool]:
    """Return whether the exchange is open, by date, in the answer to `build_open_days_call`.

    Raises:
        RefusedByKis: KIS refused; its code says what to do.
        ShapeError: the answer is not what KIS documents, or holds no day.
    """
    days = {read_date(day.bass_dt): _is_yes(day.opnd_yn) for day in decode_answer(body, _Answer).output if day.bass_dt}
    if not days:
        message = "expected open and closed days, found none"
        raise ShapeError(message)
    return days


def _is_yes(text: str) -> bool:
    if text not in {"Y", "N"}:
        message = f"expected Y or N, found {text[:40]!r}"
        raise ShapeError(message)
    return text == "Y"
