"""Messages out: alerts in evaluator's database reach the right chats, whatever Telegram and the machine do."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text as sql
from sqlalchemy import update

from actors.runtime.actor import Actor
from actors.runtime.store import open_store
from actors.telegram.config import TelegramConfig
from actors.telegram.people.hush import Mute
from actors.telegram.people.hushes import Hushes
from actors.telegram.people.quiet import QuietHours
from protocol.messages import Picture, PictureWanted, ReachedAgain, State, Venue
from protocol.moments import to_ns
from protocol.tables.telegram import GONE, people
from simulator.judgement.alert_text import parse_alerts
from simulator.judgement.verdict import read_accepted
from simulator.telegram.faults import Fault, FaultKind
from tests.support.alerts import TRADED_AT, alert, decide, rehearsed
from tests.support.databases import lay_out
from tests.support.town import ANNA, BORA, Town, play, told

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)

REACHED_AGAIN = ReachedAgain(alert_id=alert().id, times=3, venue=Venue.KRX, price=70_450.0, traded_at=TRADED_AT)


def test_an_alert_in_the_store_becomes_the_example_text_without_any_doorbell(tmp_path: Path) -> None:
    """The disk is the queue: a ring that was lost must cost half a second, not an alert."""

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, alert())
            await place.until(lambda: place.deliveries() == [("sent", "")])

    [text] = play(tmp_path, scene).texts()

    assert text.splitlines()[0] == "🚨 매수 알림! 2차 매수 시점 도달"


def test_a_doorbell_that_is_next_in_order_needs_no_look_at_the_record(tmp_path: Path) -> None:
    """Between the price and the phone a look at the disk is half a millisecond; evaluator rings when it is there."""

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, alert())
            await place.until(lambda: place.mark("alert_position") == "1")
            place.ports.deliver(alert(firing=2, position=2))
            await place.until(lambda: place.deliveries() == [("sent", ""), ("sent", "")])
            assert place.mark("alert_position") == "2"

    assert len(play(tmp_path, scene).texts()) == 2


def test_a_doorbell_behind_a_lost_one_sends_both_from_the_record(tmp_path: Path) -> None:
    """A ring that jumps ahead in the order is how we learn of the one that was lost."""

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, alert(), alert(firing=2))
            place.ports.deliver(alert(firing=2, position=2))
            await place.until(lambda: place.deliveries() == [("sent", ""), ("sent", "")])
            assert place.mark("alert_position") == "2"

    assert len(play(tmp_path, scene).texts()) == 2


def test_a_target_that_is_reached_again_edits_the_message_that_brought_its_alert(tmp_path: Path) -> None:
    """Silently, with its buttons, and no delivery is another for it."""

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, alert())
            await place.until(lambda: place.deliveries() == [("sent", "")])
            place.ports.deliver(msgspec.structs.replace(REACHED_AGAIN, times=2))
            await place.until(lambda: len(place.log("editMessageText")) == 1)
            place.ports.deliver(REACHED_AGAIN)
            await place.until(lambda: len(place.log("editMessageText")) == 2)
            assert place.deliveries() == [("sent", "")]

    town = play(tmp_path, scene)
    [sent], [_, edited] = town.log("sendMessage"), town.log("editMessageText")

    assert edited.text == f"{sent.text}\n\n↕️ 3번째 닿았어요 · 지금 70,450원 (14:32:15)"
    assert (edited.message_id, edited.keyboard) == (sent.message_id, sent.keyboard)
    assert sent.keyboard is not None
    assert town.refused() == []
    assert [each.problem for each in read_accepted(tmp_path)] == [""]


def test_a_picture_follows_as_a_reply_and_six_people_share_one(tmp_path: Path) -> None:
    """The text must not wait for the chart, and chart must not draw the same picture for each of us."""

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, alert(), alert(person_id=2))
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)
            await place.until(lambda: bool(place.ports.sent))
            # On a busy machine it is asked for a second time meanwhile: the same one.
            [wanted] = {*place.ports.sent}
            assert isinstance(wanted, PictureWanted)
            place.ports.deliver(Picture(key=wanted.key, png=PNG, error=""))
            await place.until(lambda: place.deliveries("picture") == [("sent", "")] * 2)

    place = play(tmp_path, scene)

    texts = {line.chat_id: line.message_id for line in place.log("sendMessage")}
    photos = {line.chat_id: line.reply_to for line in place.log("sendPhoto")}
    assert photos == texts


def test_a_picture_speaks_its_readers_language_and_arrives_though_that_is_another_by_then(tmp_path: Path) -> None:
    """Anna reads Korean, Bora English until she changes her mind while hers is being drawn."""

    async def scene(place: Town) -> None:
        async with place.life():
            place.say(BORA, "/lang en")
            await place.until(lambda: len(place.log("sendMessage")) == 1)
            decide(place.settings, alert(), alert(person_id=2))
            await place.until(lambda: len({*place.ports.sent}) == 2)
            place.say(BORA, "/lang ko")
            await place.until(lambda: len(place.log("sendMessage")) == 4)
            for wanted in {*place.ports.sent}:
                assert isinstance(wanted, PictureWanted)
                place.ports.deliver(Picture(key=wanted.key, png=PNG, error=""))
            await place.until(lambda: place.deliveries("picture") == [("sent", "")] * 2)

    place = play(tmp_path, scene)

    wishes = [wanted for wanted in place.ports.sent if isinstance(wanted, PictureWanted)]
    assert {wanted.language for wanted in wishes} == {"ko", "en"}
    assert sorted(line.chat_id for line in place.log("sendPhoto")) == [ANNA, BORA]


def test_a_picture_that_never_comes_is_asked_for_again_and_then_given_up(tmp_path: Path) -> None:
    """Chart may be restarting when it is asked; it must not be asked for ever either."""

    async def scene(place: Town) -> None:
        async with place.life(msgspec.structs.replace(place.config(), picture_again_s=0.03, picture_life_s=0.3)):
            decide(place.settings, alert())
            await place.until(lambda: bool(place.ports.sent))
            wanted = place.ports.sent[0]
            assert isinstance(wanted, PictureWanted)
            place.ports.deliver(Picture(key=wanted.key, png=b"", error="no bars"))
            await place.until(lambda: place.deliveries("picture") == [("dead", "no picture: no bars")])

    place = play(tmp_path, scene)

    assert len(place.ports.sent) > 1
    assert place.log("sendPhoto") == []


DOUBTFUL = (FaultKind.STATUS, FaultKind.RESET, FaultKind.MALFORMED, FaultKind.NOT_OK, FaultKind.HANG)


@pytest.mark.parametrize("kind", DOUBTFUL, ids=lambda kind: str(kind.value))
@pytest.mark.parametrize("accepted", [False, True])
def test_a_doubtful_message_goes_again_marked_and_in_order(tmp_path: Path, kind: FaultKind, *, accepted: bool) -> None:
    """Nobody can know whether it arrived: sent once more, but never as if it were news."""
    fault = Fault(kind=kind, method="sendMessage", accepted=accepted, seconds=3.0)

    async def scene(place: Town) -> None:
        patience_s = 1.0 if kind is FaultKind.HANG else place.config().read_timeout_s
        async with place.life(msgspec.structs.replace(place.config(), read_timeout_s=patience_s)):
            decide(place.settings, alert(1), alert(2, price_now=70_500.0))
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)

    place = play(tmp_path, scene, [fault])

    texts = place.texts()
    assert place.marked() == [False] * accepted + [True, False]
    assert "70,500원" in texts[-1]


def test_what_telegram_takes_long_after_we_stopped_waiting_comes_before_its_marked_repeat(tmp_path: Path) -> None:
    """An unmarked message behind a marked one would be a repeat that does not say so."""
    slow = Fault(kind=FaultKind.SLOW, method="sendMessage", seconds=1.2)

    async def scene(place: Town) -> None:
        # Long enough for the repeat to be answered in time on a machine that has much else to do.
        patient = msgspec.structs.replace(place.config(), read_timeout_s=0.8, doubt_silent_s=1.6, retry_cap_s=3.0)
        async with place.life(patient):
            decide(place.settings, alert())
            await place.until(lambda: place.deliveries() == [("sent", "")])

    assert play(tmp_path, scene, [slow]).marked() == [False, True]


def test_a_flood_limit_is_waited_out_and_leaves_no_mark(tmp_path: Path) -> None:
    """Telegram says plainly that it did not take it; a mark would make people doubt every message."""
    fault = Fault(kind=FaultKind.FLOOD, method="sendMessage", chat_id=ANNA, retry_after_s=1)

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, alert(), alert(person_id=2))
            await place.until(lambda: len(place.texts(BORA)) == 1)
            assert place.texts(ANNA) == []
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)

    place = play(tmp_path, scene, [fault])

    assert place.marked(ANNA) == [False]


def test_markup_that_telegram_refuses_goes_again_as_plain_text_at_once(tmp_path: Path) -> None:
    """A slip of ours in the markup must cost the looks, not the alert."""
    refused = "Bad Request: can't parse entities: Unsupported start tag"
    fault = Fault(kind=FaultKind.ERROR, method="sendMessage", status=400, description=refused)

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, alert(name="S&P <500>"))
            await place.until(lambda: place.deliveries() == [("sent", "")])

    place = play(tmp_path, scene, [fault])

    [line] = place.log("sendMessage")
    assert "S&P <500>" in line.raw_text


def test_a_blocked_chat_costs_its_own_delivery_only_until_its_person_writes_again(tmp_path: Path) -> None:
    """One of us who blocks the bot must not silence the others, and must be able to come back."""
    blocked = "Forbidden: bot was blocked by the user"
    fault = Fault(kind=FaultKind.ERROR, chat_id=ANNA, method="sendMessage", status=403, description=blocked)

    async def scene(place: Town) -> None:
        async with place.life() as actor:
            decide(place.settings, alert(), alert(person_id=2))
            await place.until(lambda: place.deliveries() == [("dead", blocked), ("sent", "")])
            assert place.deliveries("picture")[0] == ("dead", "no text")
            assert await reachable(actor) == [False, True]
            place.say(ANNA, "/help")
            # Her answer, and the letter that tells the operator, whom she is herself, that somebody is back.
            await place.until(lambda: len(place.texts(ANNA)) == 2)
            assert await reachable(actor) == [True, True]

    play(tmp_path, scene, [fault])


async def reachable(actor: Actor[TelegramConfig]) -> list[object]:
    """Return who can be reached, as the operator is told."""
    people = (await told(actor, "people"))["people"]
    assert isinstance(people, list)
    return [each["reachable"] for each in people]


def test_an_outage_loses_nothing_and_drains_in_order(tmp_path: Path) -> None:
    """An hour without Telegram must end with every alert delivered, the oldest first."""

    async def scene(place: Town) -> None:
        async with place.life() as actor:
            await place.simulator.go_down(0.3)
            decide(place.settings, *(alert(firing, price_now=70_000.0 + firing) for firing in range(1, 11)))
            await place.until(lambda: actor.state is State.DEGRADED)
            await place.until(lambda: place.deliveries() == [("sent", "")] * 10)
            await place.until(lambda: actor.state is State.RUNNING)

    place = play(tmp_path, scene)

    prices = [price for text in place.texts() for price in re.findall(r"💰.*?([\d,]+)원", text)]
    assert len(place.texts()) < len(prices)
    assert prices == [f"70,{firing:03}" for firing in range(1, 11)]
    assert not any(place.marked())


def test_a_bad_token_keeps_the_queue_and_says_so(tmp_path: Path) -> None:
    """A revoked token is for the operator to mend; until then alerts wait."""
    fault = Fault(kind=FaultKind.ERROR, method="sendMessage", status=401, description="Unauthorized", count=2)

    async def scene(place: Town) -> None:
        async with place.life() as actor:
            decide(place.settings, alert())
            await place.until(lambda: actor.state is State.DEGRADED)
            await place.until(lambda: place.deliveries() == [("sent", "")])

    place = play(tmp_path, scene, [fault])

    assert place.marked() == [False]


def test_a_night_ends_with_one_digest_whatever_restarts_in_it(tmp_path: Path) -> None:
    """What was held lies on disk; the shallow fall waits for the morning, the deep one rings."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    begins, ends = now - timedelta(hours=1), now + timedelta(hours=1)
    night = QuietHours(begins=begins.time(), ends=ends.time(), wakes_from=2.0)
    shallow = [alert(number, level=1.0, decided_at=now) for number in (1, 2)]

    async def scene(place: Town) -> None:
        async with place.life():
            pass
        place.rows(update(people).values(time_zone="UTC"))
        hushes = Hushes(open_store("telegram", place.settings))
        hushes.set_quiet(1, night)
        async with place.life():
            decide(place.settings, *shallow, alert(3, decided_at=now))
            await place.until(lambda: place.deliveries()[2:] == [("sent", "")])
        hushes.set_quiet(1, None)
        place.prices["122630"] = 71_200.0
        async with place.life():
            await place.until(lambda: place.deliveries() == [("sent", "")] * 3)
        assert place.deliveries("picture")[:2] == [("dead", "told in a digest")] * 2

    place = play(tmp_path, scene)

    deep, digest = place.log("sendMessage")
    assert (deep.silent, digest.silent) == (False, True)
    assert digest.text.startswith("📬")
    assert digest.text.count("→ 지금 71,200원") == len(parse_alerts(digest.text)) == len(shallow)


