"""A back test in words."""

from datetime import date

import msgspec

from actors.analyst.bars.history import Instrument
from actors.analyst.payoff.verdict import verdict_text
from actors.market.backtest import BackTest, LevelResult
from actors.market.bootstrap import Interval
from actors.market.outlook import Outlook
from actors.words.catalogue import words_in
from protocol.messages import Venue

LEVERAGE = Instrument(symbol="122630", name="KODEX 레버리지", venue=Venue.KRX)
FIRST, LAST = date(2020, 11, 26), date(2025, 11, 27)
AFTER_20 = Outlook(
    sessions=20,
    cases=380,
    mean=0.0123,
    mean_range=Interval(0.003, 0.021),
    hit_rate=0.58,
    hit_rate_range=Interval(0.52, 0.64),
    worst=-0.253,
    excess=0.005,
    excess_range=Interval(-0.002, 0.011),
)


def text(outlook: Outlook, first: date = FIRST, language: str = "ko") -> str:
    """Return what is said of one level with this *outlook*."""
    level = LevelResult(
        level=1.0,
        touched=382,
        closed_below=190,
        touched_normal=0.3173,
        closed_normal=0.1587,
        outlooks=[outlook, msgspec.structs.replace(outlook, sessions=60, cases=0)],
        purchases=[],
    )
    result = BackTest(sessions=1_226, first=first, last=LAST, levels=[level])
    return verdict_text(LEVERAGE, result, FIRST, words_in(language))


def test_it_says_what_happened_how_sure_that_is_and_no_more() -> None:
    """What a grandmother reads before she doubles her order."""
    assert (
        text(AFTER_20)
        == """\
📊 KODEX 레버리지 (122630)
2020-11-26부터 2025-11-27까지 1,226거래일을 돌려 봤어요.

🎯 1차까지 내려온 날은 382일 (31.2%). 정규분포라면 31.7%예요.
그때 산 380번 가운데 20거래일 뒤에 오른 것은 58% (52%–64%).
평균 +1.2% (+0.3% – +2.1%), 가장 나쁠 때 -25.3%였어요.
아무 날이나 산 것보다 평균 +0.5%p (-0.2% – +1.1%): 더 낫다고도 못하다고도 하기 어려워요.

지난 일이에요. 앞으로도 그렇다는 뜻은 아니에요."""
    )


def test_it_says_the_same_in_english() -> None:
    """Not everybody in the family reads Korean."""
    assert (
        text(AFTER_20, language="en")
        == """\
📊 KODEX 레버리지 (122630)
Played over 1,226 sessions, from 2020-11-26 to 2025-11-27.

🎯 It fell to buy point 1 on 382 days (31.2%). A normal curve would say 31.7%.
Of 380 purchases then, those that were up 20 sessions later: 58% (52%–64%).
On average +1.2% (+0.3% – +2.1%), at worst -25.3%.
Compared with buying on any day, on average +0.5%p (-0.2% – +1.1%): neither better nor worse can be said of that.

This is the past. It does not mean that the future will be the same."""
    )


def test_only_an_interval_that_leaves_out_zero_decides() -> None:
    """A difference that may be chance is called that."""
    better = msgspec.structs.replace(AFTER_20, excess_range=Interval(0.001, 0.011))
    worse = msgspec.structs.replace(AFTER_20, excess=-0.01, excess_range=Interval(-0.02, -0.001))
    few = msgspec.structs.replace(AFTER_20, mean_range=None, hit_rate_range=None, excess_range=None)

    assert "더 나았어요" in text(better)
    assert "더 못했어요" in text(worse)
    assert "너무 적어요" in text(few)


def test_what_was_never_bought_and_what_was_never_seen_is_said() -> None:
    """Nothing found is no verdict, and half the years are not all."""
    assert "아직 없어요" in text(Outlook(sessions=20, cases=0))
    assert "보지는 못했어요" in text(AFTER_20, first=date(2022, 1, 3))
    assert "보지는 못했어요" not in text(AFTER_20)
