"""What a back test says, in the words of somebody who explains it to the family. Pure."""

from datetime import date, timedelta

from actors.analyst.history import Instrument
from actors.market.backtest import BackTest, LevelResult
from actors.market.bootstrap import Interval
from actors.market.outlook import Outlook

__all__ = ["verdict_text"]

SLACK = timedelta(days=14)


def verdict_text(instrument: Instrument, result: BackTest, asked_since: date) -> str:
    """Return the result, of at least one session, in a few Korean lines."""
    lines = [
        f"📊 {instrument.name} ({instrument.symbol})",
        f"{result.first:%Y-%m-%d}부터 {result.last:%Y-%m-%d}까지 {result.sessions:,}거래일을 돌려 봤어요.",
    ]
    if result.first and result.first > asked_since + SLACK:
        lines.append(f"(그 앞의 일봉은 없어서 {asked_since:%Y-%m-%d}부터 보지는 못했어요.)")
    for level in result.levels:
        lines += ["", *_level_lines(level, result.sessions)]
    return "\n".join([*lines, "", "지난 일이에요. 앞으로도 그렇다는 뜻은 아니에요."])


def _level_lines(level: LevelResult, sessions: int) -> list[str]:
    touched = f"{level.level:g}σ까지 내려온 날은 {level.touched:,}일 ({level.touched / sessions:.1%})"
    lines = [f"🎯 {touched}. 정규분포라면 {level.touched_normal:.1%}예요."]
    outlook = next((each for each in reversed(level.outlooks) if each.cases), None)
    if outlook is None:
        return [*lines, "그때 사서 결과를 알 수 있는 날은 아직 없어요."]
    hits = f"{outlook.hit_rate:.0%}{_rates(outlook.hit_rate_range)}"
    mean = f"{outlook.mean:+.1%}{_changes(outlook.mean_range)}"
    return [
        *lines,
        f"그때 산 {outlook.cases:,}번 가운데 {outlook.sessions}거래일 뒤에 오른 것은 {hits}.",
        f"평균 {mean}, 가장 나쁠 때 {outlook.worst:+.1%}였어요.",
        _comparison(outlook),
    ]


def _comparison(outlook: Outlook) -> str:
    if outlook.excess is None or outlook.excess_range is None:
        return "아무 날이나 산 것과 견주기에는 너무 적어요."
    found = f"아무 날이나 산 것보다 평균 {outlook.excess:+.1%}p{_changes(outlook.excess_range)}"
    if outlook.excess_range.low > 0:
        return f"{found}: 더 나았어요."
    if outlook.excess_range.high < 0:
        return f"{found}: 더 못했어요."
    return f"{found}: 더 낫다고도 못하다고도 하기 어려워요."


def _rates(interval: Interval | None) -> str:
    return f" ({interval.low:.0%}–{interval.high:.0%})" if interval else ""


def _changes(interval: Interval | None) -> str:
    return f" ({interval.low:+.1%} – {interval.high:+.1%})" if interval else ""
