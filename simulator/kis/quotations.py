"""What KIS answers about prices and daily bars. All values are texts, as KIS sends them.

Source: KIS Open API: 주식현재가 시세, 관심종목(멀티종목) 시세조회, 국내주식기간별시세,
해외주식 현재체결가, 해외주식 기간별시세.
An unknown symbol is no error there: the fields come empty or 0.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from simulator.clock import WorldClock
from simulator.journal import Journal, PollLine
from simulator.kis.frames import sign_of
from simulator.market.bars import Bar, one_year_before
from simulator.market.exchange import Exchange
from simulator.market.instrument import DayState, Instrument
from simulator.market.prices import limits, tick_size

__all__ = ["BadQuery", "Quotations"]

_VENUES = {"NAS": "NASDAQ", "NYS": "NYSE", "AMS": "AMEX"}
_ROWS = 100
_MOST_SYMBOLS = 30
Query = Mapping[str, str]
Answer = dict[str, object]


class BadQuery(Exception):  # noqa: N818 - it states a fact
    """A parameter is missing or malformed; the text names it."""


class Quotations:
    """Answers the calls out of the market of this moment."""

    def __init__(self, exchange: Exchange, clock: WorldClock, journal: Journal) -> None:
        self.exchange = exchange
        self._clock = clock
        self._journal = journal
        self.calls: dict[tuple[str, str], Callable[[Query], Answer]] = {
            ("/uapi/domestic-stock/v1/quotations/inquire-price", "FHKST01010100"): self.price,
            ("/uapi/domestic-stock/v1/quotations/intstock-multprice", "FHKST11300006"): self.prices,
            ("/uapi/domestic-stock/v1/quotations/inquire-daily-itemchartprice", "FHKST03010100"): self.daily,
            ("/uapi/overseas-price/v1/quotations/price", "HHDFS00000300"): self.overseas_price,
            ("/uapi/overseas-price/v1/quotations/dailyprice", "HHDFS76240000"): self.overseas_daily,
        }

    def price(self, query: Query) -> Answer:
        """Answer 주식현재가 시세."""
        instrument = self._korean(_needed(query, "FID_INPUT_ISCD"))
        if instrument is None:
            return {"output": {"stck_prpr": "0", "stck_sdpr": "0", "prdy_vrss": "0", "acml_vol": "0"}}
        day, last = _day_of(instrument), instrument.last_price
        low, high = limits(instrument.profile, day.base_price)
        change = last - day.base_price
        return {
            "output": {
                "iscd_stat_cls_code": "55",
                "rprs_mrkt_kor_name": "KOSPI200",
                "stck_prpr": f"{last:.0f}",
                "prdy_vrss": f"{change:.0f}",
                "prdy_vrss_sign": sign_of(change),
                "prdy_ctrt": f"{100 * change / day.base_price:.2f}",
                "acml_vol": str(day.volume),
                "acml_tr_pbmn": f"{day.value:.0f}",
                "stck_oprc": f"{day.open:.0f}",
                "stck_hgpr": f"{day.high:.0f}",
                "stck_lwpr": f"{day.low:.0f}",
                "stck_mxpr": f"{high:.0f}",
                "stck_llam": f"{low:.0f}",
                "stck_sdpr": f"{day.base_price:.0f}",
                "aspr_unit": f"{tick_size(instrument.profile, last):.0f}",
                "temp_stop_yn": "N",
                "sltr_yn": "N",
                "mang_issu_cls_code": "N",
                "short_over_yn": "N",
                "mrkt_warn_cls_code": "00",
                "vi_cls_code": "N",
                "stck_shrn_iscd": instrument.profile.code,
            }
        }

    def prices(self, query: Query) -> Answer:
        """Answer 관심종목(멀티종목) 시세조회, up to thirty symbols."""
        codes = [query.get(f"FID_INPUT_ISCD_{place}", "") for place in range(1, _MOST_SYMBOLS + 1)]
        found = [instrument for code in codes if code and (instrument := self._korean(code)) is not None]
        return {"output": [_short_price(instrument) for instrument in found]}

    def daily(self, query: Query) -> Answer:
        """Answer 국내주식기간별시세: a hundred rows at most, newest first, today's unfinished bar among them."""
        instrument = self._korean(_needed(query, "FID_INPUT_ISCD"))
        since, until = _date(query, "FID_INPUT_DATE_1"), _date(query, "FID_INPUT_DATE_2")
        if query.get("FID_PERIOD_DIV_CODE") != "D" or query.get("FID_ORG_ADJ_PRC") not in {"0", "1"}:
            message = "FID_PERIOD_DIV_CODE, FID_ORG_ADJ_PRC"
            raise BadQuery(message)
        if instrument is None:
            return {"output1": {"hts_kor_isnm": "", "stck_prpr": "0"}, "output2": []}
        bars = self._bars(instrument, until, since)
        day = _day_of(instrument)
        rows = [
            _daily_row(bar, before) for bar, before in zip(bars[1:], bars, strict=False) if bar.session_date >= since
        ]
        return {
            "output1": {
                "hts_kor_isnm": instrument.profile.name,
                "stck_shrn_iscd": instrument.profile.code,
                "stck_prpr": f"{instrument.last_price:.0f}",
                "stck_prdy_clpr": f"{day.base_price:.0f}",
                "acml_vol": str(day.volume),
            },
            "output2": rows[: -_ROWS - 1 : -1],
        }

    def overseas_price(self, query: Query) -> Answer:
        """Answer 해외주식 현재체결가, and note what was answered: a poller knows nothing else."""
        venue, code = _needed(query, "EXCD"), _needed(query, "SYMB")
        instrument = self._foreign(venue, code)
        if instrument is None:
            return {"output": {"rsym": f"D{venue}{code}", "zdiv": "", "base": "", "last": "", "sign": "", "diff": ""}}
        day, last = _day_of(instrument), instrument.last_price
        self._journal.poll(
            PollLine(
                symbol=code,
                venue=instrument.profile.venue,
                world_ns=self._clock.now_ns(),
                session_date=day.session_date.isoformat(),
                price=last,
                base_price=day.base_price,
                cumulative_volume=day.volume,
            )
        )
        change = last - day.base_price
        return {
            "output": {
                "rsym": f"D{venue}{code}",
                "zdiv": "4",
                "base": f"{day.base_price:.4f}",
                "pvol": str(day.previous_volume),
                "last": f"{last:.4f}",
                # Before the first trade of a session KIS prints sign 0 and a rate with a blank in front.
                "sign": sign_of(change) if day.volume else "0",
                "diff": f"{abs(change):.4f}",
                "rate": f"{100 * change / day.base_price:+.2f}" if day.volume else " 0.00",
                "tvol": str(day.volume),
                "tamt": f"{day.value:.0f}",
                "ordy": "매수가능",
            }
        }

    def overseas_daily(self, query: Query) -> Answer:
        """Answer 해외주식 기간별시세: a hundred rows from BYMD backwards, newest first."""
        venue, code = _needed(query, "EXCD"), _needed(query, "SYMB")
        instrument = self._foreign(venue, code)
        if instrument is None:
            return {"output1": {"rsym": "", "zdiv": "", "nrec": "0"}, "output2": []}
        today = instrument.calendar.date_at(self._clock.now_ns())
        until = _date(query, "BYMD") if query.get("BYMD") else today
        bars = self._bars(instrument, until, one_year_before(until))
        rows = [_overseas_row(bar, before) for bar, before in zip(bars[1:], bars, strict=False)][: -_ROWS - 1 : -1]
        return {"output1": {"rsym": f"D{venue}{code}", "zdiv": "4", "nrec": str(len(rows))}, "output2": rows}

    def _bars(self, instrument: Instrument, until: date, since: date) -> list[Bar]:
        # One bar more in front, from which the first row's change is measured.
        first = instrument.calendar.previous_before(since)
        bars = self.exchange.history(instrument.profile.code, until, first)
        unfinished = instrument.bar()
        if unfinished is not None and first <= unfinished.session_date <= until:
            bars.append(unfinished)
        return bars

    def _korean(self, code: str) -> Instrument | None:
        found = self.exchange.instruments.get(code)
        return found if found is not None and found.profile.venue == "KRX" else None

    def _foreign(self, venue: str, code: str) -> Instrument | None:
        found = self.exchange.instruments.get(code)
        return found if found is not None and found.profile.venue == _VENUES.get(venue) else None


