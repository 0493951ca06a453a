"""What is read from evaluator's log, and how the benchmark's Telegram behaves."""

from benchmarks.sink import Mood, Phone
from benchmarks.telegram import decided_ns

RAISED = (
    b'{"at":"2025-11-28T01:00:02.349Z","level":"info","actor":"evaluator-1","run":"8f3a","event":"alert_raised",'
    b'"alert_id":"1-300010-1:1:2025-11-28:1","symbol":"300010","price":98599.0,"target":98600.0,'
    b'"rung_at":"2025-11-28T01:00:02.345678+00:00"}\n'
)
STARTED = b'{"at":"2025-11-28T01:00:00.000Z","level":"info","event":"actor_started","config":{"rest_s":0.5}}\n'
TEN_NS = 1_764_291_600_000_000_000
MESSAGE = '{"chat_id":1001,"text":"📊 종목 (300010)\\n💰 현재가: 98,599원 (전일대비 -1.40%)"}'.encode()


def test_an_alert_is_known_by_its_symbol_and_price_and_tells_when_its_doorbell_rang() -> None:
    """The world's clock stands at ten when the monotonic clock shows zero; other lines tell of no alert."""
    assert decided_ns([STARTED, RAISED], TEN_NS) == {("300010", 98_599): 2_345_678_000}


def test_a_mood_decides_what_becomes_of_a_message_and_of_nothing_else() -> None:
    """What is refused has not arrived; what is answered late or never has."""
    found = {}
    for mood in Mood:
        phone = Phone()
        phone.mood = mood
        answer = phone.answer(b"/bot1:T/sendMessage", MESSAGE)
        status, after_s = (answer.status[:3], answer.after_s) if answer else (b"", 0.0)
        found[mood] = (status, after_s, [(each.symbol, each.price) for each in phone.take().messages])
        assert phone.answer(b"/bot1:T/getMe", b"{}") is not None

    arrived = [("300010", 98_599)]
    assert found == {
        Mood.GOOD: (b"200", 0.0, arrived),
        Mood.SLOW: (b"200", 5.0, arrived),
        Mood.BUSY: (b"429", 0.0, []),
        Mood.SILENT: (b"", 0.0, arrived),
    }
