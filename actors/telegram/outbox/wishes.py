"""Which picture chart is asked for to go with an alert or a letter, in whose language. Pure."""

import msgspec

from actors.telegram.outbox.deliveries import Content
from protocol.letters import BackTested, DailyReport, DayChart
from protocol.messages import Alert, PictureKind, PictureWanted, SheetWanted
from protocol.rehearsal import is_rehearsal
from protocol.rules import RuleKind

__all__ = ["Wish", "is_drawn", "wish_for"]

Wish = PictureWanted | SheetWanted


def is_drawn(content: Content) -> bool:
    """Say whether there is a picture of *content*. An alert waits for the answer: the wish itself is made later."""
    if isinstance(content, Alert):
        # Without a σ there are no lines to draw it beside.
        return content.sigma > 0 and not is_rehearsal(content.symbol)
    return _shown_of(content) is not None


def wish_for(content: Content, language: str) -> Wish | None:
    """Return what is to be drawn for *content* and whoever reads *language*, None where nothing is.

    The key says all that makes the picture what it is: who watches the same things in one language shares it.
    """
    shown = _shown_of(content)
    if shown is None:
        return None
    return msgspec.structs.replace(shown, key=f"{shown.key}-{language}", language=language)


def _shown_of(content: Content) -> Wish | None:
    """Return what is to be drawn whoever reads it."""
    if isinstance(content, Alert):
        return _year_of(content) if is_drawn(content) else None
    match content.matter:
        case DailyReport() as report:
            return _sheet_of(report)
        case DayChart() as day:
            return _day_of(day)
        case BackTested() as tested:
            return _test_of(tested) if tested.texts else None
    return None


def _year_of(alert: Alert) -> PictureWanted:
    level, target = alert.level, 0.0
    if not alert.is_purchase:
        # Of shares, it is the price at which they were reached.
        level, target = 0.0, alert.price if alert.kind is RuleKind.VOLUME else alert.target_price
    return PictureWanted(
        key=f"{alert.symbol}-{f'at{target}' if target else f'{level:g}'}-{alert.traded_at:%Y%m%dT%H%M}",
        symbol=alert.symbol,
        name=alert.name,
        venue=alert.venue,
        session_date=alert.session_date,
        base_price=alert.base_price,
        sigma=alert.sigma,
        level=level,
        target=target,
        price=alert.price,
        traded_at=alert.traded_at,
    )


def _day_of(day: DayChart) -> PictureWanted:
    return PictureWanted(
        key=f"{day.symbol}-day-{day.sigma:.6f}-{day.asked_at:%Y%m%dT%H%M}",
        symbol=day.symbol,
        name=day.name,
        venue=day.venue,
        session_date=day.session_date,
        base_price=day.base_price,
        sigma=day.sigma,
        level=0.0,
        price=day.base_price,
        traded_at=day.opens_at,
        kind=PictureKind.DAY,
    )


def _test_of(tested: BackTested) -> PictureWanted:
    """Return the wish for the picture of a back test, in which no price and no σ of now is drawn."""
    return PictureWanted(
        key=f"{tested.symbol}-back-test-{tested.asked_at:%Y%m%d}",
        symbol=tested.symbol,
        name=tested.name,
        venue=tested.venue,
        session_date=tested.asked_at.date(),
        base_price=0.0,
        sigma=0.0,
        level=0.0,
        price=0.0,
        traded_at=tested.asked_at,
        kind=PictureKind.BACK_TEST,
    )


def _sheet_of(report: DailyReport) -> SheetWanted | None:
    lines = [line for line in report.lines if line.sigma]
    if not lines:
        return None
    cells = ",".join(f"{line.symbol}@{line.base_price:g}/{line.sigma:.6f}" for line in lines)
    return SheetWanted(key=f"{report.session_date}-{cells}", symbols=[line.symbol for line in lines])
