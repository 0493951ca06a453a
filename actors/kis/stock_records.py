"""What KIS keeps of a Korean stock: of all that, whether NXT lists it. Pure.

Source: KIS document of CTPF1002R; real keys only.
"""

from msgspec import Struct

from actors.kis.rest import Call, decode_answer

__all__ = ["build_stock_record_call", "parse_is_on_nxt"]


class _Output(Struct, frozen=True):
    pdno: str = ""
    cptt_trad_tr_psbl_yn: str = ""
    nxt_tr_stop_yn: str = ""


class _Answer(Struct):
    output: _Output = _Output()


def build_stock_record_call(symbol: str) -> Call:
    """Ask for the record of *symbol*."""
    params = {"PRDT_TYPE_CD": "300", "PDNO": symbol}
    return Call("/uapi/domestic-stock/v1/quotations/search-stock-info", "CTPF1002R", params)


def parse_is_on_nxt(body: bytes) -> bool | None:
    """Return whether NXT trades the stock; None where KIS has no record, or says nothing of NXT.

    Raises:
        RefusedByKis: KIS refused; its code says what to do.
        ShapeError: the answer is not what KIS documents.
    """
    output = decode_answer(body, _Answer).output
    if output.cptt_trad_tr_psbl_yn not in {"Y", "N"}:
        return None
    return output.cptt_trad_tr_psbl_yn == "Y" and output.nxt_tr_stop_yn != "Y"
