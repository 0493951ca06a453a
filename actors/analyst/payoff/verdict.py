"""What a back test says, in the words of somebody who explains it to the family. Pure."""

from datetime import date, timedelta

from actors.analyst.bars.history import Instrument
from actors.market.backtest import BackTest, LevelResult
from actors.market.bootstrap import Interval
from actors.market.outlook import Outlook
from actors.words.catalogue import Words

__all__ = ["verdict_text"]

SLACK = timedelta(days=14)


def verdict_text(instrument: Instrument, result: BackTest, asked_since: date, words: Words) -> str:
    """Return the result, of at least one session, in a few lines."""
    first, last = f"{result.first:%Y-%m-%d}", f"{result.last:%Y-%m-%d}"
    lines = [
        f"📊 {instrument.name} ({instrument.symbol})",
        words.say("verdict.played", first=first, last=last, count=f"{result.sessions:,}"),
    ]
    if result.first and result.first > asked_since + SLACK:
        lines.append(words.say("verdict.shorter", since=f"{asked_since:%Y-%m-%d}"))
    for level in result.levels:
        lines += ["", *_level_lines(level, result.sessions, words)]
    return "\n".join([*lines, "", words.say("verdict.past")])


def _level_lines(level: LevelResult, sessions: int, words: Words) -> list[str]:
    touched = words.say(
        "verdict.touched",
        level=f"{level.level:g}",
        count=f"{level.touched:,}",
        share=f"{level.touched / sessions:.1%}",
        normal=f"{level.touched_normal:.1%}",
    )
    outlook = next((each for each in reversed(level.outlooks) if each.cases), None)
    if outlook is None:
        return [touched, words.say("verdict.no-outcome")]
    hits = f"{outlook.hit_rate:.0%}{_rates(outlook.hit_rate_range)}"
    mean = f"{outlook.mean:+.1%}{_changes(outlook.mean_range)}"
    return [
        touched,
        words.say("verdict.rose", cases=f"{outlook.cases:,}", sessions=outlook.sessions, hits=hits),
        words.say("verdict.mean", mean=mean, worst=f"{outlook.worst:+.1%}"),
        _comparison(outlook, words),
    ]


def _comparison(outlook: Outlook, words: Words) -> str:
    if outlook.excess is None or outlook.excess_range is None:
        return words.say("verdict.too-few")
    low, high = outlook.excess_range.low, outlook.excess_range.high
    return words.say(
        "verdict.compared",
        excess=f"{outlook.excess:+.1%}",
        range=_changes(outlook.excess_range),
        judgement=words.say("verdict.better" if low > 0 else "verdict.worse" if high < 0 else "verdict.open"),
    )


def _rates(interval: Interval | None) -> str:
    return f" ({interval.low:.0%}–{interval.high:.0%})" if interval else ""


def _changes(interval: Interval | None) -> str:
    return f" ({interval.low:+.1%} – {interval.high:+.1%})" if interval else ""
