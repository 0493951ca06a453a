"""Data frames and the trades in them, on frames that KIS really sent (tests/recordings says where and when)."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from actors.kis.errors import FrameError, MisalignedRecord
from actors.kis.frames import is_data_frame, parse_trades
from protocol.messages import Session, Trade, Venue
from protocol.moments import to_ns

RECORDING = Path(__file__).parents[3] / "recordings" / "frames-sample.txt"
FRAMES = [line for line in RECORDING.read_text(encoding="utf-8").splitlines() if line[:2] in {"0|", "1|"}]
NOW_NS = 1_764_288_000_000_000_000

SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")

JUNE = date(2026, 6, 8)
# Read off the recording by eye: session date, time, price, change, volume, cumulative volume, low, time of the low.
KOREAN = [
    (JUNE, "11:48:27", 314_000, -15_000, 489, 21_357_216, 292_500, "09:02:35"),
    (JUNE, "11:48:27", 314_000, -15_000, 2, 21_357_218, 292_500, "09:02:35"),
    (JUNE, "11:48:27", 314_000, -15_000, 10, 21_357_228, 292_500, "09:02:35"),
    (JUNE, "11:48:27", 314_000, -15_000, 77, 21_357_305, 292_500, "09:02:35"),
    (JUNE, "11:48:27", 313_500, -15_500, 1, 21_357_306, 292_500, "09:02:35"),
    (JUNE, "11:48:27", 314_000, -15_000, 1, 21_357_307, 292_500, "09:02:35"),
    (JUNE, "11:48:27", 314_000, -15_000, 2, 21_357_309, 292_500, "09:02:35"),
    (JUNE, "11:48:28", 314_000, -15_000, 3, 21_357_312, 292_500, "09:02:35"),
    (JUNE, "11:48:28", 314_000, -15_000, 1, 21_357_313, 292_500, "09:02:35"),
    (JUNE, "11:48:28", 314_000, -15_000, 3, 21_357_316, 292_500, "09:02:35"),
    (JUNE, "11:48:28", 314_000, -15_000, 102, 21_357_418, 292_500, "09:02:35"),
    (JUNE, "11:48:28", 314_000, -15_000, 1, 21_357_419, 292_500, "09:02:35"),
    (JUNE, "11:48:29", 314_000, -15_000, 2, 21_357_721, 292_500, "09:02:35"),
    (JUNE, "11:48:43", 313_500, -15_500, 5, 21_372_166, 292_500, "09:02:35"),
    (JUNE, "11:50:34", 313_000, -16_000, 5, 21_540_651, 292_500, "09:02:35"),
    (JUNE, "11:50:34", 313_000, -16_000, 10, 21_540_661, 292_500, "09:02:35"),
    (JUNE, "11:50:34", 312_500, -16_500, 1, 21_540_662, 292_500, "09:02:35"),
    (JUNE, "11:50:34", 313_000, -16_000, 85, 21_540_747, 292_500, "09:02:35"),
    (JUNE, "11:50:34", 312_500, -16_500, 7, 21_540_754, 292_500, "09:02:35"),
    (JUNE, "11:50:34", 313_000, -16_000, 3, 21_540_757, 292_500, "09:02:35"),
    (JUNE, "11:50:34", 313_000, -16_000, 5, 21_540_762, 292_500, "09:02:35"),
    (JUNE, "11:50:57", 313_000, -16_000, 1, 21_556_345, 292_500, "09:02:35"),
    (date(2026, 9, 16), "12:14:16", 252_500, 4_000, 6, 5_330_910, 247_500, "09:00:23"),
    (date(2025, 12, 4), "10:12:43", 103_700, -800, 264, 3_424_539, 103_200, "09:49:21"),
    (date(2024, 5, 30), "09:49:43", 74_700, -500, 10, 6_768_301, 74_300, "09:02:48"),
    (date(2023, 6, 12), "09:33:54", 71_900, -100, 1, 3_052_507, 71_700, "09:26:19"),
]
KRX_FRAME = FRAMES[3]
WIDE_FRAME = FRAMES[7]
US_FRAME = FRAMES[11]


def ns(day: date, time: str, zone: ZoneInfo = SEOUL) -> int:
    """Return a wall clock's moment as UTC epoch nanoseconds."""
    return to_ns(datetime.fromisoformat(f"{day} {time}").replace(tzinfo=zone))


def parse(frame: str) -> list[Trade]:
    """Return the trades of a frame of which nothing is refused."""
    refused: list[FrameError] = []
    trades = parse_trades(frame, NOW_NS, refused)
    assert refused == []
    return trades


def changed(frame: str, index: int, text: str) -> str:
    """Return *frame* with another field at *index* of its payload."""
    fields = frame.split("^")
    fields[index] = f"0|H0STCNT0|001|{text}" if index == 0 else text
    return "^".join(fields)


