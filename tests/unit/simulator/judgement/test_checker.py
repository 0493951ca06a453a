"""The checker sees every kind of failure: each is planted here, in a world with and without faults."""

from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec
import pytest

from simulator.judgement.alert_text import parse_alert
from simulator.judgement.checker import compare_exactly, main
from simulator.judgement.evidence import SECOND_NS, Watcher
from simulator.judgement.holes import ConnectionEvent, Hole, holes_between, merged
from simulator.judgement.minutes import DecidedAlert, misnumbered
from simulator.judgement.obligations import check_obligations
from simulator.judgement.oracle import Circumstances, ExpectedAlert, expected_alerts
from simulator.judgement.verdict import AcceptedAlert, Verdict
from simulator.telegram.log import LogLine, TelegramLog
from tests.support.falling_market import NINE_NS, SYMBOL, accepted_of, circumstances, closes, text_of, trade

FALL = (trade(9_950, 0), trade(9_850, 10), trade(9_700, 20), trade(9_850, 310), trade(9_950, 320))
WATCHERS = [
    Watcher(person_id=7, chat_id=1007, symbols=[SYMBOL]),
    Watcher(person_id=8, chat_id=1008, symbols=["005930"]),
]
DUE = expected_alerts(circumstances(*FALL))


class Judge(Protocol):
    """Either way to check."""

    def __call__(self, *accepted: AcceptedAlert, late_s: float | None = None) -> Verdict:
        """Return the verdict on these alerts."""


def exactly(*accepted: AcceptedAlert, late_s: float | None = None) -> Verdict:
    """Return the verdict on the fall in a world without faults."""
    return compare_exactly(accepted, DUE, late_s)


def with_faults(*accepted: AcceptedAlert, late_s: float | None = None) -> Verdict:
    """Return the verdict on the same fall by obligations; there are no holes."""
    return check_obligations(accepted, circumstances(*FALL, watchers=WATCHERS), late_s=late_s)


def accepted(due: ExpectedAlert, text: str | None = None, delay_s: float = 0.01) -> AcceptedAlert:
    """Return *due* as accepted, with its own text or another."""
    return accepted_of(text or text_of(due), due.chat_id, due.left_at_ns + int(delay_s * SECOND_NS))


def kinds(verdict: Verdict) -> set[str]:
    """Return the classes that are not empty."""
    fields = ("lost", "wrong", "spurious", "misrouted", "late", "out_of_order", "repeated_marked", "repeated_unmarked")
    return {kind for kind in fields if getattr(verdict, kind)}


ALL = [accepted(due) for due in DUE]
BOTH_MODES = pytest.mark.parametrize("judge", [exactly, with_faults])


def test_the_fall_is_three_alerts() -> None:
    """What the tests below disturb: 1σ, 2σ, and 1σ again after its rest."""
    assert [due.level for due in DUE] == [1, 2, 1]


@BOTH_MODES
def test_an_alert_for_each_that_was_due_is_a_clean_verdict(judge: Judge) -> None:
    """A checker that cries wolf is switched off."""
    verdict = judge(*ALL)

    assert verdict.is_clean
    assert verdict.summary() == (
        "expected 3, accepted 3: lost 0, wrong 0, spurious 0, misrouted 0, late 0, out of order 0, "
        "repeated 0 (marked 0)"
    )


@BOTH_MODES
@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_missing_alert_is_lost(judge: Judge, missing: int) -> None:
    """The one failure that the whole project is about."""
    verdict = judge(*[alert for number, alert in enumerate(ALL) if number != missing])

    assert kinds(verdict) == {"lost"}
    assert [due.traded_at_ns for due in verdict.lost] == [DUE[missing].traded_at_ns]
    assert verdict.expected == 3
    assert not verdict.is_clean


@BOTH_MODES
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("9,850원", "9,855원"),
        ("9,900원", "9,905원"),
        ("하락률: 1.00%", "하락률: 1.10%"),
        ("대비 -1.50%", "대비 -1.70%"),
    ],
)
def test_a_wrong_figure_is_wrong(judge: Judge, right: str, wrong: str) -> None:
    """Somebody buys by these figures."""
    text = text_of(DUE[0])
    assert right in text

    verdict = judge(accepted(DUE[0], text.replace(right, wrong)), *ALL[1:])

    assert kinds(verdict) == {"wrong"}


