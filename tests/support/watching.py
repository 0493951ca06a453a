"""A watch list in telegram's database, for tests of those who follow it."""

from collections.abc import Iterable

from sqlalchemy import delete, insert

from actors.runtime.config import Settings
from actors.runtime.store import open_store
from protocol.tables.telegram import people, rules, watches
from tests.support.databases import lay_out

__all__ = ["write_watches"]


def write_watches(
    settings: Settings,
    symbols: Iterable[tuple[str, str, str]],
    sessions: str = "krx-regular us-regular",
    since_ns: int = 0,
) -> None:
    """Let one person who chose *sessions* watch *symbols*, each (symbol, name, venue), since then, and no others."""
    lay_out(settings, "telegram")
    rows = [
        {"person_id": 1, "symbol": symbol, "name": name, "venue": venue, "since_ns": since_ns}
        for symbol, name, venue in symbols
    ]
    person = {
        "id": 1,
        "name": "Anna",
        "user_id": 1001,
        "chat_id": 1001,
        "role": "operator",
        "language": "ko",
        "time_zone": "Asia/Seoul",
        "reachable": True,
        "joined_at_ns": 0,
        "sessions": sessions,
    }
    engine = open_store("telegram", settings)
    with engine.begin() as connection:
        connection.execute(delete(rules))
        connection.execute(delete(watches))
        connection.execute(delete(people))
        connection.execute(insert(people), person)
        if rows:
            connection.execute(insert(watches), rows)
    engine.dispose()