def joined(*records: str) -> str:
    """Return one frame of these records."""
    return f"0|H0STCNT0|{len(records):03}|" + "^".join(records)


def record_of(frame: str) -> str:
    """Return the payload of a frame."""
    return frame.split("|", 3)[3]


def refusal(frame: str) -> FrameError:
    """Return why the one record of *frame* is refused, or the frame itself."""
    refused: list[FrameError] = []
    try:
        assert parse_trades(frame, NOW_NS, refused) == []
    except FrameError as whole:
        refused.append(whole)
    [only] = refused
    return only


def test_every_recorded_korean_record_comes_out_as_it_was() -> None:
    """The whole product stands on these numbers; six of six public clients get some of them wrong."""
    trades = [trade for frame in FRAMES if "H0STCNT0" in frame for trade in parse(frame)]

    assert trades == [
        Trade(
            symbol="005930",
            venue=Venue.KRX,
            session_date=day,
            session=Session.REGULAR,
            price=float(price),
            change=float(change),
            volume=volume,
            cumulative_volume=cumulative_volume,
            day_low=float(low),
            day_low_at_ns=ns(day, low_time),
            traded_at_ns=ns(day, time),
            received_at_ns=NOW_NS,
        )
        for day, time, price, change, volume, cumulative_volume, low, low_time in KOREAN
    ]


def test_base_prices_are_the_exchanges_own() -> None:
    """Price less signed change: right on split and rights days too, when yesterday's close is not."""
    frames = [frame for frame in FRAMES if "CNT0" in frame]

    bases = {(trade.session_date, round(trade.base_price, 4)) for frame in frames for trade in parse(frame)}

    assert bases == {
        (JUNE, 329_000),
        (date(2026, 9, 16), 248_500),
        (date(2025, 12, 4), 104_500),
        (date(2024, 5, 30), 75_200),
        (date(2023, 6, 12), 72_000),
        (date(2023, 5, 2), 169.59),
        (date(2026, 7, 10), 751.71),
    }


def test_every_recorded_us_record_comes_out_as_it_was() -> None:
    """DIFF is unsigned, MTYP contradicts the clock: 09:19 in New York is before the open whatever it says."""
    [apple], [spider] = parse(FRAMES[11]), parse(FRAMES[12])

    assert apple == Trade(
        symbol="AAPL",
        venue=Venue.NASDAQ,
        session_date=date(2023, 5, 2),
        session=Session.PRE_MARKET,
        price=169.8,
        change=0.21,
        volume=3,
        cumulative_volume=108_470,
        day_low=169.42,
        day_low_at_ns=0,
        traded_at_ns=ns(date(2023, 5, 2), "09:19:13", NEW_YORK),
        received_at_ns=NOW_NS,
    )
    assert spider == Trade(
        symbol="SPY",
        venue=Venue.AMEX,
        session_date=date(2026, 7, 10),
        session=Session.REGULAR,
        price=752.16,
        change=0.45,
        volume=168,
        cumulative_volume=5_128_169,
        day_low=748.1,
        day_low_at_ns=0,
        traded_at_ns=ns(date(2026, 7, 10), "10:53:34", NEW_YORK),
        received_at_ns=NOW_NS,
    )


def test_bytes_are_read_as_text_is() -> None:
    """The socket gives bytes, `sigmactl kis decode` text."""
    assert parse_trades(bytearray(KRX_FRAME.encode()), NOW_NS, []) == parse(KRX_FRAME)


@pytest.mark.parametrize("count", ["1", "01", "001"])
def test_a_count_may_be_written_short(count: str) -> None:
    """`1` was seen once instead of `001`."""
    assert parse(KRX_FRAME.replace("|001|", f"|{count}|")) == parse(KRX_FRAME)


@pytest.mark.parametrize("appended", ["", "^2", "^2^x", "^2^x^"])
@pytest.mark.parametrize("records", [1, 2, 20])
def test_fields_that_kis_appends_do_no_harm(appended: str, records: int) -> None:
    """46 became 47 on a Monday, and strict clients have dropped every trade since."""
    frame = joined(*[record_of(KRX_FRAME) + appended] * records)

    assert parse(frame) == parse(KRX_FRAME) * records


@pytest.mark.parametrize("records", [1, 3])
def test_us_fields_that_kis_appends_do_no_harm(records: int) -> None:
    """What happened to the Korean records may happen to these."""
    frame = f"0|HDFSCNT0|{records:03}|" + "^".join([record_of(US_FRAME) + "^new"] * records)

    assert parse(frame) == parse(US_FRAME) * records


@pytest.mark.parametrize("fields", [1, 2, 20, 34, 35, 36, 45, 92, 138])
@pytest.mark.parametrize("records", [1, 2])
def test_a_width_that_cannot_be_is_refused_whole(fields: int, records: int) -> None:
    """A record cut short, or so wide that another would fit in, is read into the wrong fields in silence."""
    frame = joined(*["^".join((record_of(KRX_FRAME).split("^") * 3)[:fields])] * records)

    assert refusal(frame).kind == "width"