@BOTH_MODES
def test_an_alert_that_nobody_can_read_is_wrong(judge: Judge) -> None:
    """A text that lost a line must not pass as something else."""
    broken = AcceptedAlert(message_id=9, chat_id=1007, accepted_at_ns=NINE_NS, shown=None, problem="no ⏰")

    assert kinds(judge(*ALL, broken)) == {"wrong"}


@BOTH_MODES
@pytest.mark.parametrize(
    "change",
    [
        {"traded_at_ns": NINE_NS, "price": 9_950.0},  # above its target
        {"traded_at_ns": NINE_NS + 11 * SECOND_NS},  # no trade at that time
        {"level": 3.0},  # no such level
        {"symbol": "000660"},  # no such trade
    ],
)
def test_an_alert_without_a_cause_is_spurious(judge: Judge, change: dict[str, object]) -> None:
    """False alarms cost trust and money."""
    verdict = judge(*ALL, accepted(msgspec.structs.replace(DUE[0], **change)))

    assert kinds(verdict) - {"out_of_order"} == {"spurious"}


@BOTH_MODES
def test_an_alert_during_the_rest_is_spurious(judge: Judge) -> None:
    """Five minutes mean five minutes."""
    early = msgspec.structs.replace(DUE[0], traded_at_ns=DUE[1].traded_at_ns, price=DUE[1].price)

    verdict = judge(ALL[0], ALL[1], accepted(early), ALL[2])

    assert kinds(verdict) == {"spurious"}


@BOTH_MODES
def test_an_alert_in_the_wrong_chat_is_misrouted(judge: Judge) -> None:
    """What one person watches is nobody else's business."""
    verdict = judge(*ALL, accepted_of(text_of(DUE[2]), chat_id=1008))

    assert kinds(verdict) == {"misrouted"}


IN_TWO_PLACES = [
    Watcher(person_id=7, chat_id=1007, symbols=[SYMBOL]),
    Watcher(person_id=7, chat_id=9007, topic="anna", symbols=[SYMBOL]),
]


@pytest.mark.parametrize("with_faults", [False, True])
def test_who_is_reached_in_two_places_is_due_everything_in_each(*, with_faults: bool) -> None:
    """What went by one channel says nothing of the other: an alert that is lost there is lost."""
    world = circumstances(*FALL, watchers=IN_TWO_PLACES)
    due = expected_alerts(world)
    told = [accepted(each) for each in due]
    missing = [each for each in told if (each.chat_id, each.shown) != (9007, told[0].shown)]

    def verdict(alerts: list[AcceptedAlert]) -> Verdict:
        return check_obligations(alerts, world) if with_faults else compare_exactly(alerts, due)

    assert verdict(told).is_clean
    assert verdict(told).expected == 2 * len(DUE)
    assert [lost.chat_id for lost in verdict(missing).lost] == [9007]
    assert kinds(verdict([*told, told[-1]])) == {"repeated_unmarked"}


@BOTH_MODES
def test_a_repeat_counts_and_must_say_so(judge: Judge) -> None:
    """In doubt it is sent twice, and the second says that it may be a repeat."""
    marked = judge(*ALL, accepted(DUE[0], text_of(DUE[0], is_repeat=True)))
    unmarked = judge(*ALL, accepted(DUE[0]))

    assert kinds(marked) == {"repeated_marked"}
    assert marked.is_clean
    assert marked.summary().endswith("repeated 1 (marked 1)")
    assert kinds(unmarked) == {"repeated_unmarked"}
    assert not unmarked.is_clean


@BOTH_MODES
def test_a_chat_whose_alerts_change_places_is_out_of_order(judge: Judge) -> None:
    """The newest message is taken for the newest price."""
    assert kinds(judge(ALL[1], ALL[0], ALL[2])) == {"out_of_order"}


@BOTH_MODES
def test_the_deeper_level_of_one_trade_comes_first(judge: Judge) -> None:
    """2σ before 1σ."""
    deep_fall = circumstances(trade(9_700, 0), watchers=WATCHERS)
    deep, shallow = (accepted(due) for due in expected_alerts(deep_fall))

    if judge is exactly:
        verdict = compare_exactly([shallow, deep], expected_alerts(deep_fall))
    else:
        verdict = check_obligations([shallow, deep], deep_fall)

    assert kinds(verdict) == {"out_of_order"}