def _day_of(instrument: Instrument) -> DayState:
    assert instrument.day is not None  # noqa: S101 - begun when the symbol was added
    return instrument.day


def _short_price(instrument: Instrument) -> dict[str, str]:
    day, last = _day_of(instrument), instrument.last_price
    low, high = limits(instrument.profile, day.base_price)
    change = last - day.base_price
    return {
        "inter_shrn_iscd": instrument.profile.code,
        "inter_kor_isnm": instrument.profile.name,
        "inter2_prpr": f"{last:.0f}",
        "inter2_prdy_vrss": f"{change:.0f}",
        "prdy_vrss_sign": sign_of(change),
        "prdy_ctrt": f"{100 * change / day.base_price:.2f}",
        "acml_vol": str(day.volume),
        "inter2_oprc": f"{day.open:.0f}",
        "inter2_hgpr": f"{day.high:.0f}",
        "inter2_lwpr": f"{day.low:.0f}",
        "inter2_llam": f"{low:.0f}",
        "inter2_mxpr": f"{high:.0f}",
        "inter2_prdy_clpr": f"{day.base_price:.0f}",
        "inter2_sdpr": f"{day.base_price:.0f}",
    }


def _daily_row(bar: Bar, before: Bar) -> dict[str, str]:
    change = bar.close - before.close
    return {
        "stck_bsop_date": f"{bar.session_date:%Y%m%d}",
        "stck_clpr": f"{bar.close:.0f}",
        "stck_oprc": f"{bar.open:.0f}",
        "stck_hgpr": f"{bar.high:.0f}",
        "stck_lwpr": f"{bar.low:.0f}",
        "acml_vol": str(bar.volume),
        "acml_tr_pbmn": str(bar.value),
        "flng_cls_code": "00",
        "prtt_rate": "0.00",
        "mod_yn": "N",
        "prdy_vrss_sign": sign_of(change),
        "prdy_vrss": f"{change:.0f}",
        "revl_issu_reas": "",
    }


def _overseas_row(bar: Bar, before: Bar) -> dict[str, str]:
    change = bar.close - before.close
    return {
        "xymd": f"{bar.session_date:%Y%m%d}",
        "clos": f"{bar.close:.4f}",
        "sign": sign_of(change),
        "diff": f"{abs(change):.4f}",
        "rate": f"{100 * change / before.close:+.2f}",
        "open": f"{bar.open:.4f}",
        "high": f"{bar.high:.4f}",
        "low": f"{bar.low:.4f}",
        "tvol": str(bar.volume),
        "tamt": str(bar.value),
    }


def _needed(query: Query, name: str) -> str:
    if not query.get(name):
        raise BadQuery(name)
    return query[name]


def _date(query: Query, name: str) -> date:
    try:
        return datetime.strptime(_needed(query, name), "%Y%m%d").date()  # noqa: DTZ007 - an exchange's own date
    except ValueError:
        raise BadQuery(name) from None
