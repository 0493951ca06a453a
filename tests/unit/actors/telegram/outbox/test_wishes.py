"""Which picture goes with what."""

from datetime import timedelta

import pytest

from actors.telegram.outbox.deliveries import Content
from actors.telegram.outbox.wishes import wish_for
from protocol.letters import DailyReport, ReportLine
from protocol.messages import Market, PictureKind, PictureWanted, SheetWanted, Venue
from protocol.rules import Direction, RuleKind
from tests.support.alerts import alert, rehearsed, volume_alert
from tests.support.letters import back_tested, day_chart, letter, own_fill
from tests.support.market import DAY, NINE


def line(symbol: str, sigma: float = 0.01, base_price: float = 72_665.0) -> ReportLine:
    """Return a line of a report; σ of 0 is no target."""
    return ReportLine(
        symbol=symbol,
        name=symbol,
        venue=Venue.KRX,
        levels=[1.0],
        has_targets=sigma > 0,
        base_price=base_price,
        sigma=sigma,
    )


def report(*lines: ReportLine) -> DailyReport:
    """Return a report of these lines."""
    return DailyReport(market=Market.KRX, session_date=DAY, opens_at=NINE, page=1, pages=1, lines=list(lines))


def test_a_report_comes_with_a_sheet_of_what_has_targets_in_its_order() -> None:
    """Chart refuses a sheet of which one symbol has none, and then nobody had a picture."""
    wish = wish_for(letter(matter=report(line("122630"), line("0126Z0", sigma=0.0), line("005930"))), "ko")

    assert isinstance(wish, SheetWanted)
    assert wish.symbols == ["122630", "005930"]


def test_who_watches_the_same_with_the_same_targets_shares_a_sheet() -> None:
    """A family of six must not cost six drawings; targets that were made anew are another picture."""
    mine, yours = (wish_for(letter(number, report(line("122630")), person_id=number), "ko") for number in (1, 2))
    later = wish_for(letter(3, report(line("122630", base_price=36_330.0))), "ko")

    assert mine == yours
    assert mine is not None
    assert later is not None
    assert mine.key != later.key


def test_a_chart_that_is_asked_for_is_the_picture_of_a_day_without_an_alert() -> None:
    """Two who ask in the same minute share a drawing; a minute later the line is longer."""
    mine, yours = (wish_for(letter(number, day_chart(), person_id=number), "ko") for number in (1, 2))
    later = wish_for(letter(3, day_chart(asked_at=NINE + timedelta(minutes=1))), "ko")

    assert isinstance(mine, PictureWanted)
    assert (mine.kind, mine.level, mine.traded_at) == (PictureKind.DAY, 0.0, NINE)
    assert mine == yours
    assert isinstance(later, PictureWanted)
    assert later.key != mine.key


def test_a_back_test_has_its_picture_and_one_that_could_not_be_played_none() -> None:
    """Who asks twice on a day sees the same picture."""
    wish = wish_for(letter(matter=back_tested()), "ko")

    assert isinstance(wish, PictureWanted)
    assert (wish.kind, wish.symbol) == (PictureKind.BACK_TEST, "005930")
    assert wish == wish_for(letter(2, back_tested(), person_id=2), "ko")
    assert wish_for(letter(matter=back_tested(texts={})), "ko") is None


def test_two_prices_that_are_near_each_other_are_two_pictures() -> None:
    """Of a stock of a million won six digits are not the whole price."""
    near, nearer = (
        wish_for(alert(1, kind=RuleKind.PRICE, level=price, target_price=price), "ko")
        for price in (1_234_567.0, 1_234_570.0)
    )

    assert near is not None
    assert nearer is not None
    assert near.key != nearer.key


def test_what_has_nothing_to_show_has_no_picture() -> None:
    """A text must not wait ten minutes for a picture that cannot be."""
    assert wish_for(letter(matter=report(line("0126Z0", sigma=0.0))), "ko") is None
    assert wish_for(letter(matter=own_fill()), "ko") is None
    assert wish_for(rehearsed(), "ko") is None


def test_an_alert_of_shares_is_drawn_at_its_price() -> None:
    """They have no place beside the prices."""
    wish = wish_for(volume_alert(price=71_635.0), "ko")

    assert isinstance(wish, PictureWanted)
    assert (wish.level, wish.target) == (0.0, 71_635.0)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, (2.0, 0.0)),
        ({"kind": RuleKind.PRICE, "level": 70_000.0, "target_price": 70_000.0}, (0.0, 70_000.0)),
        ({"direction": Direction.ABOVE, "target_price": 74_724.0}, (0.0, 74_724.0)),
    ],
    ids=["sigma", "price", "rise"],
)
def test_a_picture_shows_the_price_that_the_message_tells(
    changes: dict[str, object], shown: tuple[float, float]
) -> None:
    """A price that somebody named is no σ, and is not rounded to one."""
    wish = wish_for(alert(1, **changes), "ko")

    assert isinstance(wish, PictureWanted)
    assert (wish.level, wish.target) == shown


@pytest.mark.parametrize(
    "content",
    [alert(), letter(matter=day_chart()), letter(matter=back_tested()), letter(matter=report(line("122630")))],
    ids=["year", "day", "backtest", "sheet"],
)
def test_who_reads_another_language_gets_another_picture_and_who_reads_the_same_shares_it(content: Content) -> None:
    """Half a family must not look at the other half's words; six who read alike are still one drawing."""
    mine, hers, his = (wish_for(content, language) for language in ("ko", "ko", "en"))

    assert mine is not None
    assert his is not None
    assert mine == hers
    assert (mine.language, his.language) == ("ko", "en")
    assert mine.key != his.key
