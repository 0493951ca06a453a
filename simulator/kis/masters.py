"""The master files as KIS lays them out: what is traded in this world, and some well-known names that are not.

Source: KIS Open API, 종목정보파일: kospi_code, kosdaq_code, overseas_stock_code. Who is listed and what it is called is
public; prices and market values of what is not traded here are made up.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence

from aiohttp import web

from simulator.kis.listed import KOSDAQ_NAMES, KOSPI_NAMES, US_NAMES, ListedName
from simulator.market.exchange import Exchange
from simulator.market.instrument import Instrument

__all__ = ["MASTERS_PATH", "MASTER_NAMES", "MasterFiles", "add_masters"]

MASTERS_PATH = "/common/master"

_KOSPI_TAIL, _KOSDAQ_TAIL = 227, 221
_GROUPS = {"share": "ST", "etf": "EF", "etn": "EN"}
_EXCHANGES = {"NASDAQ": ("NAS", "나스닥", "21"), "NYSE": ("NYS", "뉴욕", "22"), "AMEX": ("AMS", "아멕스", "23")}
_VENUES = {"nasmst.cod": "NASDAQ", "nysmst.cod": "NYSE", "amsmst.cod": "AMEX"}
MASTER_NAMES = ("kospi_code.mst", "kosdaq_code.mst", *_VENUES)
"""The files; each is served as a zip with `.zip` behind its name."""


class MasterFiles:
    """The files of this moment; *exchange* tells what is traded, and at which base price."""

    def __init__(self, exchange: Callable[[], Exchange]) -> None:
        self._exchange = exchange

    def archive(self, name: str) -> bytes | None:
        """Return the zip *name*, None if there is no such file."""
        inner = name.removesuffix(".zip")
        if inner == name or inner not in MASTER_NAMES:
            return None
        lines = self._us_lines(_VENUES[inner]) if inner in _VENUES else self._korean_lines(inner)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr(inner, "".join(line + "\r\n" for line in lines).encode("cp949", errors="replace"))
        return packed.getvalue()

    def _korean_lines(self, name: str) -> list[str]:
        if name == "kosdaq_code.mst":
            return [_korean_line(listed, _KOSDAQ_TAIL) for listed in self._untraded(KOSDAQ_NAMES)]
        traded = [self._listed(instrument) for instrument in self._traded("KRX")]
        return [_korean_line(listed, _KOSPI_TAIL) for listed in (*traded, *self._untraded(KOSPI_NAMES))]

    def _us_lines(self, venue: str) -> list[str]:
        traded = [self._listed(instrument) for instrument in self._traded(venue)]
        untraded = [listed for listed in self._untraded(US_NAMES) if listed.venue == venue]
        return [_us_line(listed) for listed in (*traded, *untraded)]

    def _traded(self, venue: str) -> list[Instrument]:
        return [found for found in self._exchange().instruments.values() if found.venue == venue]

    def _untraded(self, names: Iterable[ListedName]) -> list[ListedName]:
        return [listed for listed in names if listed.code not in self._exchange().instruments]

    def _listed(self, instrument: Instrument) -> ListedName:
        """Return a traded symbol as its exchange lists it: what is known of it elsewhere, with the day's base price."""
        profile, day = instrument.profile, instrument.day
        known = {listed.code: listed for listed in (*KOSPI_NAMES, *US_NAMES)}.get(profile.code)
        is_first = day is None or day.session_date == self._exchange().first_date(instrument.name)
        return ListedName(
            profile.code,
            known.name if known and profile.venue != "KRX" else profile.name,
            kind=profile.kind,
            venue=profile.venue,
            english=known.english if known else profile.name.upper(),
            base_price=day.base_price if day else profile.base_price,
            market_value=known.market_value if known else 1_000,
            marks=profile.marks,
            ex_code=profile.flng_cls_code if is_first else "00",
        )


def add_masters(application: web.Application, files: MasterFiles) -> None:
    """Serve *files* below `MASTERS_PATH`, to everybody: they need no key."""

    async def answer(request: web.Request) -> web.StreamResponse:
        archive = files.archive(request.match_info["name"])
        if archive is None:
            return web.Response(status=404)
        return web.Response(body=archive, content_type="application/zip")

    application.router.add_get(MASTERS_PATH + "/{name}", answer)


def _korean_line(listed: ListedName, width: int) -> str:
    is_kospi = width == _KOSPI_TAIL
    state = 60 if is_kospi else 55
    tail = _filled(
        width,
        (
            (0, _GROUPS[listed.kind]),
            (41 if is_kospi else 36, f"{listed.base_price:09.0f}"),
            # Halted, in liquidation, administrative; warning; its announcement; …; ex-code and par value change.
            (state, f"{listed.marks}00NNN{listed.ex_code}00"),
            (212 if is_kospi else 206, f"{listed.market_value:09d}"),
        ),
    )
    standard = f"KR7{listed.code[-6:]}003"
    return f"{listed.code:<9}{standard:<12}{listed.name:<40}{tail}"


def _filled(width: int, columns: Sequence[tuple[int, str]]) -> str:
    letters = [" "] * width
    for start, text in columns:
        letters[start : start + len(text)] = text
    return "".join(letters)


def _us_line(listed: ListedName) -> str:
    code, name, number = _EXCHANGES[listed.venue]
    is_share = listed.kind == "share"
    columns = (
        *("US", number, code, name, listed.code, f"D{code}{listed.code}", listed.name, listed.english),
        *("2" if is_share else "3", "USD", "4", "0", f"{listed.base_price:.4f}", "1", "1", "0930", "1600"),
        *("N", "", "", "N", "1", "" if is_share else "001", ""),
    )
    return "\t".join(columns)
