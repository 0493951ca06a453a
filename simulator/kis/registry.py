"""What KIS answers about instruments and days, besides prices.

Source: KIS Open API: 주식기본조회 (CTPF1002R), 국내휴장일조회 (CTCA0903R).
"""

from datetime import timedelta

from simulator.kis.queries import Answer, Query, asked_date, needed
from simulator.market.calendar import Calendar
from simulator.market.exchange import Exchange, on_nxt

__all__ = ["open_days", "stock_record"]

_DAYS = 25
_GROUPS = {"share": "ST", "etf": "EF"}


def stock_record(exchange: Exchange, query: Query) -> Answer:
    """Answer 주식기본조회; an unknown symbol has an empty record.

    Raises:
        BadQuery: PDNO is missing.
    """
    code = needed(query, "PDNO")
    instrument = exchange.instruments.get(code)
    if instrument is None or instrument.venue != "KRX":
        return {"output": {"pdno": "", "prdt_abrv_name": ""}}
    profile = instrument.profile
    is_on_nxt = on_nxt(code) in exchange.instruments
    return {
        "output": {
            "pdno": f"00000A{code}",
            "prdt_type_cd": "300",
            "prdt_abrv_name": profile.name,
            "prdt_name": profile.name,
            "prdt_eng_abrv_name": profile.name,
            "std_pdno": f"KR7{code}000",
            "mket_id_cd": "STK",
            "scty_grp_id_cd": _GROUPS[profile.kind],
            "lstg_stqt": "100000000",
            "tr_stop_yn": "Y" if code in exchange.suspended else "N",
            "admn_item_yn": "N",
            "bfdy_clpr": f"{instrument.base_price:.0f}",
            "thdt_clpr": f"{instrument.last_price:.0f}",
            "lstg_abol_dt": "",
            "cptt_trad_tr_psbl_yn": "Y" if is_on_nxt else "N",
            "nxt_tr_stop_yn": "N",
            "etf_dvsn_cd": "1" if profile.kind == "etf" else "0",
        }
    }


def open_days(calendar: Calendar, query: Query) -> Answer:
    """Answer 국내휴장일조회: the days from BASS_DT on; raises as `stock_record`."""
    first = asked_date(query, "BASS_DT")
    rows = []
    for number in range(_DAYS):
        day = first + timedelta(days=number)
        is_open = "Y" if calendar.is_open_on(day) else "N"
        rows.append(
            {
                "bass_dt": f"{day:%Y%m%d}",
                "wday_dvsn_cd": f"{day.isoweekday() % 7 + 1:02d}",
                "bzdy_yn": is_open,
                "tr_day_yn": is_open,
                "opnd_yn": is_open,
                "sttl_day_yn": is_open,
            }
        )
    return {"ctx_area_nk": "", "ctx_area_fk": "", "output": rows}
