"""The trades that are played: forty Korean symbols on one day of November 2025, from a seed.

Prices wander above everybody's target, so that nothing fires; a *crossing* lies below it, at a price that its symbol
has only once, by which the alert is recognised when it arrives.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import NamedTuple

__all__ = ["BASE_PRICE", "SESSION_DATE", "SIGMA", "SYMBOLS", "Record", "crossings", "frames_of", "walk"]

SESSION_DATE = date(2025, 11, 28)
BASE_PRICE = 100_000
SIGMA = 0.014
"""Puts everybody's target at 98,600."""
HIGHEST_CROSSING = 98_599
FIRST_CROSSING_S = 60
"""Seconds after 10:00, when a line begins to start: no rule counts what was traded before it was made."""
TICK = 50
SYMBOLS = tuple(f"{300_000 + 10 * number}" for number in range(40))
KNOWN_WIDTH = 46

# A recorded trade of 005930, for the fields that nobody reads.
_TEMPLATE = (
    "005930^114827^314000^5^-15000^-4.56^303993.34^293000^315500^292500^314000^313500^489^21357216^6492458500000^133659"
    "^223272^89613^113.70^9062733^10303893^1^0.49^63.33^090234^2^21000^114412^5^-1500^090235^2^21500^20260608^20^N"
    "^8501^37587^248100^182516^0.37^18168567^117.55^0^^302000"
)


class Record(NamedTuple):
    """One trade before it is written as text; times are HHMMSS in Korea, prices won."""

    symbol: str
    time: str
    price: int
    volume: int
    cumulative_volume: int
    day_low: int
    day_low_time: str

    def text(self, fields: int) -> str:
        """Return the record with so many *fields*, 46 or more."""
        texts = _TEMPLATE.split("^")
        texts[0], texts[1], texts[2], texts[4] = self.symbol, self.time, f"{self.price}", f"{self.change}"
        texts[9], texts[30], texts[33] = f"{self.day_low}", self.day_low_time, f"{SESSION_DATE:%Y%m%d}"
        texts[12], texts[13] = f"{self.volume}", f"{self.cumulative_volume}"
        return "^".join(texts + ["2"] * (fields - KNOWN_WIDTH))

    @property
    def change(self) -> int:
        """How far the price is from the base price, won."""
        return self.price - BASE_PRICE

    @property
    def traded_at_ns(self) -> int:
        """When it was traded, UTC epoch nanoseconds."""
        return _instant_ns(self.time)

    @property
    def day_low_at_ns(self) -> int:
        """When the day's low was traded, UTC epoch nanoseconds."""
        return _instant_ns(self.day_low_time)


def _instant_ns(time: str) -> int:
    hour, minute, second = int(time[:2]), int(time[2:4]), int(time[4:])
    midnight = datetime(SESSION_DATE.year, SESSION_DATE.month, SESSION_DATE.day, tzinfo=UTC)
    return (int(midnight.timestamp()) + (hour - 9) * 3600 + minute * 60 + second) * 1_000_000_000


def time_text(second: int) -> str:
    """Return the time of day *second* seconds after 10:00, HHMMSS."""
    minutes, seconds = divmod(second, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{10 + hours:02d}{minutes:02d}{seconds:02d}"


def walk(count: int, symbols: int, seed: int = 1) -> list[Record]:
    """Return *count* trades of so many *symbols*, about 400 in a second, none of which reaches a target."""
    chance = random.Random(seed)  # noqa: S311 - seeded chance makes a run repeatable
    prices = dict.fromkeys(SYMBOLS[:symbols], BASE_PRICE)
    volumes = dict.fromkeys(SYMBOLS[:symbols], 1_000_000)
    records = []
    for number in range(count):
        symbol = chance.choice(SYMBOLS[:symbols])
        step = chance.choice((-TICK, 0, 0, TICK))
        prices[symbol] = min(max(prices[symbol] + step, BASE_PRICE - 800), BASE_PRICE + 2_000)
        volume = min(int(chance.paretovariate(0.9)), 50_000)
        volumes[symbol] += volume
        records.append(
            Record(symbol, time_text(number // 400), prices[symbol], volume, volumes[symbol], 98_900, "093015")
        )
    return records


def crossings() -> Iterator[Record]:
    """Yield trades below the target for ever, symbol after symbol, each at a price that its symbol has only once.

    From one of a symbol's to the next a second of the market passes, however soon it is played: its rule must have
    rested, and trades tell whole seconds. The cumulative volume is left to whoever knows where in the walk it comes.
    """
    for passed in count():
        time, price = time_text(FIRST_CROSSING_S + passed), HIGHEST_CROSSING - passed
        for symbol in SYMBOLS:
            yield Record(symbol, time, price, 1, 0, price, time)


def frames_of(records: list[Record], per_frame: int, fields: int) -> list[bytes]:
    """Return *records* as H0STCNT0 frames of *per_frame* records of so many *fields*."""
    texts = [record.text(fields) for record in records]
    return [
        f"0|H0STCNT0|{per_frame:03d}|{'^'.join(texts[start : start + per_frame])}".encode("ascii")
        for start in range(0, len(texts) - per_frame + 1, per_frame)
    ]
