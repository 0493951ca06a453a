"""The steps of one alert, from the trade to the chat, with the time between each. Pure.

traded -> decided -> queued -> accepted -> pictured
or, in place of accepted: waiting, given up, held, told in a digest

A picture that was never meant to be is no step: what is told with others, or in a digest, has none.
"""

import enum
from datetime import datetime

from msgspec import Struct

from actors.ledger.rows import TOLD_IN_A_DIGEST, TOLD_WITH_OTHERS, AlertRow, DeliveryRow

__all__ = ["Step", "StepKind", "story_of"]


class StepKind(enum.Enum):
    """What happened to an alert."""

    TRADED = "traded"
    """At the exchange; of a trade that nobody saw then, where a minute bar told of it, its minute's begin."""
    DECIDED = "decided"
    """Written down by evaluator."""
    QUEUED = "queued"
    """Taken into telegram's outbox."""
    ACCEPTED = "accepted"
    """By Telegram, which gave the message a number."""
    TOLD_IN_A_DIGEST = "digest"
    """Accepted when its person no longer wanted to be spared, with the others that had come meanwhile."""
    PICTURED = "pictured"
    """Its chart was accepted, too."""
    WAITING = "waiting"
    """Not accepted yet."""
    HELD = "held"
    """Its person wants to be spared just now; the digest tells of it."""
    GIVEN_UP = "given up"
    """It will never be."""
    UNSEEN = "unseen"
    """Telegram has not read it yet."""


class Step(Struct, frozen=True):
    """One step: when (None where it has no moment of its own), and how long after the one before, seconds."""

    kind: StepKind
    at: datetime | None = None
    after_s: float | None = None


def story_of(alert: AlertRow) -> list[Step]:
    """Return what happened to *alert* so far, in order."""
    moments: list[tuple[StepKind, str | None]] = [
        (StepKind.TRADED, alert.traded_at),
        (StepKind.DECIDED, alert.decided_at),
    ]
    if alert.text is None:
        moments.append((StepKind.UNSEEN, None))
    else:
        moments += [(StepKind.QUEUED, alert.text.queued_at), _end(alert.text, StepKind.ACCEPTED)]
    if alert.picture is not None and _is_meant(alert.picture) and alert.text is not None and alert.text.sent_at:
        moments.append(_end(alert.picture, StepKind.PICTURED))
    steps: list[Step] = []
    before: datetime | None = None
    for kind, moment in moments:
        at = datetime.fromisoformat(moment) if moment else None
        steps.append(Step(kind, at, (at - before).total_seconds() if at and before else None))
        before = at or before
    return steps


def _end(delivery: DeliveryRow, good: StepKind) -> tuple[StepKind, str | None]:
    if delivery.state == "sent":
        return (StepKind.TOLD_IN_A_DIGEST if delivery.missed else good), delivery.sent_at
    if delivery.missed and delivery.state == "pending":
        return StepKind.HELD, None
    return (StepKind.GIVEN_UP if delivery.state == "dead" else StepKind.WAITING), None


def _is_meant(picture: DeliveryRow) -> bool:
    return picture.reason not in {TOLD_IN_A_DIGEST, TOLD_WITH_OTHERS}
