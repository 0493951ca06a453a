"""What us_poller reads of telegram's database."""

from pathlib import Path

from sqlalchemy import insert, select

from actors.market.choices import parse_choices
from actors.runtime.plain_reader import read_plain
from actors.runtime.store import open_store
from actors.us_poller.core import Watched
from actors.us_poller.store import read_watches
from protocol.messages import Venue
from protocol.tables.telegram import people, watches
from tests.support.actor import make_settings
from tests.support.watching import write_watches


def test_each_symbol_is_read_once_with_what_any_of_its_people_chose(tmp_path: Path) -> None:
    """One who is awake before the open is enough for the price to be asked then."""
    settings = make_settings(tmp_path)
    write_watches(settings, [("SOXL", "SOXL", "AMEX"), ("122630", "KODEX 레버리지", "KRX")], sessions="us-regular")
    store = open_store("telegram", settings)
    with store.begin() as connection:
        first = connection.execute(select(people)).one()._asdict()
        second = first | {"id": 2, "user_id": 1002, "sessions": "us-pre us-after"}
        connection.execute(insert(people), second)
        watch = {"person_id": 2, "symbol": "SOXL", "name": "SOXL", "venue": "AMEX", "since_ns": 0}
        connection.execute(insert(watches), watch)
    store.dispose()

    assert read_plain("telegram", settings, read_watches) == [
        Watched("122630", Venue.KRX, parse_choices("us-regular")),
        Watched("SOXL", Venue.AMEX, parse_choices("us-regular us-pre us-after")),
    ]