def test_a_count_that_lies_is_refused_whole() -> None:
    """Two records that say they are one would come out as one trade, five as a part of them."""
    two, five = FRAMES[1], FRAMES[0]

    assert refusal(two.replace("|002|", "|001|")).kind == "width"
    assert refusal(five.replace("|005|", "|004|")).kind == "width"
    # 6 x 46 = 4 x 69: a width that could be. The second record then begins within another.
    assert refusal(joined(*[record_of(KRX_FRAME)] * 6).replace("|006|", "|004|")).kind == "alignment"


@pytest.mark.parametrize(
    "frame", ["", "{}", "0", "0|H0STCNT0", "0|H0STCNT0|001", "2|H0STCNT0|001|x", "0|h0|001|x", "\0|x^"]
)
def test_what_has_no_head_is_refused(frame: str) -> None:
    """Garbage on the plain `ws://` must cost a count, never the process."""
    assert refusal(frame).kind == "head"


@pytest.mark.parametrize("head", ["0|H0STCNT0|000|", "0|H0STCNT0|-01|", "0|H0STCNT0|x|", "1|H0STCNT0|001|"])
def test_a_head_that_cannot_be_is_refused(head: str) -> None:
    """No records, no number, or encrypted, which trades never are."""
    assert refusal(head + record_of(KRX_FRAME)).kind == "head"


@pytest.mark.parametrize("frame", [FRAMES[13], "1|H0STCNI0|001|c2VjcmV0", "0|H0STASP0|001|삼성^1"])
def test_other_trs_are_stepped_over(frame: str) -> None:
    """A recording of a day holds more than trades."""
    assert parse(frame) == []


def test_a_data_frame_is_told_from_a_message_by_its_first_byte() -> None:
    """Both come over one socket."""
    assert [is_data_frame(frame) for frame in (b"0|H0STCNT0|", b"1|H0STCNI0|", b'{"header":', b"")] == [
        True,
        True,
        False,
        False,
    ]


def test_bytes_that_are_no_ascii_are_refused() -> None:
    """KIS was seen to send them; a strict library closes the connection instead."""
    assert refusal(KRX_FRAME + "\xff").kind == "encoding"


@pytest.mark.parametrize(
    ("index", "text", "kind"),
    [
        (0, "05930", "alignment"),
        (0, "005930 ", "alignment"),
        (0, "00593a", "alignment"),
        (1, "11482", "alignment"),
        (1, "240000", "alignment"),
        (1, "116000", "alignment"),
        (33, "20260230", "alignment"),
        (33, "2026-6-8", "alignment"),
        (30, "9:02", "alignment"),
        (2, "", "price"),
        (2, "(null)", "price"),
        (2, "NaN", "price"),
        (2, "inf", "price"),
        (2, "1e6", "price"),
        (2, "3_1", "price"),
        (2, "0", "price"),
        (2, "-314000", "price"),
        (2, "1000000000000", "price"),
        (4, "x", "change"),
        (4, "", "change"),
        (4, "314000", "contradiction"),
        (9, "-1", "low"),
        (9, "low", "low"),
        (12, "0", "volume"),
        (12, "-2", "volume"),
        (12, "2.5", "volume"),
        (12, "", "volume"),
        (13, "many", "cumulative_volume"),
        (13, "1", "contradiction"),
        (13, str(2**62), "contradiction"),
        (34, "90", "session"),
        (34, "", "session"),
    ],
)
def test_a_field_that_cannot_be_refuses_its_record(index: int, text: str, kind: str) -> None:
    """A price of nothing, NaN or minus would ring every alert at once."""
    assert refusal(changed(KRX_FRAME, index, text)).kind == kind


@pytest.mark.parametrize(
    ("index", "text", "kind"),
    [
        (0, "XNASAAPL", "alignment"),
        (0, "DXXXAAPL", "alignment"),
        (1, "MSFT", "alignment"),
        (3, "2023", "alignment"),
        (5, "0919", "alignment"),
        (7, "251913", "alignment"),
        (11, "-1", "price"),
        (12, "9", "sign"),
        (12, "", "sign"),
        (13, "x", "change"),
        (19, "0", "volume"),
        (20, "x", "cumulative_volume"),
        (20, "2", "contradiction"),
    ],
)
def test_a_us_field_that_cannot_be_refuses_its_record(index: int, text: str, kind: str) -> None:
    """The same care for the other layout."""
    fields = record_of(US_FRAME).split("^")
    fields[index] = text

    assert refusal("0|HDFSCNT0|001|" + "^".join(fields)).kind == kind


