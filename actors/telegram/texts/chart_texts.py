"""What goes with the picture of a day that somebody has asked for. Pure; plain text, which `wire` escapes.

📈 삼성전자 (005930) · 11월 28일 (금)
그림은 바로 이어서 보내 드릴게요.
"""

from actors.telegram.texts.alert_texts import Reader, clean
from actors.telegram.texts.report_texts import day_text
from protocol.letters import DayChart

__all__ = ["day_chart_text"]


def day_chart_text(day: DayChart, reader: Reader) -> str:
    """Return the text to which the picture replies."""
    symbol = clean(day.symbol)
    on = day_text(day.session_date, reader)
    return reader.words.say("letter.day-chart", name=clean(day.name) or symbol, symbol=symbol, day=on)
