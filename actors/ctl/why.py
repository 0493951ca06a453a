"""`sigmactl why ALERT`: how one alert came about, from the trade to the phone, with the time between the steps."""

import argparse
from datetime import datetime

from actors.ctl.display import put, put_json
from actors.ctl.installation import find_settings
from actors.ctl.prices import percent, shares_text, wall_clock
from actors.ledger.alerts import find_alert
from actors.ledger.rows import TELEGRAM, AlertRow, DeliveryRow
from actors.ledger.story import Step, StepKind, story_of
from actors.market.money import price_text
from actors.runtime.errors import CommandRefused
from protocol.rules import RuleKind, is_purchase, short_name

__all__ = ["show_why"]

LONG_S = 120.0
"""Seconds are counted as such up to here."""
ON_THE_PHONE = frozenset({StepKind.ACCEPTED, StepKind.TOLD_IN_A_DIGEST})


def show_why(arguments: argparse.Namespace) -> int:
    """Print the steps of one alert; 1 if its text is not on the phone.

    Raises:
        CommandRefused: there is no such alert.
        TemporaryFailure: a database cannot be read now.
    """
    alert = find_alert(find_settings(arguments), arguments.alert)
    if alert is None:
        message = f"expected the number or the id of an alert, which `sigmactl alerts` shows, found {arguments.alert!r}"
        raise CommandRefused(message)
    steps = story_of(alert)
    if "json" in arguments:
        put_json({"alert": alert, "steps": steps})
    else:
        put(f"#{alert.number}  {alert.id}  for {alert.person}\n")
        for step in steps:
            put(f"  {_moment(step.at):18}  {_delay(step.after_s):>9}  {step.kind.value:9} {_details(alert, step)}\n")
        for other in alert.elsewhere:
            put(f"  by {other.channel}, too: {other.state}, {_delivery(other, 'text')}\n")
        for sessions, change in alert.outcomes.items():
            put(f"  after {sessions} {'session' if sessions == 1 else 'sessions'}: {percent(change, '+')}\n")
    return 0 if ON_THE_PHONE & {step.kind for step in steps} else 1


def _details(alert: AlertRow, step: Step) -> str:
    match step.kind:
        case StepKind.TRADED:
            late = "; late: nobody saw it then" if alert.late else ""
            return f"{alert.symbol} {alert.name} at {price_text(alert.price, alert.venue, 'en')}{late}"
        case StepKind.DECIDED:
            return _decision(alert)
        case StepKind.UNSEEN:
            return "telegram has not read it yet"
        case StepKind.QUEUED if alert.text:
            is_chat = alert.text.channel == TELEGRAM
            return f"for chat {alert.text.chat_id}" if is_chat else f"for {alert.text.channel}"
        case StepKind.HELD:
            return "text, until a digest tells of it: its reader wants quiet"
        case kind:
            # What waits, or was given up, is the picture once the text is out.
            is_picture = kind is StepKind.PICTURED or (kind not in ON_THE_PHONE and _is_sent(alert.text))
            return _delivery(alert.picture if is_picture else alert.text, "picture" if is_picture else "text")


def _decision(alert: AlertRow) -> str:
    target, base = (price_text(each, alert.venue, "en") for each in (alert.target, alert.base_price))
    sigma = percent(alert.sigma, decimals=3)
    noted = f" ({', '.join(alert.notes)})" if alert.notes else ""
    reached = f"{alert.level:g}σ, at or below {target} = {base} × (1 − {alert.level:g} × {sigma})"
    if alert.kind is RuleKind.VOLUME:
        volume, waited, usual = map(shares_text, (alert.volume, alert.target, alert.reference))
        reached = f"{volume} so far, at or above {waited} = {alert.level:g} × {usual} of a usual day"
    elif not is_purchase(alert.kind, alert.direction):
        side = alert.direction.value
        reached = f"{short_name(alert.kind, alert.direction, alert.level)}, at or {side} {target}, base price {base}"
    return f"{reached}; firing {alert.firing} of {alert.session_date}{noted}"


def _delivery(delivery: DeliveryRow | None, what: str) -> str:
    if delivery is None:
        return ""
    tries = "1 try" if delivery.attempts == 1 else f"{delivery.attempts} tries"
    if _is_sent(delivery):
        repeat = ", may be a repeat" if delivery.doubtful else ""
        name = delivery.name_there
        return f"{what}{f' as message {name}' if name else ''}, {tries}{repeat}"
    return f"{what}, {tries} so far{f': {delivery.reason}' if delivery.reason else ''}"


def _is_sent(delivery: DeliveryRow | None) -> bool:
    return delivery is not None and delivery.sent_at is not None


def _moment(at: datetime | None) -> str:
    return (at and wall_clock(at.isoformat())) or ""


def _delay(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if abs(seconds) < 1:
        return f"{seconds * 1_000:+.0f} ms"
    return f"{seconds:+.1f} s" if abs(seconds) < LONG_S else f"{seconds / 60:+.0f} min"
