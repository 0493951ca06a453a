"""What goes with a picture that somebody has asked for: of a day, of a back test. Pure; `wire` escapes it.

📈 삼성전자 (005930) · 11월 28일 (금)
그림은 바로 이어서 보내 드릴게요.
"""

from actors.telegram.texts.alert_texts import Reader, clean
from actors.telegram.texts.report_texts import day_text
from protocol.letters import BackTested, DayChart

__all__ = ["back_test_text", "day_chart_text"]


def day_chart_text(day: DayChart, reader: Reader) -> str:
    """Return the text to which the picture replies."""
    symbol = clean(day.symbol)
    on = day_text(day.session_date, reader)
    return reader.words.say("letter.day-chart", name=clean(day.name) or symbol, symbol=symbol, day=on)


def back_test_text(tested: BackTested, reader: Reader) -> str:
    """Return what a back test says, under a title of our own, or that none could be played."""
    symbol = clean(tested.symbol)
    title = f"📊 {clean(tested.name) or symbol} ({symbol})"
    verdict = tested.texts.get(reader.language) or tested.texts.get("en", "")
    _, _, said = verdict.partition("\n")
    return f"{title}\n{said or reader.words.say('letter.no-back-test')}"