def test_what_was_held_for_somebody_who_was_removed_since_is_never_sent(tmp_path: Path) -> None:
    """The digest of a stranger would tell him what the family waits for."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)

    async def scene(place: Town) -> None:
        async with place.life():
            pass
        hushes = Hushes(open_store("telegram", place.settings))
        hushes.mute(1, [Mute(since_ns=to_ns(now), until_ns=to_ns(now + timedelta(hours=1)))], to_ns(now))
        async with place.life():
            decide(place.settings, alert(1, decided_at=now))
            await place.until(lambda: place.deliveries("picture") == [("dead", "told in a digest")])
        place.rows(update(people).where(people.c.id == 1).values(role=GONE))
        async with place.life():
            await place.until(lambda: place.deliveries() == [("dead", "its person was removed")])

    assert play(tmp_path, scene).log("sendMessage") == []


def test_a_planned_stop_finishes_what_is_in_flight_and_repeats_nothing(tmp_path: Path) -> None:
    """The operator restarts at leisure, and nobody's phone rings twice for it."""
    slow = Fault(kind=FaultKind.SLOW, method="sendMessage", seconds=0.3)

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, alert())
            await place.until(lambda: place.deliveries() == [("sending", "")])
        assert place.deliveries() == [("sent", "")]
        async with place.life():
            decide(place.settings, alert(2))
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)

    place = play(tmp_path, scene, [slow])

    assert place.marked() == [False, False]


