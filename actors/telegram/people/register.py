"""Who the people are, how they came in, what they watch, and the rules that follow from it. Durable.

The people are few and only we write them, so they are kept in memory, too. Whatever writes may raise
`TemporaryFailure`: the disk is full or the database is locked.
"""

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from actors.market.choices import (
    SessionChoice,
    parse_choices,
    parse_moments,
    write_choices,
    write_moments,
)
from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.channel import Address
from actors.telegram.config import SeededPerson
from actors.telegram.people.access import OPERATOR, Role
from actors.telegram.people.own_rules import SigmaLevel, below, read_levels
from actors.telegram.people.person import NO_CHAT, Person, Watch
from actors.telegram.people.rule_book import set_levels
from actors.telegram.store import transaction
from actors.telegram.texts.alert_texts import Reader
from protocol.messages import Venue
from protocol.tables.telegram import (
    GONE,
    addresses,
    amounts,
    awaits_fall,
    invitations,
    is_here,
    people,
    rules,
    watches,
)

__all__ = ["Register"]


class Register:
    """The tables `people`, `addresses`, `invitations`, `watches` and `rules`."""

    def __init__(self, engine: Engine, language: str, time_zone: str) -> None:
        """Read the people.

        Args:
            engine: durable: who has been told "added" must stay added.
            language: of a new person, ko or en.
            time_zone: of a new person.
        """
        self._connection = engine.connect()
        self._language = language
        self._time_zone = time_zone
        self._people: dict[int, Person] = {}
        self._amounts: dict[int, dict[str, Decimal]] = {}
        with self._connection.begin():
            self._read_people()
            for row in self._connection.execute(select(amounts)):
                self._amounts.setdefault(row.person_id, {})[row.symbol] = Decimal(row.amount)

    @property
    def default_reader(self) -> Reader:
        """How somebody reads whom we do not know."""
        return Reader(self._language, ZoneInfo(self._time_zone))

    # -- people -------------------------------------------------------------------------------------------------

    def people(self) -> list[Person]:
        """Return everybody, the longest known first."""
        return [self._people[person_id] for person_id in sorted(self._people)]

    def person(self, person_id: int) -> Person | None:
        """Return the person of this number."""
        return self._people.get(person_id)

    def operator(self) -> Person | None:
        """Return whoever is the operator, of several the longest known."""
        return next((person for person in self.people() if person.role == OPERATOR), None)

    def person_of_user(self, user_id: int) -> Person | None:
        """Return the person behind a Telegram user id."""
        return next((person for person in self._people.values() if person.user_id == user_id), None)

    def seed(self, seeded: SeededPerson, levels: Collection[SigmaLevel], now_ns: int) -> bool:
        """Take *seeded* in with the watches that belong to it, and say whether the person is new."""
        with self._connection.begin():
            known = select(people.c.id).where(people.c.user_id == seeded.user_id)
            if self._connection.execute(known).first() is not None:
                return False
        with self._all_or_nothing():
            person_id = self._add_person(
                name=seeded.name,
                user_id=seeded.user_id,
                chat_id=seeded.chat_id,
                role=seeded.role,
                language=self._language,
                joined_at_ns=now_ns,
                sessions=write_choices(seeded.sessions),
            )
            for channel, address in seeded.addresses.items():
                _place(self._connection, person_id, channel, address, now_ns)
            for seed in seeded.watches:
                watch = Watch(symbol=seed.symbol, name=seed.name, venue=seed.venue)
                _start_watching(self._connection, person_id, watch, levels, now_ns)
            self._read_people()
        return True

    def remove(self, person_id: int) -> None:
        """Let somebody be a stranger again, who watches nothing; his number is never another's.

        What he was alerted of still names him, and he may be invited again.
        """
        with self._all_or_nothing():
            self._connection.execute(delete(watches).where(watches.c.person_id == person_id))
            self._connection.execute(delete(addresses).where(addresses.c.person_id == person_id))
            self._connection.execute(update(rules).where(rules.c.person_id == person_id).values(active=False))
            self._connection.execute(update(people).where(people.c.id == person_id).values(role=GONE))
            self._read_people()

    def set_role(self, person_id: int, role: Role) -> Person:
        """Give somebody another role, and return the person as it is then."""
        return self._change(person_id, role=role.value)

    def set_language(self, person_id: int, language: str) -> Person:
        """Speak to somebody in another language, and return the person as it is then."""
        return self._change(person_id, language=language)

    def tell_closed_days(self, person_id: int, *, wanted: bool) -> Person:
        """Let somebody be told, or not, that a market stays closed, and return the person as it is then."""
        return self._change(person_id, tells_closed_days=wanted)

    def _change(self, person_id: int, **columns: object) -> Person:
        with self._all_or_nothing():
            self._connection.execute(update(people).where(people.c.id == person_id).values(columns))
            self._read_people()
        return self._people[person_id]

    def admit(
        self,
        name: str,
        user_id: int,
        language: str,
        invitation: tuple[str, str],
        now_ns: int,
        *,
        also: Callable[[Connection, Person], None] = lambda _connection, _person: None,
    ) -> Person:
        """Take a stranger in, whose private chat has the number *user_id*, and use up the *invitation* (hash, role).

        What *also* writes of the person is written with it, all or nothing.
        """
        code_hash, role = invitation
        with self._all_or_nothing():
            person_id = self._add_person(
                name=name,
                user_id=user_id,
                chat_id=user_id,
                role=role,
                language=language,
                joined_at_ns=now_ns,
            )
            used = {"used_by": person_id, "used_at_ns": now_ns}
            found = self._connection.execute(
                update(invitations).where(invitations.c.code_hash == code_hash).values(used)
            )
            if not found.rowcount:
                self._connection.execute(insert(invitations), {"code_hash": code_hash, "role": role, **used})
            self._read_people()
            also(self._connection, self._people[person_id])
        return self._people[person_id]

    def set_reachable(self, person_id: int, *, reachable: bool) -> bool:
        """Note whether the person's chat takes our messages, and say whether that is new."""
        person = self._people.get(person_id)
        if person is None or person.reachable == reachable:
            return False
        with transaction(self._connection):
            self._connection.execute(update(people).where(people.c.id == person_id).values(reachable=reachable))
        self._people[person_id] = msgspec.structs.replace(person, reachable=reachable)
        return True

    def move_chat(self, old: int, new: int) -> list[Person]:
        """Let whoever gets messages in chat *old* get them in *new*, which is the same group; return those people."""
        moved = [person for person in self.people() if person.chat_id == old]
        if moved:
            with self._all_or_nothing():
                self._connection.execute(update(people).where(people.c.chat_id == old).values(chat_id=new))
                self._read_people()
        return moved

    def choose_sessions(self, person_id: int, sessions: Iterable[SessionChoice], now_ns: int) -> Person:
        """Let these *sessions*, and no others, alert the person, and return the person as it is then.

        What is new among them counts from *now_ns* on: what they did earlier today is no news.
        """
        chosen, before = frozenset(sessions), self._people[person_id].sessions
        with transaction(self._connection):
            kept = self._connection.execute(select(people.c.chosen_at).where(people.c.id == person_id)).scalar_one()
            moments = dict.fromkeys(chosen - before, now_ns) | {
                choice: at_ns for choice, at_ns in parse_moments(kept).items() if choice in chosen & before
            }
            changed = {"sessions": write_choices(chosen), "chosen_at": write_moments(moments)}
            self._connection.execute(update(people).where(people.c.id == person_id).values(changed))
        person = msgspec.structs.replace(self._people[person_id], sessions=chosen)
        self._people[person_id] = person
        return person

    # -- addresses ----------------------------------------------------------------------------------------------

    def add_without_chat(self, name: str, role: Role, channel: str, address: str, now_ns: int) -> Person:
        """Take somebody in who is not on Telegram, and is reached at *address* on *channel*."""
        with self._all_or_nothing():
            lowest = self._connection.scalar(select(func.min(people.c.user_id))) or 0
            person_id = self._add_person(
                name=name,
                # Telegram's are above zero.
                user_id=min(lowest, 0) - 1,
                chat_id=NO_CHAT,
                role=role.value,
                language=self._language,
                joined_at_ns=now_ns,
            )
            _place(self._connection, person_id, channel, address, now_ns)
            self._read_people()
        return self._people[person_id]

    def set_address(self, person_id: int, channel: str, address: str, now_ns: int) -> Person:
        """Reach somebody at *address* on *channel*, too, or no longer if that is empty; return the person as it is."""
        with self._all_or_nothing():
            if address:
                _place(self._connection, person_id, channel, address, now_ns)
            else:
                is_its = (addresses.c.person_id == person_id) & (addresses.c.channel == channel)
                self._connection.execute(delete(addresses).where(is_its))
            self._read_people()
        return self._people[person_id]

    # -- watches ------------------------------------------------------------------------------------------------

    def watches_of(self, person_id: int) -> list[Watch]:
        """Return what the person watches, the longest watched first."""
        statement = (
            select(watches).where(watches.c.person_id == person_id).order_by(watches.c.since_ns, watches.c.symbol)
        )
        with self._connection.begin():
            return [
                Watch(symbol=row.symbol, name=row.name, venue=Venue(row.venue))
                for row in self._connection.execute(statement)
            ]

    def levels_of(self, person_id: int) -> dict[str, tuple[float, ...]]:
        """Return how many σ below the base price the person waits for, by symbol, the nearest first."""
        statement = (
            select(rules.c.symbol, rules.c.level)
            .where(rules.c.person_id == person_id, awaits_fall)
            .order_by(rules.c.level)
        )
        levels: dict[str, tuple[float, ...]] = {}
        with self._connection.begin():
            for symbol, level in self._connection.execute(statement):
                levels[symbol] = (*levels.get(symbol, ()), level)
        return levels

    def all_symbols(self) -> list[str]:
        """Return every symbol that somebody watches, in order."""
        with self._connection.begin():
            return list(
                self._connection.execute(select(watches.c.symbol).distinct().order_by(watches.c.symbol)).scalars()
            )

    def watch(self, person_id: int, watch: Watch, levels: Collection[SigmaLevel], now_ns: int) -> None:
        """Let the person watch a symbol at *levels* from *now_ns* on."""
        with transaction(self._connection):
            _start_watching(self._connection, person_id, watch, levels, now_ns)

    def levels_for_new(self, person_id: int, otherwise: Iterable[float]) -> list[SigmaLevel]:
        """Return at which σ levels the person wants to be told of a new stock; *otherwise* where nothing was said."""
        with self._connection.begin():
            text = self._connection.execute(select(people.c.levels).where(people.c.id == person_id)).scalar()
        return read_levels(text) if text else below(otherwise)

    def forget(self, person_id: int, symbol: str) -> None:
        """Let the person watch *symbol* no longer; its rules stay, inactive, for their versions."""
        with transaction(self._connection):
            self._connection.execute(
                delete(watches).where(watches.c.person_id == person_id, watches.c.symbol == symbol)
            )
            self._connection.execute(
                update(rules)
                .where(rules.c.person_id == person_id, rules.c.symbol == symbol)
                .values(active=False, paused=False)
            )

    # -- amounts ------------------------------------------------------------------------------------------------

    def amounts_of(self, person_id: int) -> dict[str, Decimal]:
        """Return what the person spends on a purchase, by symbol or by market; see `actors.market.amounts`."""
        return dict(self._amounts.get(person_id, {}))

    def set_amount(self, person_id: int, symbol: str, amount: Decimal | None) -> None:
        """Let the person spend *amount* on *symbol*, or on a whole market; None: nothing is said of it any more."""
        is_its = (amounts.c.person_id == person_id) & (amounts.c.symbol == symbol)
        with transaction(self._connection):
            self._connection.execute(delete(amounts).where(is_its))
            if amount is not None:
                row = {"person_id": person_id, "symbol": symbol, "amount": str(amount)}
                self._connection.execute(insert(amounts), row)
        kept = self.amounts_of(person_id)
        kept.pop(symbol, None)
        self._amounts[person_id] = kept if amount is None else {**kept, symbol: amount}

    @contextlib.contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Write what the block writes of people, who are kept in memory as they were unless the disk took it all."""
        before = self._people
        try:
            with transaction(self._connection):
                yield
        except TemporaryFailure:
            self._people = before
            raise

    def _read_people(self) -> None:
        by_person: dict[int, dict[str, Address]] = {}
        for row in self._connection.execute(select(addresses)):
            by_person.setdefault(row.person_id, {})[row.channel] = Address(row.address)
        self._people = {
            row.id: Person(
                id=row.id,
                name=row.name,
                user_id=row.user_id,
                chat_id=row.chat_id,
                role=row.role,
                language=row.language,
                time_zone=row.time_zone,
                reachable=row.reachable,
                sessions=parse_choices(row.sessions),
                tells_closed_days=row.tells_closed_days,
                addresses=by_person.get(row.id, {}),
            )
            for row in self._connection.execute(select(people).where(is_here))
        }

    def _add_person(self, **columns: object) -> int:
        row = {"time_zone": self._time_zone, "reachable": True, **columns}
        added = upsert(people).values(row)
        # Somebody who was removed comes back under his old number.
        added = added.on_conflict_do_update(index_elements=[people.c.user_id], set_=row)
        key: int = self._connection.execute(added.returning(people.c.id)).scalar_one()
        return key


def _place(connection: Connection, person_id: int, channel: str, address: str, now_ns: int) -> None:
    placed = {"address": address, "since_ns": now_ns}
    added = upsert(addresses).values(person_id=person_id, channel=channel, **placed)
    connection.execute(added.on_conflict_do_update(index_elements=["person_id", "channel"], set_=placed))


def _start_watching(
    connection: Connection, person_id: int, watch: Watch, levels: Collection[SigmaLevel], now_ns: int
) -> None:
    row = {
        "person_id": person_id,
        "symbol": watch.symbol,
        "name": watch.name,
        "venue": watch.venue.value,
        "since_ns": now_ns,
    }
    connection.execute(insert(watches), row)
    set_levels(connection, person_id, watch.symbol, levels, now_ns)