@BOTH_MODES
def test_what_was_held_for_its_reader_is_neither_late_nor_out_of_order(judge: Judge) -> None:
    """A digest tells of the past, in the morning."""
    first = ALL[0]
    assert first.shown is not None
    held = msgspec.structs.replace(
        first,
        accepted_at_ns=first.accepted_at_ns + 3_600 * SECOND_NS,
        shown=msgspec.structs.replace(first.shown, was_held=True),
    )

    assert kinds(judge(ALL[1], ALL[2], held, late_s=1.0)) == set()


def test_within_one_message_nothing_comes_first() -> None:
    """It is read whole; but what an earlier message told comes before all of it."""
    company = [msgspec.structs.replace(alert, message_id=77) for alert in (ALL[1], ALL[0])]

    assert kinds(exactly(*company, ALL[2])) == set()
    assert kinds(exactly(ALL[2], *company)) == {"out_of_order"}


@BOTH_MODES
def test_an_alert_beyond_its_bound_is_late(judge: Judge) -> None:
    """A price that was there ten seconds ago is gone."""
    slow = accepted(DUE[2], delay_s=10)

    assert kinds(judge(*ALL[:2], slow, late_s=3)) == {"late"}
    assert judge(*ALL[:2], slow).is_clean


@pytest.mark.parametrize("text", [text_of(DUE[0], late_now=9_950), text_of(DUE[0], is_repeat=True)])
def test_without_faults_nothing_is_late_or_in_doubt(text: str) -> None:
    """An apology without a reason is a wrong text, too."""
    assert kinds(exactly(accepted(DUE[0], text), *ALL[1:])) == {"wrong"}


HIDDEN_FALL = (
    trade(9_950, 0, day_low=9_950, day_low_at_ns=NINE_NS),
    trade(9_880, 10, day_low=9_880, day_low_at_ns=NINE_NS + 10 * SECOND_NS),
    trade(9_850, 12, day_low=9_850, day_low_at_ns=NINE_NS + 12 * SECOND_NS),
    trade(9_950, 30, day_low=9_850, day_low_at_ns=NINE_NS + 12 * SECOND_NS),
)
HOLE = Hole(from_ns=NINE_NS + 5 * SECOND_NS, to_ns=NINE_NS + 20 * SECOND_NS, symbols=[SYMBOL])
HIDDEN_DUE = msgspec.structs.replace(
    expected_alerts(circumstances(HIDDEN_FALL[2]))[0], left_at_ns=HIDDEN_FALL[3].left_at_ns
)


def test_a_hole_obliges_to_its_lowest_trade_alone() -> None:
    """Of what nobody saw only the day's low can be known: that one must be told, late."""
    world = circumstances(*HIDDEN_FALL)
    late = accepted(HIDDEN_DUE, text_of(HIDDEN_DUE, late_now=9_950))

    unseen = check_obligations([], world, [HOLE])

    assert [(due.price, due.traded_at_ns) for due in unseen.lost] == [(9_850, NINE_NS + 12 * SECOND_NS)]
    assert check_obligations([late], world, [HOLE]).is_clean
    assert kinds(check_obligations([late], world)) == {"lost"}
    assert check_obligations([], world, [HOLE], until_ns=NINE_NS + 25 * SECOND_NS).is_clean


def test_a_low_outside_the_hole_obliges_to_nothing_again() -> None:
    """An old low comes with every trade; it was answered for in its time."""
    old = trade(9_950, 1_000, day_low=9_850, day_low_at_ns=NINE_NS + 12 * SECOND_NS)
    hole = Hole(from_ns=NINE_NS + 900 * SECOND_NS, to_ns=NINE_NS + 950 * SECOND_NS)

    assert check_obligations([], circumstances(old), [hole]).is_clean


def test_a_late_alert_does_not_disturb_the_order() -> None:
    """It tells of the past and says so."""
    world = circumstances(*HIDDEN_FALL, trade(9_700, 40))
    deep = next(due for due in expected_alerts(world) if due.level == 2)
    late = accepted(HIDDEN_DUE, text_of(HIDDEN_DUE, late_now=9_700))

    assert check_obligations([accepted(deep), late], world, [HOLE]).is_clean