def test_what_was_being_sent_at_a_crash_goes_again_marked_and_the_rest_unmarked(tmp_path: Path) -> None:
    """A claim without an outcome is the one doubt that a crash leaves."""

    async def scene(place: Town) -> None:
        async with place.life():
            pass
        decide(place.settings, alert(1), alert(2))
        async with place.life(msgspec.structs.replace(place.config(), api_url="http://127.0.0.1:1")):
            await place.until(lambda: len(place.deliveries()) == 2)
        place.leave(1, "sending")
        async with place.life():
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)

    place = play(tmp_path, scene)

    assert place.marked() == [True, False]


def test_after_a_reboot_everything_unsent_may_be_a_repeat(tmp_path: Path) -> None:
    """Claims and marks are written without waiting for the disk: a loss of power may have undone them."""

    async def scene(place: Town) -> None:
        async with place.life():
            pass
        decide(place.settings, alert(1))
        async with place.life(msgspec.structs.replace(place.config(), api_url="http://127.0.0.1:1")):
            await place.until(lambda: len(place.deliveries()) == 1)
        place.reboot()
        decide(place.settings, alert(2), boot_id="another")
        async with place.life():
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)
            decide(place.settings, alert(3))
            await place.until(lambda: place.deliveries() == [("sent", "")] * 3)

    place = play(tmp_path, scene)

    assert place.marked() == [True, True, False]


