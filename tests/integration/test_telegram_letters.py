"""Letters in the databases of feed and analyst reach their readers with the guarantees that alerts have."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import text as sql

from actors.runtime.database_file import path_of
from actors.runtime.store import open_store
from protocol.letters import DailyReport, ReportLine
from protocol.messages import LettersWritten, Market, Picture, SheetWanted, State, Venue
from simulator.telegram.faults import Fault, FaultKind
from tests.support.alerts import alert, decide
from tests.support.databases import lay_out
from tests.support.letters import letter, own_fill, write_letters
from tests.support.market import DAY, NINE
from tests.support.town import ANNA, BORA, Town, play

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


def test_a_letter_goes_to_the_operator_or_to_the_one_it_names(tmp_path: Path) -> None:
    """What an account's owner earned is nobody else's business."""

    async def scene(place: Town) -> None:
        async with place.life():
            write_letters(place.settings, letter(1), letter(2, matter=own_fill(), person_id=2))
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)

    place = play(tmp_path, scene)

    assert [text.splitlines()[0] for text in place.texts(ANNA)] == ["🔌 다른 프로그램이 우리 KIS 앱키를 쓰고 있어요."]
    assert [text.splitlines()[0] for text in place.texts(BORA)] == ["✅ 체결되었습니다"]


def test_the_doorbell_shortens_the_wait(tmp_path: Path) -> None:
    """Half a minute between two looks would otherwise be half a minute for the letter."""

    async def scene(place: Town) -> None:
        async with place.life(msgspec.structs.replace(place.config(), store_poll_s=0.5)):
            await place.until(lambda: place.mark("feed.letter_position") == "0")
            write_letters(place.settings, letter())
            place.ports.deliver(LettersWritten(writer="feed"))
            await place.until(lambda: place.deliveries() == [("sent", "")])

    assert len(play(tmp_path, scene).texts()) == 1


def test_letters_are_read_as_soon_as_their_writers_database_is_there(tmp_path: Path) -> None:
    """Feed may start after telegram, and alerts must not wait for it."""

    async def scene(place: Town) -> None:
        for path in place.settings.data_dir.glob("feed.db*"):
            path.unlink()
        async with place.life():
            decide(place.settings, alert())
            await place.until(lambda: place.deliveries() == [("sent", "")])
            lay_out(place.settings, "feed")
            write_letters(place.settings, letter())
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)

    assert len(play(tmp_path, scene).texts()) == 2


def test_a_damaged_database_of_letters_holds_back_no_alert(tmp_path: Path) -> None:
    """Feed's broken disk is not a reason to miss the price of the year; once mended, its letters come."""

    async def scene(place: Town) -> None:
        damaged = path_of("feed", place.settings)
        for path in place.settings.data_dir.glob("feed.db*"):
            path.unlink()
        damaged.write_bytes(b"no database" * 1000)
        async with place.life() as actor:
            decide(place.settings, alert())
            await place.until(lambda: place.deliveries() == [("sent", "")])
            assert actor.pulse({}).reason == "expected to read feed.db, found: file is not a database"
            damaged.unlink()
            lay_out(place.settings, "feed")
            write_letters(place.settings, letter())
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)
            assert actor.pulse({}).state is State.RUNNING

    assert len(play(tmp_path, scene).texts()) == 2


def test_a_picture_of_a_letter_follows_its_text_and_one_that_is_gone_is_given_up(tmp_path: Path) -> None:
    """A report must not wait for chart, and must not wait for ever."""

    async def scene(place: Town) -> None:
        (place.settings.data_dir / "sheet.png").write_bytes(PNG)
        async with place.life():
            write_letters(place.settings, letter(1, picture="sheet.png"), letter(2, picture="gone.png"))
            await place.until(
                lambda: place.deliveries("picture") == [("sent", ""), ("dead", "no picture: No such file or directory")]
            )

    place = play(tmp_path, scene)

    assert [line.reply_to for line in place.log("sendPhoto")] == [place.log("sendMessage")[0].message_id]


def test_a_daily_report_comes_as_text_and_then_as_a_sheet_that_chart_draws(tmp_path: Path) -> None:
    """Chart may take half a minute to wake; the prices to buy at must not wait for it."""
    line = ReportLine(
        symbol="122630",
        name="KODEX 레버리지",
        venue=Venue.KRX,
        levels=[1.0],
        has_targets=True,
        base_price=72_665.0,
        sigma=0.01,
    )
    report = DailyReport(market=Market.KRX, session_date=DAY, opens_at=NINE, page=1, pages=1, lines=[line])

    async def scene(place: Town) -> None:
        async with place.life():
            write_letters(place.settings, letter(1, report, person_id=1), writer="analyst")
            await place.until(lambda: bool(place.ports.sent))
            assert place.deliveries() == [("sent", "")]
            [wanted] = place.ports.sent
            assert isinstance(wanted, SheetWanted)
            place.ports.deliver(Picture(key=wanted.key, png=PNG, error=""))
            await place.until(lambda: place.deliveries("picture") == [("sent", "")])

    place = play(tmp_path, scene)

    assert [line.reply_to for line in place.log("sendPhoto")] == [place.log("sendMessage")[0].message_id]


