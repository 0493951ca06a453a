"""What KIS answers about prices and daily bars. All values are texts, as KIS sends them.

Source: KIS Open API: 주식현재가 시세, 관심종목(멀티종목) 시세조회, 국내주식기간별시세,
해외주식 현재체결가, 해외주식 기간별시세.
An unknown symbol is no error there: the fields come empty or 0.
"""

from collections.abc import Callable
from datetime import date

import msgspec

from simulator.clock import WorldClock
from simulator.faults import Vi, WrongBar
from simulator.journal import Journal, PollLine
from simulator.kis.events import MarketEvents
from simulator.kis.frames import sign_of
from simulator.kis.minute_bars import foreign_minutes, minutes_of_day, minutes_of_today
from simulator.kis.queries import Answer, BadQuery, Query, asked_date, needed
from simulator.kis.registry import open_days, stock_record
from simulator.market.bars import Bar, one_year_before
from simulator.market.calendar import Calendar
from simulator.market.exchange import Exchange, on_nxt
from simulator.market.instrument import DayState, Instrument
from simulator.market.prices import limits, tick_size

__all__ = ["Quotations"]

_VENUES = {"NAS": "NASDAQ", "NYS": "NYSE", "AMS": "AMEX"}
_ROWS = 100
_MOST_SYMBOLS = 30
_DIVISION = "01"
"""revl_issu_reas: why the base price was set anew."""
_AT_HOME = "/uapi/domestic-stock/v1/quotations/"
_ABROAD = "/uapi/overseas-price/v1/quotations/"