def test_a_bad_value_costs_its_record_alone() -> None:
    """The other records of the frame are trades that nobody sends again."""
    good = record_of(KRX_FRAME)
    bad = good.replace("^314000^", "^0^", 1)
    refused: list[FrameError] = []

    trades = parse_trades(joined(good, bad, good), NOW_NS, refused)

    assert trades == parse(KRX_FRAME) * 2
    assert [error.kind for error in refused] == ["price"]


def test_a_record_out_of_step_costs_the_frame() -> None:
    """Where one record does not begin with a code, none of the others can be trusted to begin where they seem to."""
    good = record_of(KRX_FRAME)

    with pytest.raises(MisalignedRecord):
        parse_trades(joined(good, "x" + good), NOW_NS, [])


@pytest.mark.parametrize(
    ("market_class", "state", "session"),
    [
        ("1", "20", Session.PRE_MARKET),
        ("2", "10", Session.REGULAR),
        ("3", "20", Session.AFTER_HOURS),
        ("5", "30", Session.REGULAR),
        ("", "10", Session.PRE_MARKET),
        ("", "21", Session.REGULAR),
        ("", "30", Session.AFTER_HOURS),
        ("", "40", Session.AFTER_HOURS),
        ("", "78", Session.AFTER_HOURS),
        ("9", "20", Session.REGULAR),
    ],
)
def test_the_47th_field_tells_the_session_and_without_it_the_market_state(
    market_class: str, state: str, session: Session
) -> None:
    """Alerts are for the regular session; the after-market of September 2026 comes over the same stream."""
    frame = changed(WIDE_FRAME, 34, state)
    frame = frame[: frame.rindex("^") + 1] + market_class

    assert [trade.session for trade in parse(frame)] == [session]


@pytest.mark.parametrize(
    ("time", "session"),
    [
        ("040000", Session.PRE_MARKET),
        ("092959", Session.PRE_MARKET),
        ("093000", Session.REGULAR),
        ("155959", Session.REGULAR),
        ("160000", Session.AFTER_HOURS),
        ("195959", Session.AFTER_HOURS),
        ("200000", Session.PRE_MARKET),
        ("033000", Session.PRE_MARKET),
    ],
)
def test_new_yorks_clock_tells_the_us_session(time: str, session: Session) -> None:
    """The day market of Korea's daytime comes before the session that it belongs to."""
    fields = record_of(US_FRAME).split("^")
    fields[5] = time

    assert [trade.session for trade in parse("0|HDFSCNT0|001|" + "^".join(fields))] == [session]


@pytest.mark.parametrize(("sign", "change"), [("1", 0.21), ("2", 0.21), ("3", 0), ("0", 0), ("4", -0.21), ("5", -0.21)])
def test_sign_gives_the_us_change_its_direction(sign: str, change: float) -> None:
    """With the wrong one, the base price and with it every target is off by twice the change."""
    fields = record_of(US_FRAME).split("^")
    fields[12] = sign

    assert [trade.change for trade in parse("0|HDFSCNT0|001|" + "^".join(fields))] == [change]


@pytest.mark.parametrize("time", ["", "      ", "000000", "0", "(null)"])
def test_a_low_without_its_time_is_told_without_it(time: str) -> None:
    """Midnight would look like a crossing of hours ago."""
    [trade] = parse(changed(KRX_FRAME, 30, time))

    assert (trade.day_low, trade.day_low_at_ns) == (292_500, 0)


@pytest.mark.parametrize("low", ["", "(null)", " "])
def test_a_low_that_is_not_told_is_zero(low: str) -> None:
    """The trade itself is good, so it counts."""
    assert [trade.day_low for trade in parse(changed(KRX_FRAME, 9, low))] == [0.0]


def test_half_ticks_blank_padding_letters_and_etns_are_ordinary() -> None:
    """Mid-point orders print off the grid, new codes hold letters, ETNs begin with Q: all real."""
    assert [trade.price for trade in parse(changed(KRX_FRAME, 2, "  313750"))] == [313_750]
    assert [trade.symbol for trade in parse(changed(KRX_FRAME, 0, "0126Z0"))] == ["0126Z0"]
    assert [trade.symbol for trade in parse(changed(KRX_FRAME, 0, "Q500001"))] == ["Q500001"]


def test_nxt_prints_are_told_apart() -> None:
    """The same stock at two venues in one second is two prices."""
    assert [trade.venue for trade in parse(KRX_FRAME.replace("H0STCNT0", "H0NXCNT0"))] == [Venue.NXT]


def test_an_error_says_what_was_expected_and_shows_no_more_than_a_line_of_it() -> None:
    """A megabyte of garbage must not become a megabyte of log."""
    error = refusal("garbage" * 100_000)

    assert str(error).startswith("expected flag|TR_ID|count|payload, found 'garbage")
    assert len(str(error)) < 200
