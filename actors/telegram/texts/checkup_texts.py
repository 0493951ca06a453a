"""What `/check` says: line by line what was found, and in the first whether all is well. Plain text."""

from datetime import datetime, timedelta

from actors.market.money import price_text
from actors.telegram.chat.checkup import Checkup
from actors.telegram.texts.alert_texts import Reader, clean, time_text
from actors.telegram.texts.facts import actor_name, market_name

__all__ = ["checkup_text"]

MINUTE = timedelta(minutes=1)
RUNNING = "running"


def checkup_text(found: Checkup, now: datetime, reader: Reader) -> str:
    """Return *found* as somebody reads it."""
    words = reader.words
    ill = [actor_name(report.actor, words) for report in found.reports if report.state != RUNNING]
    has_targets = not found.unmade and not (found.watched and found.without_target == found.watched)
    is_well = not ill and not found.unseen and has_targets
    lines = [_last_trade(found, now, reader), *_targets(found, reader), _streams(found, reader)]
    return "\n".join(
        [
            words.say("check.well" if is_well else "check.not-well"),
            "",
            *(f"• {line}" for line in lines),
            f"• {words.say('check.parts', well=len(found.reports) - len(ill), all=len(found.reports))}",
            *(f"  ⚠️ {name}" for name in ill),
        ]
    )


def _last_trade(found: Checkup, now: datetime, reader: Reader) -> str:
    last = found.last_trade
    if last is None and found.opens_next and not found.is_trading:
        opens_at, venue = found.opens_next
        return reader.words.say("check.closed", at=time_text(opens_at, venue, reader, "%m-%d %H:%M"))
    if last is None:
        return reader.words.say("check.trade-awaited" if found.is_trading else "check.no-trade")
    name = clean(last.watch.name) or last.watch.symbol
    at = time_text(last.traded_at, last.watch.venue, reader, "%m-%d %H:%M:%S")
    is_fresh = now - last.traded_at < MINUTE
    return reader.words.say(
        "check.fresh-trade" if is_fresh else "check.last-trade",
        name=name,
        price=price_text(last.price, last.watch.venue, reader.language),
        at=at,
    )


def _targets(found: Checkup, reader: Reader) -> list[str]:
    days = ", ".join(day.isoformat() for day in found.target_dates)
    made = found.watched - found.without_target - sum(found.unmade.values())
    lines = [reader.words.say("check.targets", count=made, days=days)] if days else []
    lines += [
        reader.words.say_count("check.unmade", count, market=market_name(market, reader.words), day=day)
        for (market, day), count in found.unmade.items()
    ]
    if found.without_target:
        lines.append(reader.words.say_count("check.without-target", found.without_target))
    return lines


def _streams(found: Checkup, reader: Reader) -> str:
    if found.streamed is None:
        return reader.words.say("check.no-feed")
    words, live, polled, watched = reader.words, found.streamed, found.polled, found.watched
    if found.unseen:
        return words.say("check.streams-awaited", live=live, polled=polled, watched=watched, unseen=found.unseen)
    return words.say("check.streams", live=live, polled=polled, watched=watched)
