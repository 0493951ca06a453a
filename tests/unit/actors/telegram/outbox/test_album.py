"""The pictures that deliveries wait for."""

from datetime import timedelta

from actors.telegram.outbox.album import Album
from actors.telegram.outbox.wishes import wish_for
from protocol.messages import Alert, Picture, PictureWanted
from protocol.rules import Direction, RuleKind
from tests.support.alerts import TRADED_AT, alert


def album() -> Album:
    """Return an album that asks again after ten seconds and gives up after a hundred."""
    return Album(again_s=10.0, life_s=100.0)


def wish(of: Alert | None = None, language: str = "ko") -> PictureWanted:
    """Return what is wished for with an alert, by default the example's."""
    found = wish_for(of or alert(), language)
    assert isinstance(found, PictureWanted)
    return found


def picture(png: bytes = b"png", error: str = "") -> Picture:
    """Return chart's answer for the example's alert."""
    return Picture(key=wish().key, png=png, error=error)


def wanting(*alerts: Alert) -> Album:
    """Return an album in which a delivery waits for each picture, numbered from 1."""
    pages = album()
    for number, each in enumerate(alerts, 1):
        pages.want(number, wish(each), 0.0)
    return pages


def test_people_with_the_same_symbol_level_and_minute_share_a_picture() -> None:
    """Six of us must not cost six drawings."""
    pages = wanting(*(alert(person_id=person) for person in range(1, 7)))

    [wanted] = pages.due(0.0)
    assert isinstance(wanted, PictureWanted)
    assert (wanted.key, wanted.symbol, wanted.level) == ("122630-2-20251128T0532-ko", "122630", 2.0)
    assert (wanted.price, wanted.traded_at) == (70_600.0, TRADED_AT)
    assert pages.on_picture(picture()) == [1, 2, 3, 4, 5, 6]


def test_who_reads_another_language_waits_for_another_picture() -> None:
    """Each of us gets the words that are his, whichever picture comes first."""
    pages = album()
    for number, language in enumerate(("ko", "en", "ko"), 1):
        pages.want(number, wish(language=language), 0.0)

    assert sorted(wanted.language for wanted in pages.due(0.0)) == ["en", "ko"]
    assert pages.on_picture(Picture(key=wish(language="en").key, png=b"now", error="")) == [2]
    assert pages.on_picture(picture("현재".encode())) == [1, 3]
    assert [pages.png_of(number) for number in (1, 2, 3)] == ["현재".encode(), b"now", "현재".encode()]


def test_another_level_symbol_or_minute_is_another_picture() -> None:
    """A chart of the wrong line is worse than none."""
    later = alert(traded_at=TRADED_AT + timedelta(minutes=1))

    assert len(wanting(alert(), alert(level=1.0), alert(symbol="005930"), later).due(0.0)) == 4


def test_a_picture_is_asked_for_again_until_it_comes() -> None:
    """The doorbell may be lost, and chart may be restarting."""
    pages = wanting(alert())

    assert [len(pages.due(now)) for now in (0.0, 9.9, 10.0, 10.1)] == [1, 0, 1, 0]
    assert pages.on_picture(picture()) == [1]
    assert pages.due(20.0) == []
    assert pages.png_of(1) == b"png"


def test_who_comes_later_finds_the_picture_there_or_on_its_way() -> None:
    """The second of us is alerted a moment after the first."""
    pages = wanting(alert())
    pages.due(0.0)

    assert not pages.want(2, wish(alert(person_id=2)), 1.0)
    assert pages.due(1.0) == []
    pages.on_picture(picture())
    assert pages.want(3, wish(alert(person_id=3)), 2.0)


def test_a_picture_that_does_not_come_expires_for_all_who_wait() -> None:
    """A delivery should not wait for ever."""
    pages = wanting(alert(), alert(person_id=2))

    assert pages.expired(99.0) == {}
    assert pages.expired(100.0) == {1: "no picture", 2: "no picture"}


def test_a_picture_that_cannot_be_drawn_expires_with_the_reason() -> None:
    """The operator should read why; until then chart may find another way."""
    pages = wanting(alert())

    assert pages.on_picture(picture(b"", "no bars")) == []
    assert len(pages.due(10.0)) == 1
    assert pages.expired(100.0) == {1: "no picture: no bars"}


def test_a_picture_that_came_does_not_expire() -> None:
    """Telegram may be down for longer than ten minutes."""
    pages = wanting(alert())
    pages.on_picture(picture())

    assert pages.expired(1e6) == {}


def test_what_nobody_waits_for_any_more_is_forgotten() -> None:
    """Months of pictures would fill the memory."""
    pages = wanting(alert(), alert(person_id=2))
    pages.on_picture(picture())
    pages.forget(1)
    assert (pages.png_of(1), pages.png_of(2)) == (b"", b"png")
    pages.forget(2)

    assert pages.on_picture(picture()) == []
    pages.forget(2)
    assert pages.due(10.0) == []
    assert pages.expired(100.0) == {}


def test_whatever_was_waited_for_is_drawn_at_its_own_price() -> None:
    """One picture for all kinds: its line lies at the price that was reached. Without a σ there is nothing to draw."""
    above = alert(level=0.02, kind=RuleKind.CHANGE, direction=Direction.ABOVE, target_price=74_118.3)

    assert wish(above).target == 74_118.3
    assert wish_for(alert(kind=RuleKind.PRICE, sigma=0.0), "ko") is None
