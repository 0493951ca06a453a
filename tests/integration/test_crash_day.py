"""The day of a crash: forty stocks fall through both levels for six people, and Telegram's limits are in force."""

import time
from pathlib import Path

import msgspec

from actors.telegram.config import TelegramConfig
from simulator.judgement.alert_text import is_alert, parse_alerts
from tests.support.alerts import alert, decide
from tests.support.town import ANNA, BORA, Town, play, seeded

FAMILY = (ANNA, BORA, 1003, 1004, 1005, 1006)
SYMBOLS = [f"{300_000 + 10 * number}" for number in range(40)]
LEVELS = (2.0, 1.0)
FIRST_S, LAST_S = 2.0, 10.0
"""The promise, and what the limits permit: seven messages of twelve, three at once and one a second."""


def test_everybody_hears_of_a_crash_at_once_and_of_all_of_it_within_seconds(tmp_path: Path) -> None:
    """One by one it would take eighty seconds; dropped or refused, it would be the day on which it mattered."""
    moments: dict[str, float] = {}
    falls = [
        [alert(1, symbol=symbol, level=level, person_id=person) for person in range(1, len(FAMILY) + 1)]
        for symbol in SYMBOLS
        for level in LEVELS
    ]

    async def scene(place: Town) -> None:
        people = tuple(seeded(user_id, "operator" if user_id == ANNA else "member") for user_id in FAMILY)
        shipped = TelegramConfig(api_url=place.simulator.base_url, poll_timeout_s=1, people=people)
        async with place.life(msgspec.structs.replace(shipped, picture_life_s=0.5)):
            moments["begins"] = time.monotonic()
            decide(place.settings, *falls[0])
            for position, fired in enumerate(falls[0], 1):
                place.ports.deliver(msgspec.structs.replace(fired, position=position))
            await place.until(lambda: all(place.texts(chat_id) for chat_id in FAMILY))
            decide(place.settings, *(fired for each in falls[1:] for fired in each))
            place.ports.wake()
            count = len(FAMILY) * len(SYMBOLS) * len(LEVELS)
            await place.until(lambda: place.deliveries() == [("sent", "")] * count)

    place = play(tmp_path, scene, others=FAMILY[2:], is_rate_limited=True)

    for chat_id in FAMILY:
        lines = [line for line in place.log("sendMessage") if line.chat_id == chat_id and is_alert(line.text)]
        accepted = [line.monotonic_ns / 1e9 - moments["begins"] for line in lines]
        shown = [each for line in lines for each in parse_alerts(line.text)]
        assert accepted[0] < FIRST_S
        assert accepted[-1] < LAST_S
        assert sorted((each.symbol, each.level) for each in shown) == sorted(
            (symbol, level) for symbol in SYMBOLS for level in LEVELS
        )
        assert "🌊" in lines[-2].text
        assert len(lines) <= 1 + -(-(len(shown) - 1) // 12) + 1
    assert place.refused() == []
