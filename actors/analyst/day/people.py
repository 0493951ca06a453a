"""Who is told of the day: the people in telegram's database, with what each of them watches at which levels."""

from decimal import Decimal

from sqlalchemy import Engine, select

from actors.analyst.day.person import Person, PersonalWatch
from actors.market.amounts import amount_for
from actors.runtime.config import Settings
from actors.runtime.errors import CommandRefused
from actors.runtime.store import open_reader
from protocol.messages import Venue
from protocol.moments import from_ns
from protocol.tables.telegram import amounts, awaits_fall, is_here, people, rules, watches

__all__ = ["find_person", "load_people", "read_people"]

OPERATOR = "operator"


def load_people(settings: Settings) -> list[Person]:
    """Return everybody who was not removed; nobody while telegram has not made its database."""
    reader = open_reader("telegram", settings)
    if reader is None:
        return []
    try:
        return read_people(reader)
    finally:
        reader.dispose()


def find_person(known: list[Person], wanted: int | str) -> Person:
    """Return whom of *known* is meant, by number or name; nobody in particular is the operator.

    Raises:
        CommandRefused: there is no such person.
    """
    for person in known:
        if person.role == OPERATOR if wanted == "" else wanted in {person.id, str(person.id), person.name}:
            return person
    names = ", ".join(f"{person.id} {person.name}" for person in known) or "nobody"
    message = f"expected one of {names}; found {wanted or 'no operator'}"
    raise CommandRefused(message)


def read_people(reader: Engine) -> list[Person]:
    """Return everybody of telegram's database who was not removed, the longest known first."""
    by_age = select(watches).order_by(watches.c.since_ns, watches.c.symbol)
    active = select(rules).where(awaits_fall).order_by(rules.c.level)
    with reader.connect() as connection:
        levels: dict[tuple[int, str], list[float]] = {}
        for row in connection.execute(active):
            levels.setdefault((row.person_id, row.symbol), []).append(row.level)
        spent: dict[int, dict[str, Decimal]] = {}
        for row in connection.execute(select(amounts)):
            spent.setdefault(row.person_id, {})[row.symbol] = Decimal(row.amount)
        watched: dict[int, list[PersonalWatch]] = {}
        for row in connection.execute(by_age):
            watch = PersonalWatch(
                symbol=row.symbol,
                name=row.name,
                venue=Venue(row.venue),
                levels=tuple(levels.get((row.person_id, row.symbol), ())),
                amount=amount_for(spent.get(row.person_id, {}), row.symbol, Venue(row.venue).market),
                since=from_ns(row.since_ns),
            )
            watched.setdefault(row.person_id, []).append(watch)
        return [
            Person(
                id=row.id,
                name=row.name,
                role=row.role,
                wants_closed_days=row.tells_closed_days,
                watches=tuple(watched.get(row.id, ())),
            )
            for row in connection.execute(select(people).where(is_here).order_by(people.c.id))
        ]
