"""What became of alerts, and why there is none, in the words of the person who asks. Pure; `wire` escapes it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from actors.ledger.rows import AlertRow
from actors.ledger.story import StepKind, story_of
from actors.market.money import price_text
from actors.market.volumes import FEWEST_DAYS
from actors.telegram.texts.alert_texts import Reader, clean, time_text
from actors.telegram.texts.conditions import reached_text, threshold_text
from protocol.messages import Venue
from protocol.rules import Direction, RuleKind

__all__ = ["RuleStage", "history_text", "stages_text", "story_text"]

SHORT = "%m-%d %H:%M"


class RuleStage(Struct, frozen=True, kw_only=True):
    """What evaluator tells of one rule."""

    rule: str
    kind: RuleKind = RuleKind.SIGMA
    direction: Direction
    threshold: float | None
    stage: str
    rests_until: datetime | None
    volume: int = 0
    """The shares traded so far, 0 where nobody has looked."""
    number: int = 0
    """By which the person resumes a paused one; evaluator does not know it."""


def history_text(rows: Sequence[AlertRow], reader: Reader) -> str:
    """Return the alerts *rows*, oldest first, the newest first."""
    words = reader.words
    if not rows:
        return words.say("ledger.empty")
    lines = [words.say("ledger.history-title")]
    for row in reversed(rows):
        at = time_text(datetime.fromisoformat(row.traded_at), row.venue, reader, SHORT)
        point, price = reached_text(row, words), price_text(row.price, row.venue, words.language)
        name = clean(row.name) or row.symbol
        lines += ["", words.say("ledger.history-line", number=row.number, at=at, name=name, point=point, price=price)]
        lines += [
            words.say("ledger.after", sessions=sessions, change=f"{change:+.2%}")
            for sessions, change in row.outcomes.items()
        ]
    numbers_skip = rows[-1].number - rows[0].number >= len(rows)
    skips = [words.say("ledger.skips")] if numbers_skip else []
    return "\n".join([*lines, "", *skips, words.say("ledger.hint", number=rows[-1].number)])


def story_text(alert: AlertRow, reader: Reader) -> str:
    """Return how *alert* came about, step by step."""
    words = reader.words
    price, base = (price_text(each, alert.venue, words.language) for each in (alert.price, alert.base_price))
    target, usual, volume = (
        threshold_text(alert.kind, each, alert.venue, words) for each in (alert.target, alert.reference, alert.volume)
    )
    name = clean(alert.name) or alert.symbol
    lines = [words.say("ledger.story-title", number=alert.number, name=name), ""]
    for step in story_of(alert):
        key = step.kind.name.lower().replace("_", "-")
        if step.kind is StepKind.DECIDED and alert.kind is RuleKind.VOLUME:
            key = "decided-volume"
        text = words.say(f"ledger.step.{key}", price=price, target=target, base=base, usual=usual, volume=volume)
        if step.kind is StepKind.TRADED and step.at is not None:
            lines.append(f"⏰ {time_text(step.at, alert.venue, reader)}")
            text += f" {words.say('ledger.late')}" if alert.late else ""
        after_s = None if step.kind is StepKind.TOLD_IN_A_DIGEST else step.after_s
        delay = "" if after_s is None else f" {words.say('ledger.delay', seconds=f'{after_s:.1f}')}"
        lines.append(f"· {text}{delay}")
    return "\n".join(lines)


def stages_text(
    name: str,
    venue: Venue,
    price: float | None,
    stages: Sequence[tuple[str, RuleStage]],
    reader: Reader,
    *,
    muted_until: datetime | None = None,
) -> str:
    """Return what each rule for a stock waits for, and what keeps it from alerting.

    Args:
        name: the stock's.
        venue: where it trades.
        price: the last one, None if none has been seen.
        stages: the person's rules, in words and as evaluator tells of them.
        reader: who asks.
        muted_until: until when what these rules decide is kept for the digest, None if it is told at once.
    """
    words = reader.words
    lines = [words.say("ledger.stages-title", name=clean(name)), ""]
    if price is None:
        lines.append(words.say("ledger.no-price"))
    else:
        lines.append(words.say("ledger.price", price=price_text(price, venue, words.language)))
    lines += [f"· {_stage_line(what, stage, venue, price, reader)}" for what, stage in stages]
    if muted_until is not None:
        lines += ["", words.say("ledger.muted", until=time_text(muted_until, venue, reader, "%m-%d %H:%M"))]
    return "\n".join(lines) if stages else words.say("ledger.no-rules", name=clean(name))


def _stage_line(what: str, stage: RuleStage, venue: Venue, price: float | None, reader: Reader) -> str:
    words = reader.words
    if stage.stage == "resting" and stage.rests_until is not None:
        until = time_text(stage.rests_until, venue, reader, "%H:%M")
        return words.say("ledger.resting", what=what, until=until)
    if stage.kind is RuleKind.VOLUME and stage.stage == "without threshold":
        return f"{what}: {words.say('rule.volume-unknown', days=FEWEST_DAYS)}"
    if stage.stage != "armed":
        told = words.say_if_known(f"ledger.stage.{stage.stage.replace(' ', '-')}", what=what, number=stage.number)
        return told or what
    if stage.volume and stage.kind is RuleKind.VOLUME:
        volume = threshold_text(stage.kind, stage.volume, venue, words)
        return words.say("ledger.volume", what=what, volume=volume)
    if price is None or stage.threshold is None or stage.kind is RuleKind.VOLUME:
        return words.say("ledger.armed", what=what)
    left = (price - stage.threshold) / price * (1 if stage.direction is Direction.BELOW else -1)
    return words.say("ledger.far", what=what, left=f"{left:.2%}") if left > 0 else words.say("ledger.near", what=what)
