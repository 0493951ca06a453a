"""Which streams people want."""

from pathlib import Path

from sqlalchemy import insert

from actors.feed.watch_list import read_streams
from actors.kis.messages import Stream
from actors.runtime.config import Settings
from actors.runtime.store import open_reader, open_store
from protocol.tables.telegram import people, watches
from tests.support.actor import make_settings
from tests.support.databases import lay_out


def add(settings: Settings, *watched: tuple[int, str, str]) -> None:
    """Let people (by number) watch symbols of venues."""
    store = open_store("telegram", settings)
    with store.begin() as connection:
        for number in sorted({person for person, _, _ in watched}):
            connection.execute(
                insert(people).prefix_with("OR IGNORE"),
                {
                    "id": number,
                    "name": str(number),
                    "user_id": number,
                    "chat_id": number,
                    "role": "member",
                    "language": "ko",
                    "time_zone": "Asia/Seoul",
                    "reachable": True,
                    "joined_at_ns": 0,
                },
            )
        for person, symbol, venue in watched:
            row = {"person_id": person, "symbol": symbol, "name": symbol, "venue": venue, "since_ns": 0}
            connection.execute(insert(watches), row)
    store.dispose()


def test_the_korean_symbols_of_all_people_are_wanted_most_watched_first(tmp_path: Path) -> None:
    """Where room is short, what most people watch comes first; US symbols are the poller's."""
    settings = make_settings(tmp_path)
    lay_out(settings, "telegram")
    add(settings, (1, "122630", "KRX"), (1, "SOXL", "AMEX"), (1, "000660", "KRX"), (2, "122630", "KRX"))
    telegram = open_reader("telegram", settings)
    assert telegram is not None

    assert read_streams(telegram) == (Stream("H0STCNT0", "122630"), Stream("H0STCNT0", "000660"))
    telegram.dispose()