class Quotations:
    """Answers the calls out of the market of this moment.

    Args:
        exchange: the market.
        clock: the world's time.
        journal: where prices are noted that were answered.
        events: what goes on about which symbol.
        calendar: KRX's days.
    """

    def __init__(
        self, exchange: Exchange, clock: WorldClock, journal: Journal, events: MarketEvents, calendar: Calendar
    ) -> None:
        self.exchange = exchange
        self._clock = clock
        self._journal = journal
        self._events = events
        self._calendar = calendar
        self._caller = ""
        self.empty_rows = 0
        """So many empty rows end every answer of Korean daily bars."""
        self.wrong_bars: dict[tuple[str, date], WrongBar] = {}
        """Which Korean daily bars are told wrong, by code and session date."""
        self._calls: dict[tuple[str, str], Callable[[Query], Answer]] = {
            (f"{_AT_HOME}inquire-price", "FHKST01010100"): self.price,
            (f"{_AT_HOME}intstock-multprice", "FHKST11300006"): self.prices,
            (f"{_AT_HOME}inquire-daily-itemchartprice", "FHKST03010100"): self.daily,
            (f"{_AT_HOME}inquire-time-itemchartprice", "FHKST03010200"): self.minutes_of_today,
            (f"{_AT_HOME}inquire-time-dailychartprice", "FHKST03010230"): self.minutes_of_day,
            (f"{_AT_HOME}search-stock-info", "CTPF1002R"): self.stock_record,
            (f"{_AT_HOME}chk-holiday", "CTCA0903R"): self.open_days,
            (f"{_ABROAD}price", "HHDFS00000300"): self.overseas_price,
            (f"{_ABROAD}price-detail", "HHDFS76200200"): self.overseas_detail,
            (f"{_ABROAD}dailyprice", "HHDFS76240000"): self.overseas_daily,
            (f"{_ABROAD}inquire-time-itemchartprice", "HHDFS76950200"): self.overseas_minutes,
        }

    def answer(self, path: str, tr_id: str, query: Query, caller: str) -> Answer | None:
        """Return the answer to a call; None if there is no such call.

        Args:
            path: of the call.
            tr_id: which must fit the path.
            query: its parameters.
            caller: the address of the connection that asks, for the journal.

        Raises:
            BadQuery: a parameter is missing or malformed.
        """
        call = self._calls.get((path, tr_id))
        self._caller = caller
        return call(query) if call else None

    def price(self, query: Query) -> Answer:
        """Answer 주식현재가 시세."""
        instrument = self._korean(needed(query, "FID_INPUT_ISCD"), query.get("FID_COND_MRKT_DIV_CODE", "J"))
        if instrument is None:
            return {"output": {"stck_prpr": "0", "stck_sdpr": "0", "prdy_vrss": "0", "acml_vol": "0"}}
        day, last = _day_of(instrument), instrument.last_price
        low, high = limits(instrument.profile, day.base_price)
        change = last - day.base_price
        self._note(instrument)
        event = self._events.going_on(instrument.profile.code)
        is_interrupted = isinstance(event, Vi)
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
                "temp_stop_yn": "Y" if event is not None and not is_interrupted else "N",
                "sltr_yn": "N",
                "mang_issu_cls_code": "N",
                "short_over_yn": "N",
                "mrkt_warn_cls_code": "00",
                "vi_cls_code": "Y" if is_interrupted else "N",
                "stck_shrn_iscd": instrument.profile.code,
            }
        }

    def prices(self, query: Query) -> Answer:
        """Answer 관심종목(멀티종목) 시세조회, up to thirty symbols."""
        places = [place for place in range(1, _MOST_SYMBOLS + 1) if query.get(f"FID_INPUT_ISCD_{place}")]
        asked = [
            self._korean(query[f"FID_INPUT_ISCD_{place}"], query.get(f"FID_COND_MRKT_DIV_CODE_{place}", "J"))
            for place in places
        ]
        found = [instrument for instrument in asked if instrument is not None]
        for instrument in found:
            self._note(instrument)
        return {"output": [_short_price(instrument) for instrument in found]}

    def daily(self, query: Query) -> Answer:
        """Answer 국내주식기간별시세: a hundred rows at most, newest first, today's unfinished bar among them."""
        instrument = self._korean(needed(query, "FID_INPUT_ISCD"))
        since, until = asked_date(query, "FID_INPUT_DATE_1"), asked_date(query, "FID_INPUT_DATE_2")
        if query.get("FID_PERIOD_DIV_CODE") != "D" or query.get("FID_ORG_ADJ_PRC") not in {"0", "1"}:
            message = "FID_PERIOD_DIV_CODE, FID_ORG_ADJ_PRC"
            raise BadQuery(message)
        if instrument is None:
            return {"output1": {"hts_kor_isnm": "", "stck_prpr": "0"}, "output2": []}
        is_adjusted = query["FID_ORG_ADJ_PRC"] == "0"
        bars = self._bars(instrument, until, since, is_adjusted=is_adjusted)
        if not is_adjusted:
            bars = [self._as_traded(instrument, bar) for bar in bars]
        day = _day_of(instrument)
        # The first one of a new listing has none before it.
        rows = [
            self._daily_row(instrument, bar, before)
            for bar, before in zip(bars, [*bars[:1], *bars], strict=False)
            if bar.session_date >= since
        ][: -_ROWS - 1 : -1]
        return {
            "output1": {
                "hts_kor_isnm": instrument.profile.name,
                "stck_shrn_iscd": instrument.profile.code,
                "stck_prpr": f"{instrument.last_price:.0f}",
                "stck_prdy_clpr": f"{day.base_price:.0f}",
                "acml_vol": str(day.volume),
            },
            "output2": rows + [{}] * min(self.empty_rows, _ROWS - len(rows)),
        }

    def minutes_of_today(self, query: Query) -> Answer:
        """Answer 주식당일분봉조회."""
        instrument = self._asked(query)
        return minutes_of_today(instrument, query, self._clock) if instrument else {"output1": {}, "output2": []}

    def minutes_of_day(self, query: Query) -> Answer:
        """Answer 주식일별분봉조회."""
        instrument = self._asked(query)
        return minutes_of_day(instrument, query, self._clock) if instrument else {"output1": {}, "output2": []}

    def stock_record(self, query: Query) -> Answer:
        """Answer 주식기본조회."""
        return stock_record(self.exchange, query)

    def open_days(self, query: Query) -> Answer:
        """Answer 국내휴장일조회."""
        return open_days(self._calendar, query)

    def overseas_price(self, query: Query) -> Answer:
        """Answer 해외주식 현재체결가, and note what was answered: a poller knows nothing else."""
        venue, code = needed(query, "EXCD"), needed(query, "SYMB")
        instrument = self._foreign(venue, code)
        if instrument is None:
            return {"output": {"rsym": f"D{venue}{code}", "zdiv": "", "base": "", "last": "", "sign": "", "diff": ""}}
        day, last = _day_of(instrument), instrument.last_price
        self._note(instrument)
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

    def overseas_detail(self, query: Query) -> Answer:
        """Answer 해외주식 현재가상세, which tells the day's low and high, too, and note what was answered."""
        venue, code = needed(query, "EXCD"), needed(query, "SYMB")
        instrument = self._foreign(venue, code)
        if instrument is None:
            return {"output": {"rsym": f"D{venue}{code}", "zdiv": "", "base": "", "last": "", "low": "", "tvol": ""}}
        day = _day_of(instrument)
        self._note(instrument, day.low, day.high)
        return {
            "output": {
                "rsym": f"D{venue}{code}",
                "zdiv": "4",
                "pvol": str(day.previous_volume),
                "open": f"{day.open:.4f}",
                "high": f"{day.high:.4f}",
                "low": f"{day.low:.4f}",
                "last": f"{instrument.last_price:.4f}",
                "base": f"{day.base_price:.4f}",
                "curr": "USD",
                "tvol": str(day.volume),
                "tamt": f"{day.value:.0f}",
            }
        }

    def overseas_daily(self, query: Query) -> Answer:
        """Answer 해외주식 기간별시세: a hundred rows from BYMD backwards, newest first."""
        venue, code = needed(query, "EXCD"), needed(query, "SYMB")
        instrument = self._foreign(venue, code)
        if instrument is None:
            return {"output1": {"rsym": "", "zdiv": "", "nrec": "0"}, "output2": []}
        today = instrument.calendar.date_at(self._clock.now_ns())
        until = asked_date(query, "BYMD") if query.get("BYMD") else today
        bars = self._bars(instrument, until, one_year_before(until))
        rows = [_overseas_row(bar, before) for bar, before in zip(bars[1:], bars, strict=False)][: -_ROWS - 1 : -1]
        return {"output1": {"rsym": f"D{venue}{code}", "zdiv": "4", "nrec": str(len(rows))}, "output2": rows}

    def overseas_minutes(self, query: Query) -> Answer:
        """Answer 해외주식분봉조회."""
        instrument = self._foreign(needed(query, "EXCD"), needed(query, "SYMB"))
        return foreign_minutes(instrument, query, self._clock) if instrument else {"output1": {}, "output2": []}

    def _note(self, instrument: Instrument, day_low: float = 0.0, day_high: float = 0.0) -> None:
        day = _day_of(instrument)
        self._journal.poll(
            PollLine(
                symbol=instrument.profile.code,
                venue=instrument.venue,
                world_ns=self._clock.now_ns(),
                session_date=day.session_date.isoformat(),
                price=instrument.last_price,
                base_price=day.base_price,
                cumulative_volume=day.volume,
                day_low=day_low,
                day_high=day_high,
                monotonic_ns=self._clock.monotonic_ns(),
                caller=self._caller,
            )
        )

    def _bars(self, instrument: Instrument, until: date, since: date, *, is_adjusted: bool = True) -> list[Bar]:
        # One bar more in front, from which the first row's change is measured.
        first = instrument.calendar.previous_before(since)
        bars = self.exchange.history(instrument.profile.code, until, first, is_adjusted=is_adjusted)
        unfinished = instrument.bar()
        if unfinished is not None and first <= unfinished.session_date <= until:
            bars.append(unfinished)
        return bars

    def _as_traded(self, instrument: Instrument, bar: Bar) -> Bar:
        """Return *bar* without the adjustment for a base price that was set anew on the first day."""
        ratio = instrument.profile.base_ratio
        if ratio == 1 or bar.session_date >= self.exchange.first_date(instrument.name):
            return bar
        prices = {name: getattr(bar, name) / ratio for name in ("open", "high", "low", "close")}
        return msgspec.structs.replace(bar, **prices)

    def _daily_row(self, instrument: Instrument, bar: Bar, before: Bar) -> dict[str, str]:
        profile = instrument.profile
        is_first = bar.session_date == self.exchange.first_date(instrument.name)
        ratio = self.exchange.reset_on(instrument.name, bar.session_date)
        wrong = self.wrong_bars.get((profile.code, bar.session_date))
        bar = bar if wrong is None else _wrong(bar, wrong)
        # The change is measured from the exchange's base price, which is the close before it on other days.
        change = bar.close - (profile.base_price if is_first else before.close)
        return {
            "stck_bsop_date": f"{bar.session_date:%Y%m%d}",
            "stck_clpr": f"{bar.close:.0f}",
            "stck_oprc": f"{bar.open:.0f}",
            "stck_hgpr": f"{bar.high:.0f}",
            "stck_lwpr": f"{bar.low:.0f}",
            "acml_vol": str(bar.volume),
            "acml_tr_pbmn": str(bar.value),
            "flng_cls_code": profile.flng_cls_code if is_first else "00",
            "prtt_rate": f"{ratio:.2f}" if ratio != 1 else "0.00",
            "mod_yn": "N" if bar.volume else "Y",
            "prdy_vrss_sign": sign_of(change),
            "prdy_vrss": f"{change:.0f}",
            "revl_issu_reas": _DIVISION if ratio != 1 else "",
        }

    def _asked(self, query: Query) -> Instrument | None:
        return self._korean(needed(query, "FID_INPUT_ISCD"), needed(query, "FID_COND_MRKT_DIV_CODE"))

    def _korean(self, code: str, division: str = "J") -> Instrument | None:
        found = self.exchange.instruments.get(on_nxt(code) if division == "NX" else code)
        return found if found is not None and found.venue in {"KRX", "NXT"} else None

    def _foreign(self, venue: str, code: str) -> Instrument | None:
        found = self.exchange.instruments.get(code)
        return found if found is not None and found.profile.venue == _VENUES.get(venue) else None


def _wrong(bar: Bar, wrong: WrongBar) -> Bar:
    if wrong.how == "upside_down":
        return msgspec.structs.replace(bar, high=bar.low, low=bar.high)
    return msgspec.structs.replace(bar, close=3 * bar.close, high=3 * bar.high)


def _day_of(instrument: Instrument) -> DayState:
    assert instrument.day is not None  # noqa: S101 - begun when the symbol was added
    return instrument.day


def _short_price(instrument: Instrument) -> dict[str, str]:
    day, last = _day_of(instrument), instrument.last_price
    low, high = limits(instrument.profile, day.base_price)
    change = last - day.base_price
    return {
        "inter_shrn_iscd": instrument.profile.code.removesuffix(on_nxt("")),
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
