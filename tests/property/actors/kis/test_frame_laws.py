"""Laws of frames: what was written is read, and no bytes do more harm than a refusal."""

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from actors.kis.errors import FrameError
from actors.kis.frames import parse_trades
from protocol.messages import Session, Trade, Venue
from protocol.moments import to_ns

RECORDED = [
    line
    for line in (Path(__file__).parents[3] / "recordings" / "frames-sample.txt").read_bytes().splitlines()
    if line.startswith(b"0|")
]
SEOUL = ZoneInfo("Asia/Seoul")
NOW_NS = 1
MOST_WON = 10_000_000

symbols = st.from_regex("Q?[0-9A-Z]{6}", fullmatch=True)
clock_times = st.times().map(lambda moment: moment.replace(microsecond=0))


def ns(day: date, moment: time) -> int:
    """Return a moment by Seoul's clock as UTC epoch nanoseconds."""
    return to_ns(datetime.combine(day, moment, SEOUL))


@st.composite
def trades(draw: st.DrawFn) -> Trade:
    """Draw a trade as KRX could print it."""
    day = draw(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
    price = draw(st.integers(1, MOST_WON))
    volume = draw(st.integers(1, 10**9))
    low_time = draw(clock_times.filter(lambda moment: moment != time(0)) | st.none())
    return Trade(
        symbol=draw(symbols),
        venue=Venue.KRX,
        session_date=day,
        session=draw(st.sampled_from(Session)),
        price=float(price),
        change=float(price - draw(st.integers(1, MOST_WON))),
        volume=volume,
        cumulative_volume=volume + draw(st.integers(0, 10**12)),
        day_low=float(draw(st.integers(0, MOST_WON))),
        day_low_at_ns=0 if low_time is None else ns(day, low_time),
        traded_at_ns=ns(day, draw(clock_times)),
        received_at_ns=NOW_NS,
    )


def record(trade: Trade, width: int) -> str:
    """Return the fields of *trade*; those that nobody reads hold x."""
    fields = ["x"] * width
    fields[0] = trade.symbol
    fields[1] = wall_time(trade.traded_at_ns)
    fields[2], fields[4], fields[9] = (f"{price:.0f}" for price in (trade.price, trade.change, trade.day_low))
    fields[12], fields[13] = str(trade.volume), str(trade.cumulative_volume)
    fields[30] = wall_time(trade.day_low_at_ns) if trade.day_low_at_ns else ""
    fields[33] = f"{trade.session_date:%Y%m%d}".zfill(8)
    market_class = {Session.PRE_MARKET: "1", Session.REGULAR: "2", Session.AFTER_HOURS: "3"}[trade.session]
    fields[34] = market_class + "0"
    if width > 46:
        fields[46] = market_class
    return "^".join(fields)


def wall_time(moment_ns: int) -> str:
    """Return HHMMSS by Seoul's clock."""
    return datetime.fromtimestamp(moment_ns // 10**9, SEOUL).strftime("%H%M%S")


@given(st.lists(trades(), min_size=1, max_size=20), st.integers(46, 91))
def test_what_is_written_is_read_at_any_count_and_width(written: list[Trade], width: int) -> None:
    """KIS sends up to twenty records and appends fields when it likes."""
    records = [record(trade, width) for trade in written]
    refused: list[FrameError] = []

    read = parse_trades(f"0|H0STCNT0|{len(records):03}|{'^'.join(records)}".encode(), NOW_NS, refused)

    assert (read, refused) == (written, [])


@given(st.binary(max_size=400))
def test_any_bytes_are_trades_or_a_frame_error(frame: bytes) -> None:
    """The socket is plain `ws://`: anybody on the way may write to it."""
    read_anything(frame)


@given(st.sampled_from(RECORDED), st.data())
def test_a_damaged_frame_is_trades_or_a_frame_error(frame: bytes, data: st.DataObject) -> None:
    """Whatever is cut out, put in or changed: what comes through is a trade that could be."""
    start = data.draw(st.integers(0, len(frame)))
    end = data.draw(st.integers(start, min(len(frame), start + 40)))
    put = data.draw(st.binary(max_size=12) | st.sampled_from([b"^", b"|", b"NaN", b"-1", b"", b"1e400", b"9" * 5000]))

    for trade in read_anything(frame[:start] + put + frame[end:]):
        assert 0 < trade.price < 1e12
        assert trade.base_price > 0
        assert 0 <= trade.day_low < 1e12
        assert 0 < trade.volume <= trade.cumulative_volume < 2**62


def read_anything(frame: bytes) -> list[Trade]:
    """Return the trades of *frame*, none if it is refused."""
    try:
        return parse_trades(frame, NOW_NS, [])
    except FrameError:
        return []
