"""The bytes between actors."""

import math

import msgspec
import pytest
from msgspec.structs import fields

from protocol.errors import DecodeError
from protocol.messages import PictureWanted, SheetWanted, Trade, Trades
from protocol.wire import Envelope, Glance, decode, decode_published, encode, encode_published, glance_published
from tests.support.charts import ALERT
from tests.support.market import targets, trade


def test_what_was_published_is_what_is_received() -> None:
    """The first thing two actors must agree on."""
    envelope = Envelope("feed-1", 7, 42, Trades(trades=[trade(99_000)]))

    assert decode_published(encode_published("trades", envelope)) == ("trades", envelope)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"trades",
        b"trades\0",
        b"trades\0\x94\xa6feed-1\x05\x01\x92\xa7Nothing\x90",
        b"tr\xe4des\0\x90",
        b"trades\0" + b"\x91" * 100_000,
        b"trades\0\x94\xa6\xff\xff\xff\xff\xff\xff\x05\x01\x91\xa6Trades",
    ],
    ids=["empty", "no zero byte", "no body", "unknown type", "not ASCII", "too deep", "not UTF-8"],
)
def test_bytes_that_are_none_of_ours_are_one_kind_of_error(frame: bytes) -> None:
    """Msgspec alone raises three kinds; an actor that forgets one dies of a frame."""
    with pytest.raises(DecodeError):
        decode_published(frame)
    with pytest.raises(DecodeError):
        glance_published(frame)


@pytest.mark.parametrize("field", ["price", "change", "day_low"])
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_price_that_is_not_a_number_is_refused(field: str, number: float) -> None:
    """MessagePack lets NaN through, and every comparison with it is false: no alert would ever fire."""
    broken = msgspec.structs.replace(trade(99_000), **{field: number})

    with pytest.raises(DecodeError, match="float"):
        decode(encode(Envelope("feed-1", 7, 1, Trades(trades=[trade(99_000), broken]))))


def test_a_sigma_that_is_not_a_number_is_refused() -> None:
    """It would make a target that nothing ever reaches."""
    with pytest.raises(DecodeError, match="float"):
        decode(encode(Envelope("analyst-1", 7, 1, targets(sigma=math.nan))))


def test_a_reader_skips_fields_that_it_does_not_know() -> None:
    """Actors are restarted one by one; the new one may say more than the old one understands."""
    envelope = Envelope("feed-1", 7, 1, Trades(trades=[trade(99_000)]))
    grown = msgspec.msgpack.decode(encode(envelope))
    grown[3][1][0].append("a field of tomorrow")

    assert decode(msgspec.msgpack.encode(grown)) == envelope


@pytest.mark.parametrize("wish", [ALERT, SheetWanted(key="a", symbols=["122630"])], ids=["picture", "sheet"])
def test_a_wish_of_before_there_were_languages_is_for_a_korean_picture(wish: PictureWanted | SheetWanted) -> None:
    """While an update is under way chart may be newer than the telegram that asks it."""
    envelope = Envelope("telegram-1", 7, 0, wish)
    old = msgspec.msgpack.decode(encode(envelope))
    added = len(old[3]) - old[3].index("ko")
    del old[3][-added:]

    assert decode(msgspec.msgpack.encode(old)) == envelope


def test_a_glance_is_the_beginning_of_a_trade() -> None:
    """Both read the same bytes: a field more or a type other in one of them, and prices would be taken for lows."""
    beginning = [(field.name, field.type) for field in fields(Trade)][: len(fields(Glance))]

    assert [(field.name, field.type) for field in fields(Glance)] == beginning


def test_who_glances_at_trades_can_still_read_them_whole() -> None:
    """What may matter is judged with everything that is known of it."""
    trades = [trade(99_000), trade(98_000, day_low=97_000.0)]

    _, glanced = glance_published(encode_published("trades", Envelope("feed-1", 7, 42, Trades(trades=trades))))

    assert (glanced.sender, glanced.epoch, glanced.sequence) == ("feed-1", 7, 42)
    assert [(each.price, each.day_low) for each in glanced.message.trades] == [
        (each.price, each.day_low) for each in trades
    ]
    assert glanced.message.whole() == trades