def test_an_evaluator_that_begins_anew_is_noticed_and_nothing_is_repeated(tmp_path: Path) -> None:
    """Its positions start again at one; below our mark they would never be looked at."""

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, alert(1), alert(2))
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)
        for path in place.settings.data_dir.glob("evaluator.db*"):
            path.unlink()
        lay_out(place.settings, "evaluator")
        decide(place.settings, alert(2))
        async with place.life():
            decide(place.settings, alert(3))
            await place.until(lambda: len(place.deliveries()) == 3 and place.deliveries()[2][0] == "sent")

    place = play(tmp_path, scene)

    assert len(place.texts()) == 3


def test_an_evaluator_that_begins_anew_under_us_is_noticed_without_a_restart(tmp_path: Path) -> None:
    """Whoever repairs evaluator's database does not think of starting telegram again."""

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, alert(1), alert(2))
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)
            for path in place.settings.data_dir.glob("evaluator.db*"):
                path.unlink()
            lay_out(place.settings, "evaluator")
            decide(place.settings, alert(3))
            await place.until(lambda: place.deliveries() == [("sent", "")] * 3)

    assert len(play(tmp_path, scene).texts()) == 3


def test_an_alert_for_nobody_does_not_hold_up_the_next(tmp_path: Path) -> None:
    """Somebody may have left between the decision and the doorbell."""

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, alert(person_id=99), alert())
            await place.until(lambda: place.deliveries() == [("sent", "")])

    assert len(play(tmp_path, scene).texts()) == 1


