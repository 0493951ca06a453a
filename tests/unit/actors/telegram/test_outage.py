"""An hour without Telegram, on a fake clock, and the way back within its limits."""

import random
from collections import Counter

from actors.telegram.api.outcomes import NotSent, Sent
from actors.telegram.outbox.deliveries import Delivery, Kind
from actors.telegram.outbox.outbox import Instant, Outbox
from actors.telegram.outbox.pace import Rates
from actors.telegram.outbox.patience import Delays
from simulator.telegram.limits import FloodLimits
from tests.support.alerts import alert

ALERTS, FAMILY, HOUR_S = 5_000, 6, 3_600.0
LOOK_S = 0.5


def test_five_thousand_queued_alerts_drain_in_order_at_the_permitted_rate_soon_after_telegram_is_back() -> None:
    """Nothing is dropped for age, and the first is there within a minute."""
    outbox = Outbox(Delays(), random.Random(1), Rates())
    limits = FloodLimits()
    for number in range(1, ALERTS + 1):
        outbox.add(delivery(number))
    taken: dict[int, list[int]] = {}
    moments: list[float] = []
    messages: Counter[int] = Counter()
    seconds = 0.0
    while len(outbox):
        now = Instant(int(seconds * 1e9), seconds)
        for bundle in outbox.claim(now).bundles:
            outcome = NotSent("refused") if seconds < HOUR_S else Sent(1)
            if seconds >= HOUR_S:
                assert limits.retry_after_s(bundle[0].chat_id, seconds) == 0
                moments.append(seconds - HOUR_S)
                messages[bundle[0].chat_id] += 1
                taken.setdefault(bundle[0].chat_id, []).extend(each.id for each in bundle)
            outbox.on_outcome([each.id for each in bundle], outcome, now)
        seconds += LOOK_S
        assert seconds < 2 * HOUR_S

    assert moments[0] <= 60.0
    assert sum(map(len, taken.values())) == ALERTS
    assert all(numbers == sorted(numbers) for numbers in taken.values())
    assert moments[-1] < 60.0 + max(messages.values()) * 1.6


def delivery(number: int) -> Delivery:
    """Return the text of an alert for one of the family."""
    person = number % FAMILY + 1
    return Delivery(
        id=number, content=alert(number), kind=Kind.TEXT, person_id=person, chat_id=person, due_at_ns=0, created_at_ns=0
    )
