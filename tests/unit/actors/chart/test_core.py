"""Which pictures are drawn, and which are shared."""

from datetime import UTC, date, datetime

from actors.chart.core import PictureDesk
from protocol.messages import Picture, PictureWanted, Venue


def wish(key: str) -> PictureWanted:
    """Return a wish for a picture with this key."""
    return PictureWanted(
        key=key,
        symbol="122630",
        name="KODEX 레버리지",
        venue=Venue.KRX,
        session_date=date(2025, 11, 28),
        base_price=72_665,
        sigma=0.01417,
        level=2,
        price=70_600,
        traded_at=datetime(2025, 11, 28, 5, 32, 15, tzinfo=UTC),
    )


def drawn(key: str) -> Picture:
    """Return the picture with this key."""
    return Picture(key=key, png=b"png", error="")


def test_wishes_with_the_same_key_are_one_picture() -> None:
    """Six people who get the same alert share one drawing."""
    desk = PictureDesk(most_waiting=10, kept_pictures=10)

    answers = [desk.on_picture_wanted(wish("a")) for _ in range(6)]

    assert answers == [None] * 6
    assert (desk.take(), desk.take()) == (wish("a"), None)


def test_a_wish_for_what_is_being_drawn_does_not_draw_it_again() -> None:
    """Telegram asks again when a drawing takes long: the one answer serves both."""
    desk = PictureDesk(most_waiting=10, kept_pictures=10)
    desk.on_picture_wanted(wish("a"))
    desk.take()

    assert desk.on_picture_wanted(wish("a")) is None
    assert desk.take() is None


def test_a_picture_drawn_lately_is_answered_at_once() -> None:
    """A picture whose way to telegram was cut off is there when it is asked for again."""
    desk = PictureDesk(most_waiting=10, kept_pictures=10)
    desk.on_picture_wanted(wish("a"))
    desk.take()
    desk.finish(drawn("a"))

    assert desk.on_picture_wanted(wish("a")) == drawn("a")
    assert desk.waiting == 0


def test_a_failed_drawing_is_tried_again() -> None:
    """Bars that were missing a minute ago may be there now."""
    desk = PictureDesk(most_waiting=10, kept_pictures=10)
    desk.on_picture_wanted(wish("a"))
    desk.take()
    desk.finish(Picture(key="a", png=b"", error="expected daily bars, found none yet"))

    assert desk.on_picture_wanted(wish("a")) is None
    assert desk.take() == wish("a")


def test_the_longest_waiting_is_drawn_first() -> None:
    """Nobody's picture is put off by those who came later."""
    desk = PictureDesk(most_waiting=10, kept_pictures=10)
    for key in ("a", "b", "a"):
        desk.on_picture_wanted(wish(key))

    assert [desk.take(), desk.take()] == [wish("a"), wish("b")]


def test_only_the_last_pictures_are_kept() -> None:
    """An actor that runs for months must not keep them all."""
    desk = PictureDesk(most_waiting=10, kept_pictures=2)
    for key in ("a", "b", "c"):
        desk.finish(drawn(key))

    assert desk.on_picture_wanted(wish("a")) is None
    assert desk.on_picture_wanted(wish("c")) == drawn("c")


def test_a_wish_too_many_is_refused_with_a_reason() -> None:
    """A flood must not grow the queue without end, and the text alert has gone already."""
    desk = PictureDesk(most_waiting=1, kept_pictures=2)
    desk.on_picture_wanted(wish("a"))

    refused = desk.on_picture_wanted(wish("b"))

    assert refused is not None
    assert (refused.key, refused.png) == ("b", b"")
    assert "fewer than 1" in refused.error
    assert desk.waiting == 1