def test_an_alert_that_cannot_be_read_does_not_hold_up_the_next(tmp_path: Path) -> None:
    """A venue that only a newer version knows must not end the process at every start."""

    async def scene(place: Town) -> None:
        async with place.life():
            pass
        decide(place.settings, alert(), alert(firing=2))
        engine = open_store("evaluator", place.settings)
        with engine.begin() as connection:
            connection.execute(sql("UPDATE alerts SET venue = 'MOON' WHERE firing = 1"))
        engine.dispose()
        async with place.life():
            await place.until(lambda: place.deliveries() == [("sent", "")])

    assert len(play(tmp_path, scene).texts()) == 1


def test_deliveries_left_without_their_alert_are_given_up(tmp_path: Path) -> None:
    """If evaluator's database is lost, what it said is gone; waiting for it would be for ever."""

    async def scene(place: Town) -> None:
        decide(place.settings, alert())
        config = msgspec.structs.replace(place.config(), api_url="http://127.0.0.1:1")
        async with place.life():
            pass
        decide(place.settings, alert(2))
        async with place.life(config):
            await place.until(lambda: len(place.deliveries()) == 1)
        for path in place.settings.data_dir.glob("evaluator.db*"):
            path.unlink()
        async with place.life():
            lay_out(place.settings, "evaluator")
            await place.until(lambda: place.deliveries() == [("dead", "its alert is gone")])

    play(tmp_path, scene)


def test_a_rehearsal_for_nobody_goes_as_far_as_telegram_and_reaches_no_chat(tmp_path: Path) -> None:
    """Every step but the message is done: what is wrong with the token or the connection shows before the open."""

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, rehearsed())
            await place.until(lambda: place.deliveries() == [("sent", "")])

    place = play(tmp_path, scene)

    assert place.log("sendMessage") == []
    assert place.deliveries("picture") == []


def test_a_rehearsal_for_nobody_can_be_seen_in_a_chat_of_its_own(tmp_path: Path) -> None:
    """Who wants to see it every morning names a chat."""

    async def scene(place: Town) -> None:
        async with place.life(msgspec.structs.replace(place.config(), self_test_chat_id=BORA)):
            decide(place.settings, rehearsed())
            await place.until(lambda: place.deliveries() == [("sent", "")])

    [text] = play(tmp_path, scene).texts(BORA)

    assert text == (
        "🧪 시험 알림이에요. 진짜 거래가 아니에요.\n\n"
        "가짜 체결 하나가 시세에서 여기까지, 진짜 알림과 같은 길로 왔어요. 알림이 잘 오고 있어요.\n\n"
        "⏰ 2025-11-28 14:32:15 출발"
    )


def test_a_rehearsal_for_a_person_reaches_that_person_alone(tmp_path: Path) -> None:
    """Whoever asks whether alerts reach him must not alarm the family."""

    async def scene(place: Town) -> None:
        async with place.life():
            decide(place.settings, rehearsed(2))
            await place.until(lambda: place.deliveries() == [("sent", "")])

    place = play(tmp_path, scene)

    assert place.texts(ANNA) == []
    assert [text.partition(".")[0] for text in place.texts(BORA)] == ["🧪 시험 알림이에요"]
