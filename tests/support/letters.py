"""Letters for tests, and the databases of those who write them."""

import msgspec
from sqlalchemy import insert

from actors.runtime.config import Settings
from actors.runtime.store import open_store
from protocol.letters import THE_OPERATOR, AppKeyInUse, BackTested, DayChart, Letter, Matter, OwnFill, kind_of
from protocol.messages import Venue
from protocol.tables import METADATA_BY_WRITER
from tests.support.alerts import THIS_BOOT
from tests.support.market import DAY, NINE

__all__ = ["back_tested", "day_chart", "letter", "own_fill", "write_letters"]


def own_fill(**changes: object) -> OwnFill:
    """Return the filling of an order for ten shares of 005930."""
    plain = OwnFill(symbol="005930", name="삼성전자", venue=Venue.KRX, is_buy=True, quantity=10, price=70_600.0)
    return msgspec.structs.replace(plain, **changes)


def back_tested(**changes: object) -> BackTested:
    """Return what is told of a back test of 005930 that somebody asked for."""
    texts = {"ko": "제목\n돌려 봤어요.", "en": "Title\nPlayed."}
    plain = BackTested(symbol="005930", name="삼성전자", venue=Venue.KRX, texts=texts, asked_at=NINE)
    return msgspec.structs.replace(plain, **changes)


def day_chart(**changes: object) -> DayChart:
    """Return what is told of a picture of 005930's day that somebody asked for."""
    plain = DayChart(
        symbol="005930",
        name="삼성전자",
        venue=Venue.KRX,
        session_date=DAY,
        opens_at=NINE,
        base_price=72_665.0,
        sigma=0.01417,
        asked_at=NINE,
    )
    return msgspec.structs.replace(plain, **changes)


def letter(number: int = 1, matter: Matter | None = None, person_id: int = THE_OPERATOR, picture: str = "") -> Letter:
    """Return a letter of feed, by default to the operator."""
    return Letter(id=f"feed:test:{number}", person_id=person_id, matter=matter or AppKeyInUse(), picture=picture)


def write_letters(settings: Settings, *letters: Letter, writer: str = "feed", boot_id: str = THIS_BOOT) -> None:
    """Let *writer*'s database hold *letters*, as written in the boot of the machine named *boot_id*."""
    rows = [
        {
            "id": each.id,
            "person_id": each.person_id,
            "kind": kind_of(each.matter),
            "body": msgspec.json.encode(each.matter).decode(),
            "picture": each.picture,
            "created_at_ns": 1,
            "boot_id": boot_id,
        }
        for each in letters
    ]
    engine = open_store(writer, settings)
    with engine.begin() as connection:
        connection.execute(insert(METADATA_BY_WRITER[writer].tables["letters"]), rows)
    engine.dispose()