def test_holes_lie_between_a_loss_and_the_next_confirmation() -> None:
    """Where the checker looks away must be told exactly, or it looks away too often."""

    def event(name: str, second: int, connection: int = 1) -> ConnectionEvent:
        return ConnectionEvent(connection=connection, event=name, world_ns=second * SECOND_NS, tr_key=SYMBOL)

    events = [event("confirmed", 10), event("closed", 20), event("opened", 24, 2), event("confirmed", 25, 2)]

    holes = holes_between(events, kills_ns=[40 * SECOND_NS], slack_s=1)

    assert [(hole.from_ns // SECOND_NS, hole.to_ns // SECOND_NS) for hole in holes[:2]] == [(0, 11), (19, 26)]
    assert holes[2].from_ns == 39 * SECOND_NS
    assert holes[2].to_ns > 10**18
    assert merged([Hole(from_ns=1, to_ns=5), Hole(from_ns=7, to_ns=8), Hole(from_ns=4, to_ns=6)]) == [
        Hole(from_ns=1, to_ns=6),
        Hole(from_ns=7, to_ns=8),
    ]


def test_us_keys_are_confirmed_by_their_symbol() -> None:
    """`DAMSSOXL` is SOXL."""
    event = ConnectionEvent(connection=1, event="confirmed", world_ns=1, tr_id="HDFSCNT0", tr_key="DAMSSOXL")

    assert event.symbol == "SOXL"


def write_world(directory: Path, messages: list[str]) -> None:
    """Leave the journals of a small world behind."""
    bars = [{"symbol": SYMBOL, "session_date": str(day), "close": close} for day, close in closes().items()]
    journals: dict[str, list[object]] = {
        "trades.jsonl": list(FALL),
        "bars.jsonl": list(bars),
        "watchers.jsonl": list(WATCHERS),
        "connections.jsonl": [ConnectionEvent(connection=1, event="confirmed", world_ns=1, tr_key=SYMBOL)],
    }
    for name, lines in journals.items():
        (directory / name).write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    log = TelegramLog(directory)
    for number, text in enumerate(messages):
        line = LogLine(method="sendMessage", accepted=True, chat_id=1007, at_ns=NINE_NS, text=text, message_id=number)
        log.write(line)
    log.close()


def company_of(*dues: ExpectedAlert) -> str:
    """Return one message that tells of several."""
    entries = []
    for due in dues:
        shown = parse_alert(text_of(due))
        at = datetime.fromtimestamp(due.traded_at_ns // SECOND_NS, ZoneInfo("Asia/Seoul"))
        entries.append(
            f"🚨 {due.level:g}차 ⚡ · 📊 KODEX 레버리지 ({due.symbol})\n"
            f"💰 {due.price:,.0f}원 ({shown.change_percent:+.2f}%) · 🎯 {due.target_price:,.0f}원 · "
            f"📉 {shown.fall_percent:.2f}%\n⏰ {at:%Y-%m-%d %H:%M:%S}"
        )
    return "\n\n".join(["📢 매수 알림 2건이 한꺼번에 왔어요.", *entries])


@pytest.mark.parametrize("mode", [[], ["--with-faults"]])
def test_the_command_line_tells_the_verdict_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: list[str]
) -> None:
    """A script stops when the checker is not satisfied."""
    texts = [text_of(due) for due in DUE]
    write_world(tmp_path, ["관심 종목이 없습니다.", *texts])
    assert main(["--directory", str(tmp_path), "--verbose", *mode]) == 0
    assert capsys.readouterr().out.startswith("expected 3, accepted 3: lost 0")

    (tmp_path / "telegram.jsonl").unlink()
    write_world(tmp_path, [texts[0], company_of(DUE[1], DUE[2])])
    assert main(["--directory", str(tmp_path), *mode]) == 0
    assert capsys.readouterr().out.startswith("expected 3, accepted 3: lost 0")

    write_world(tmp_path, [])
    (tmp_path / "telegram.jsonl").unlink()
    write_world(tmp_path, [*texts[:2], "🚨 매수 알림!"])
    assert main(["--directory", str(tmp_path), "--verbose", *mode]) == 1
    assert "lost: 7-122630-1" in capsys.readouterr().out


def test_a_missing_journal_is_said_and_not_taken_for_a_clean_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty folder has lost nothing; that proves nothing."""
    assert main(["--directory", str(tmp_path)]) == 2
    assert "trades.jsonl" in capsys.readouterr().err


def test_polled_prices_have_two_seconds_of_slack() -> None:
    """A poll's answer has no time of its own: the poller's clock decides."""
    polls = [trade(39.0, 0, symbol="SOXL", base_price=41.27, venue="AMEX")]
    world = Circumstances(polls, [Watcher(person_id=7, chat_id=1007, symbols=["SOXL"])], {"SOXL": closes()})
    ledger = expected_alerts(world)
    texts = [
        f"🚨 매수 알림! {due.level:g}차\n📊 SOXL (SOXL)\n💰 현재가: $39.00 (전일대비 -5.50%)\n🎯 목표가: "
        f"${due.target_price:.2f}\n📉 하락률: {due.level * due.sigma:.2%}\n⏰ 2025-11-27 19:00:01 (뉴욕)"
        for due in ledger
    ]
    messages = [accepted_of(text, at_ns=NINE_NS) for text in texts]

    assert compare_exactly(messages, ledger).is_clean
    assert check_obligations(messages, world).is_clean


@pytest.mark.parametrize(("is_polled", "lost"), [(True, 0), (False, 1)])
def test_a_rest_after_a_price_that_was_asked_for_ends_at_no_exact_second(*, is_polled: bool, lost: int) -> None:
    """Its message tells the second, and the rule rests from somewhere within: a trade at the other end is in doubt."""
    asked = trade(9_850, 0, is_polled=is_polled)
    doubtful, later = trade(9_850, 300), trade(9_850, 301)
    told = [accepted(due) for each in (asked, later) for due in expected_alerts(circumstances(each))]

    verdict = check_obligations(told, circumstances(asked, doubtful, later))

    assert len(verdict.lost) == lost
    assert verdict.is_clean is is_polled


def test_what_was_kept_from_a_listener_is_a_hole() -> None:
    """Frames dropped inside a living session: the journal says which, and the day's low is all that they reveal."""
    dropped = [msgspec.structs.replace(each, unseen="gap") for each in HIDDEN_FALL[1:3]]
    world = circumstances(HIDDEN_FALL[0], *dropped, HIDDEN_FALL[3])

    verdict = check_obligations([], world)

    assert [(due.price, due.traded_at_ns) for due in verdict.lost] == [(9_850, NINE_NS + 12 * SECOND_NS)]


LONG_HOLE = Hole(from_ns=NINE_NS + 55 * SECOND_NS, to_ns=NINE_NS + 700 * SECOND_NS, symbols=[SYMBOL])
LONG_FALL = (
    trade(9_950, 0, day_low=9_950, day_low_at_ns=NINE_NS),
    trade(9_850, 70),  # a crossing, in minute 1
    trade(9_950, 80),
    trade(9_840, 400),  # another after the rest, in minute 6
    trade(9_830, 500),
    trade(9_960, 720, day_low=9_830, day_low_at_ns=NINE_NS + 500 * SECOND_NS),
)


def late(second: int, price: float) -> AcceptedAlert:
    """Return an alert that was found in a hole: 1σ at *second* and *price*."""
    due = expected_alerts(circumstances(trade(price, second)))[0]
    return accepted(due, text_of(due, late_now=9_960), delay_s=700 - second)


def test_with_minute_bars_every_crossing_in_a_hole_is_due() -> None:
    """The day's low reveals one of them; the bar of its minute reveals each."""
    world = circumstances(*LONG_FALL)

    by_low = check_obligations([], world, [LONG_HOLE])
    by_bars = check_obligations([], world, [LONG_HOLE], minute_bars=True)

    assert [due.price for due in by_low.lost] == [9_830]
    assert [due.price for due in by_bars.lost] == [9_850, 9_840]
    found = [late(60, 9_850), late(419, 9_840)]  # at the minute's begin, and at its end
    assert check_obligations(found, world, [LONG_HOLE], minute_bars=True).is_clean
    assert kinds(check_obligations(found[:1], world, [LONG_HOLE], minute_bars=True)) == {"lost"}


def test_a_late_alert_is_justified_by_its_minute_alone() -> None:
    """A bar does not tell the second, but it tells the price: an invented one is none of its minute's."""
    world = circumstances(*LONG_FALL)

    assert kinds(check_obligations([late(60, 9_840)], world, [LONG_HOLE], minute_bars=True)) >= {"wrong"}
    assert kinds(check_obligations([late(60, 9_850)], world, [LONG_HOLE])) >= {"spurious"}


def test_a_hole_before_anybody_listened_reveals_no_minutes() -> None:
    """What happened before the first subscription is asked of nobody."""
    early = msgspec.structs.replace(LONG_HOLE, from_ns=0)

    verdict = check_obligations([], circumstances(*LONG_FALL), [early], minute_bars=True)

    assert [due.price for due in verdict.lost] == [9_830]


def decided(*seconds: int, numbers: tuple[int, ...] | None = None) -> list[DecidedAlert]:
    """Return 1σ alerts at these seconds after nine, numbered in order or as told."""
    told = numbers or tuple(range(1, len(seconds) + 1))
    return [
        DecidedAlert(id=f"7-{SYMBOL}-1:1:2025-11-28:{number}", traded_at_ns=NINE_NS + second * SECOND_NS)
        for number, second in zip(told, seconds, strict=True)
    ]


@pytest.mark.parametrize(
    ("alerts", "problem"),
    [
        (decided(60, 360), ""),
        (decided(119, 419), ""),
        (decided(60), "1 alerts, expected 2 to 2"),
        (decided(60, 360, 660), "3 alerts, expected 2 to 2"),
        (decided(60, 360, numbers=(2, 1)), "numbered [2, 1]"),
    ],
)
def test_alerts_from_a_hole_have_the_numbers_that_they_would_have_had(alerts: list[DecidedAlert], problem: str) -> None:
    """An id that is off by one is a second alert after the next replay."""
    end_ns = NINE_NS + 720 * SECOND_NS

    problems = misnumbered(alerts, circumstances(*LONG_FALL), [LONG_HOLE], NINE_NS, end_ns)

    assert [problem in found for found in problems] == [True] * bool(problem)


def test_a_wrong_number_is_said_once_in_however_many_places_it_is_told() -> None:
    """The number is the decision's, and not the message's."""
    world = circumstances(*LONG_FALL, watchers=IN_TWO_PLACES)

    assert len(misnumbered(decided(60), world, [LONG_HOLE], NINE_NS, NINE_NS + 720 * SECOND_NS)) == 1


def test_who_asks_once_need_not_act_on_the_price() -> None:
    """A price asked for its base price alone justifies an alert, but obliges to none."""
    asked = trade(39.0, 0, symbol="SOXL", base_price=41.27, venue="AMEX", is_polled=True, is_certain=False)
    world = Circumstances([asked], [Watcher(person_id=7, chat_id=1007, symbols=["SOXL"])], {"SOXL": closes()})

    assert expected_alerts(world) == []
    assert check_obligations([], world).is_clean


def test_a_minute_that_is_revealed_after_the_end_is_not_judged() -> None:
    """What had not been told by then may have fired, or not."""
    end_ns = NINE_NS + 450 * SECOND_NS

    assert misnumbered(decided(), circumstances(*LONG_FALL), [LONG_HOLE], NINE_NS, end_ns) == []


@pytest.mark.parametrize("alerts", [decided(), decided(60, 360)])
def test_a_hole_behind_which_nothing_was_let_out_yet_is_not_judged(alerts: list[DecidedAlert]) -> None:
    """Its bars may have been read before the run's end, by which no trade told of it."""
    end_ns = NINE_NS + 700 * SECOND_NS

    assert misnumbered(alerts, circumstances(*LONG_FALL[:-1]), [LONG_HOLE], NINE_NS, end_ns) == []


@pytest.mark.parametrize("alerts", [decided(100, 400), decided(60, 360)])
def test_a_minute_in_whose_midst_the_run_begins_is_not_judged(alerts: list[DecidedAlert]) -> None:
    """Whether its low was before or after is not known; what it fired rests all the same."""
    begin_ns = NINE_NS + 90 * SECOND_NS

    assert misnumbered(alerts, circumstances(*LONG_FALL), [LONG_HOLE], begin_ns, NINE_NS + 720 * SECOND_NS) == []
    assert misnumbered(alerts[:1], circumstances(*LONG_FALL), [LONG_HOLE], begin_ns, NINE_NS + 720 * SECOND_NS)
