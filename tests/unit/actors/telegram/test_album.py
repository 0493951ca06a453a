"""The pictures that deliveries wait for."""

from datetime import timedelta

from actors.telegram.album import Album, Photo, picture_key
from protocol.messages import Picture
from tests.support.alerts import TRADED_AT, alert


def album() -> Album:
    """Return an album that asks again after ten seconds and gives up after a hundred."""
    return Album(again_s=10.0, life_s=100.0)


def picture(png: bytes = b"png", error: str = "") -> Picture:
    """Return chart's answer for the example's alert."""
    return Picture(key=picture_key(alert()), png=png, error=error)


def test_people_with_the_same_symbol_level_and_minute_share_a_picture() -> None:
    """Six of us must not cost six drawings."""
    pages = album()
    pages.keep([alert(person_id=person) for person in range(1, 7)], 0.0)

    [wanted] = pages.due(0.0)
    assert (wanted.key, wanted.symbol, wanted.level) == ("122630-2-20251128T0532", "122630", 2.0)
    assert (wanted.price, wanted.traded_at) == (70_600.0, TRADED_AT)


def test_another_level_symbol_or_minute_is_another_picture() -> None:
    """A chart of the wrong line is worse than none."""
    others = [
        alert(),
        alert(level=1.0),
        alert(symbol="005930"),
        alert(traded_at=TRADED_AT + timedelta(minutes=1)),
    ]
    pages = album()
    pages.keep(others, 0.0)

    assert len(pages.due(0.0)) == 4


def test_a_picture_is_asked_for_again_until_it_comes() -> None:
    """The doorbell may be lost, and chart may be restarting."""
    pages = album()
    pages.keep([alert()], 0.0)

    assert [len(pages.due(now)) for now in (0.0, 9.9, 10.0, 10.1)] == [1, 0, 1, 0]
    pages.on_picture(picture())
    assert pages.due(20.0) == []
    assert pages.photo_of(alert()) == Photo(b"png")


def test_a_picture_that_does_not_come_expires_with_the_reason_if_there_was_one() -> None:
    """The operator should read why, and the delivery should not wait for ever."""
    pages = album()
    pages.keep([alert()], 0.0)

    assert pages.expired(99.0) == {}
    assert list(pages.expired(100.0).values()) == ["no picture"]
    pages.on_picture(picture(b"", "no bars"))
    assert list(pages.expired(100.0).values()) == ["no picture: no bars"]
    pages.on_picture(picture())
    assert pages.expired(100.0) == {}


def test_a_picture_that_telegram_has_is_not_uploaded_again() -> None:
    """200 kB once, and not for each of us."""
    pages = album()
    pages.keep([alert()], 0.0)
    pages.on_picture(picture())
    pages.on_uploaded(alert(), "file-1")

    assert pages.photo_of(alert()) == Photo(b"png", "file-1")
    pages.on_uploaded(alert(), "")
    assert pages.photo_of(alert()) == Photo(b"png")


def test_what_nobody_waits_for_any_more_is_forgotten() -> None:
    """Months of pictures would fill the memory."""
    pages = album()
    pages.keep([alert()], 0.0)
    pages.on_picture(picture())
    pages.keep([], 1.0)

    assert pages.photo_of(alert()) is None
    pages.on_picture(picture())
    pages.on_uploaded(alert(), "file-1")
    assert pages.photo_of(alert()) is None
