"""`sigmactl explain`: what is told from what the actors have answered."""

import argparse
from datetime import UTC, date, datetime

import msgspec
import pytest

from actors.ctl import control, explain
from actors.ctl.explain import Facts, Hours, RuleFact, Spared, StreamFact, explanation
from actors.runtime.errors import CommandRefused
from protocol.messages import Venue
from protocol.rules import Direction, RuleKind

NOW = datetime(2025, 11, 28, 1, 0, tzinfo=UTC)
CLOSE = datetime(2025, 11, 28, 6, 30, tzinfo=UTC)
NEXT_OPEN = datetime(2025, 12, 1, 0, 0, tzinfo=UTC)
RULE = RuleFact(
    rule="1-122630-1",
    person=1,
    kind=RuleKind.SIGMA,
    direction=Direction.BELOW,
    level=1.0,
    threshold=71_635.0,
    stage="armed",
    session_date=date(2025, 11, 28),
    rests_until=None,
)
STREAM = StreamFact(symbol="122630", of_trades=True, standing="confirmed", last_trade_age_s=1.5)
WELL = Facts(
    symbol="122630",
    venue=Venue.KRX,
    hours=Hours(CLOSE, NEXT_OPEN),
    streams=[STREAM],
    no_targets_because=None,
    price=72_000.0,
    traded_at=NOW,
    rules=[RULE],
    people={1: ("엄마", True)},
)


def told(**changes: object) -> list[str]:
    """Return what is said of the good case with *changes*."""
    return [f"{mark} {text}" for mark, text in explanation(msgspec.structs.replace(WELL, **changes))]


def ruled(**changes: object) -> str:
    """Return what is said of the rule with *changes*."""
    return told(rules=[msgspec.structs.replace(RULE, **changes)])[-1]


def test_where_all_is_well_the_price_is_simply_not_there() -> None:
    """The commonest answer: it has not fallen far enough."""
    assert told() == [
        "✅ the regular session is open until 11-28 15:30:00 KST",
        "✅ KIS streams its trades; the last came 1.5 s ago",
        "✅ last price ₩72,000 at 11-28 10:00:00 KST",
        "✅ 엄마, 1σ, at or below ₩71,635: armed; the price is 0.51% away",
    ]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"hours": Hours(None, NEXT_OPEN)}, "💤 the regular session is closed; it opens at 12-01 09:00:00 KST"),
        ({"hours": None}, "❌ whether the market is open is not known: the calendar has not been computed"),
        ({"streams": None}, "❌ feed does not answer: `sigmactl status`"),
        ({"streams": []}, "❌ nothing brings its prices: it is not among the subscriptions"),
        (
            {"streams": [msgspec.structs.replace(STREAM, of_trades=False)]},
            "❌ nothing brings its prices: it is not among the subscriptions",
        ),
        (
            {"streams": [msgspec.structs.replace(STREAM, standing="refused", polled=True)]},
            "✅ KIS does not stream it now; its price is asked for over REST",
        ),
        (
            {"streams": [msgspec.structs.replace(STREAM, last_trade_age_s=None)]},
            "✅ KIS streams its trades; none has come yet",
        ),
        (
            {"streams": [msgspec.structs.replace(STREAM, standing="refused", reason="OPSP0008")]},
            "❌ nothing brings its prices: OPSP0008",
        ),
        ({"no_targets_because": "too few trading days"}, "❌ it has no targets: too few trading days"),
        ({"price": None}, "💤 no trade of it has been seen yet"),
        ({"rules": None}, "❌ evaluator does not answer: `sigmactl status`"),
        (
            {"spared": {1: Spared(person=1, until=CLOSE, wakes_from=0.0)}},
            "💤 엄마 wants quiet until 11-28 15:30:00 KST: what fires is held for a digest",
        ),
        ({"people": {1: ("엄마", False)}}, "❌ 엄마 has blocked the bot: a word from there brings alerts back"),
    ],
)
def test_what_keeps_an_alert_from_coming_has_its_line(changes: dict[str, object], line: str) -> None:
    """Each of these is another place to look."""
    assert line in told(**changes)


def test_quiet_that_a_deep_fall_comes_through_holds_only_the_shallow() -> None:
    """Otherwise the operator would look for a fault where there is none."""
    spared = {1: Spared(person=1, until=CLOSE, wakes_from=2.0)}
    shallow, deep = (told(spared=spared, rules=[msgspec.structs.replace(RULE, level=level)]) for level in (1.0, 2.0))

    assert [any("wants quiet" in line for line in lines) for lines in (shallow, deep)] == [True, False]