def test_what_was_being_sent_at_a_crash_goes_again_marked(tmp_path: Path) -> None:
    """One mechanism for alerts and letters, and so one promise."""

    async def scene(place: Town) -> None:
        async with place.life():
            pass
        write_letters(place.settings, letter(1), letter(2), writer="analyst")
        async with place.life(msgspec.structs.replace(place.config(), api_url="http://127.0.0.1:1")):
            await place.until(lambda: len(place.deliveries()) == 2)
        place.leave(1, "sending")
        async with place.life():
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)

    assert play(tmp_path, scene).marked() == [True, False]


def test_a_letter_from_before_a_reboot_may_be_a_repeat(tmp_path: Path) -> None:
    """A loss of power may have undone the mark that says it was sent."""

    async def scene(place: Town) -> None:
        async with place.life():
            write_letters(place.settings, letter(1), boot_id="another")
            write_letters(place.settings, letter(2))
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)

    assert play(tmp_path, scene).marked() == [True, False]


def test_a_doubtful_letter_is_sent_again_marked_behind_the_alert_that_came_meanwhile(tmp_path: Path) -> None:
    """A page of the report in doubt may wait for a minute; an alert must not."""
    fault = Fault(kind=FaultKind.RESET, method="sendMessage", accepted=True)

    async def scene(place: Town) -> None:
        async with place.life(
            msgspec.structs.replace(place.config(), doubt_min_s=2.0, doubt_max_s=2.0, retry_cap_s=2.0)
        ):
            write_letters(place.settings, letter())
            await place.until(lambda: [reason for _, reason in place.deliveries()] not in ([], [""]))
            decide(place.settings, alert())
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)

    place = play(tmp_path, scene, [fault])

    assert place.marked() == [False, False, True]
    assert place.texts()[1].startswith("🚨")


def test_what_cannot_be_put_into_words_is_given_up_and_the_alert_behind_it_comes(tmp_path: Path) -> None:
    """It lies on disk: if it ended the process, it would end it again at every start, and no alert would come."""
    endless = DailyReport(
        market=Market.KRX, session_date=DAY, opens_at=datetime.max.replace(tzinfo=UTC), page=1, pages=1, lines=[]
    )

    async def scene(place: Town) -> None:
        async with place.life():
            write_letters(place.settings, letter(1, endless, person_id=1), writer="analyst")
            await place.until(lambda: [state for state, _ in place.deliveries()] == ["dead"])
            assert "OverflowError" in place.deliveries()[0][1]
            decide(place.settings, alert())
            await place.until(lambda: [state for state, _ in place.deliveries()] == ["dead", "sent"])

    assert len(play(tmp_path, scene).texts()) == 1


def test_a_letter_that_cannot_be_read_is_left_out_and_the_alert_behind_it_comes(tmp_path: Path) -> None:
    """A damaged row is not a damaged actor."""

    async def scene(place: Town) -> None:
        async with place.life():
            pass
        write_letters(place.settings, letter())
        engine = open_store("feed", place.settings)
        with engine.begin() as connection:
            connection.execute(sql("UPDATE letters SET body = '{'"))
        engine.dispose()
        async with place.life():
            decide(place.settings, alert())
            await place.until(lambda: place.deliveries() == [("sent", "")])
            await place.until(lambda: place.mark("feed.letter_position") == "1")

    assert len(play(tmp_path, scene).texts()) == 1


def test_a_letter_of_a_newer_version_is_left_out_and_the_next_one_comes(tmp_path: Path) -> None:
    """After a downgrade the old words must not end the actor."""

    async def scene(place: Town) -> None:
        async with place.life():
            write_letters(place.settings, letter(1), letter(2))
            await place.until(lambda: place.deliveries() == [("sent", "")] * 2)
        write_letters(place.settings, letter(3), letter(4))
        engine = open_store("feed", place.settings)
        with engine.begin() as connection:
            connection.execute(sql("UPDATE letters SET body = '{\"kind\": \"unheard_of\"}' WHERE id = 'feed:test:3'"))
        engine.dispose()
        async with place.life():
            await place.until(lambda: place.deliveries() == [("sent", "")] * 3)

    assert play(tmp_path, scene).marked() == [False] * 3