def test_a_stream_of_another_symbol_brings_nothing() -> None:
    """The names of some US stocks are the ends of others': T, of MSFT."""
    other = msgspec.structs.replace(STREAM, symbol=f"1{STREAM.symbol}")

    assert "❌ nothing brings its prices: it is not among the subscriptions" in told(streams=[other])


def test_that_nobody_watches_it_is_all_that_is_said() -> None:
    """Then nothing else matters."""
    assert told(rules=[]) == ["❌ expected somebody who watches 122630, found nobody: `sigmactl add 122630`"]


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"stage": "resting", "rests_until": CLOSE}, "has fired and rests until 11-28 15:30:00 KST"),
        ({"stage": "done"}, "has fired, and does so no more"),
        ({"stage": "awaiting return"}, "has fired, and the price has not gone back far enough"),
        ({"stage": "expired"}, "its last day is over"),
        ({"stage": "held"}, "held: its base price is not the exchange's, and it is being computed anew"),
        ({"stage": "without threshold", "threshold": None}, "what it is measured from is not known for this day"),
        ({"threshold": 72_000.0}, "armed; the next trade there fires it"),
        ({"direction": Direction.ABOVE, "threshold": 72_720.0}, "armed; the price is 1.00% away"),
    ],
)
def test_each_stage_of_a_rule_is_told(changes: dict[str, object], end: str) -> None:
    """Resting is the answer that people forget."""
    assert ruled(**changes).endswith(f": {end}")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"volume": 8_400_000}, "✅ 엄마, volume 2x, at or above 24,000,000 shares: armed; 8,400,000 shares so far"),
        ({}, "✅ 엄마, volume 2x, at or above 24,000,000 shares: armed; no trade was looked at yet"),
        ({"stage": "done"}, "💤 엄마, volume 2x, at or above 24,000,000 shares: has fired, and does so no more"),
        (
            {"stage": "without threshold", "threshold": None},
            "💤 엄마, volume 2x: waits for 10 days of volume: it is not known yet what is usual",
        ),
    ],
)
def test_of_a_volume_it_is_told_how_many_shares_there_are(changes: dict[str, object], line: str) -> None:
    """It has no distance from the price."""
    of_volume = {"kind": RuleKind.VOLUME, "direction": Direction.ABOVE, "level": 2.0, "threshold": 24_000_000.0}

    assert ruled(**(of_volume | changes)) == line


def meant(monkeypatch: pytest.MonkeyPatch, words: str, *names: str, certain: bool = False) -> str:
    """Return the symbol that is explained when somebody types *words*, and analyst finds *names*, numbered."""
    candidates = [{"symbol": f"00000{number}", "name": name, "venue": "KRX"} for number, name in enumerate(names)]
    answer = {"candidates": candidates, "certain": certain}
    explained: list[str] = []

    def gather(_settings: object, symbol: str) -> Facts:
        explained.append(symbol)
        return WELL

    monkeypatch.setattr(explain, "find_settings", lambda _: None)
    monkeypatch.setattr(control, "ask_actor", lambda *_: answer)
    monkeypatch.setattr(explain, "_gather", gather)
    assert explain.show_explanation(argparse.Namespace(code=words)) == 0
    return explained[0]


def test_a_name_is_as_good_as_a_code_where_it_surely_means_one_stock(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a code needs nobody: it is explained while analyst is away, too."""
    assert meant(monkeypatch, "tqqq") == "TQQQ"
    assert meant(monkeypatch, "삼성전자", "삼성전자", "삼성전자우", certain=True) == "000000"


def test_a_stock_is_added_by_its_name_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Who can have it explained by name need not look its code up to watch it."""

    def ask(_: object, actor: str, _command: str, question: dict[str, object], *_wait_s: float) -> dict[str, object]:
        if actor == "analyst":
            is_known = question["words"] == "삼성전자"
            return {"candidates": [{"symbol": "005930", "name": "삼성전자"}], "certain": True} if is_known else {}
        return {**question, "name": "삼성전자"}

    monkeypatch.setattr(control, "ask_actor", ask)

    assert control.add_symbol(argparse.Namespace(code="삼성전자", person="Anna")) == 0
    assert control.remove_symbol(argparse.Namespace(code="tqqq", person="Anna")) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Anna now watches 삼성전자 (005930)",
        "Anna no longer watches 삼성전자 (code:TQQQ)",
    ]


@pytest.mark.parametrize(
    ("names", "found"),
    [(("KODEX 200", "KODEX 레버리지"), "000000 KODEX 200, 000001 KODEX 레버리지"), ((), "none")],
)
def test_a_name_that_means_several_stocks_or_none_is_told_with_their_codes(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], found: str
) -> None:
    """A guess would explain another stock."""
    with pytest.raises(CommandRefused, match=f"found {found}: `sigmactl find 코덱스`"):
        meant(monkeypatch, "코덱스", *names)
