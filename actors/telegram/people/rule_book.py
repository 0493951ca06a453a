"""The table `rules`: what each person waits for, beside the watches that it belongs to. Durable.

A rule that changes, or begins anew, gets another version, which evaluator knows nothing of yet; one that is deleted
stays for its version, since an id that an alert has had must not be given twice. A pause keeps the version: what has
fired today, or for good, stays so, until it is asked for anew. Whatever writes may raise `TemporaryFailure`.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, insert, or_, select, update

from actors.runtime.errors import ActorError
from actors.telegram.people.own_rules import NO_LEVELS, Condition, OwnRule, SigmaLevel, write_levels
from actors.telegram.store import transaction
from protocol.rules import Direction, Repetition, RuleKind
from protocol.tables.telegram import people, rules, watches

__all__ = ["NoSuchRule", "RuleBook", "TooManyRules", "set_levels"]

NOT_WATCHED = {"active": False, "paused": False}


class NoSuchRule(ActorError):  # noqa: N818 - it states a fact
    """The person has no rule of that number."""


class TooManyRules(ActorError):  # noqa: N818 - it states a fact
    """The person has as many rules as one may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"expected at most {most} rules, found one more")
        self.most = most


class RuleBook:
    """The rules of all people."""

    def __init__(self, engine: Engine) -> None:
        """Work on *engine*, which is durable: what somebody was told is so must stay so."""
        self._connection = engine.connect()

    def rules_of(self, person_id: int) -> list[OwnRule]:
        """Return what the person has not deleted, in order of the numbers; what a newer version wrote is left out."""
        with self._connection.begin():
            rows = self._connection.execute(_kept(person_id).order_by(rules.c.number)).all()
        return [rule for row in rows if (rule := _read(row)) is not None]

    def rule(self, person_id: int, number: int) -> OwnRule:
        """Return the person's rule of that number; raises NoSuchRule."""
        found = next((rule for rule in self.rules_of(person_id) if rule.number == number), None)
        if found is None:
            message = f"expected the number of a rule of person {person_id}, found {number}"
            raise NoSuchRule(message)
        return found

    def put(self, person_id: int, symbol: str, condition: Condition, *, band: float, most: int, now_ns: int) -> OwnRule:
        """Let the person wait for *condition*, whose direction is known; one that waits for the same is changed.

        Args:
            person_id: who waits.
            symbol: of which stock.
            condition: for what, and how often it is told.
            band: of a crossing rule.
            most: how many rules one may have.
            now_ns: UTC epoch ns; a trade before is none of its business.

        Raises:
            TooManyRules: it would be one more.
        """
        same = [
            rules.c[name] == _stored(getattr(condition, name))
            for name in ("kind", "level", "direction", "paid", "high_since")
        ]
        row = {name: _stored(getattr(condition, name)) for name in condition.__struct_fields__}
        row |= {"active": True, "paused": False, "since_ns": now_ns}
        row["band"] = band if condition.repetition is Repetition.CROSSING else 0.0
        with transaction(self._connection):
            known = self._connection.execute(_kept(person_id).where(rules.c.symbol == symbol, *same)).first()
            if known is not None:
                number = known.number
                again = {**row, "version": known.version + 1}
                self._connection.execute(update(rules).where(rules.c.id == known.id).values(again))
            else:
                if len(self._connection.execute(_kept(person_id)).all()) >= most:
                    raise TooManyRules(most)
                number = _next_number(self._connection, person_id)
                row |= {"id": f"{person_id}-{symbol}-n{number}", "version": 1, "number": number}
                self._connection.execute(insert(rules), {**row, "person_id": person_id, "symbol": symbol})
        return self.rule(person_id, number)

    def set_levels(self, person_id: int, symbol: str, levels: Collection[SigmaLevel], now_ns: int) -> bool:
        """Let the person wait for these σ levels of *symbol*, and for no others; what is as it was goes on.

        Returns whether anything was otherwise.
        """
        with transaction(self._connection):
            return set_levels(self._connection, person_id, symbol, levels, now_ns)

    def set_all_levels(self, person_id: int, levels: Collection[SigmaLevel], now_ns: int) -> bool:
        """Do as `set_levels` does for all that the person watches and will watch."""
        chosen = {"levels": write_levels(levels) or NO_LEVELS}
        with transaction(self._connection):
            other = people.c.id == person_id, people.c.levels != chosen["levels"]
            has_changed = self._connection.execute(update(people).where(*other).values(chosen)).rowcount > 0
            watched = select(watches.c.symbol).where(watches.c.person_id == person_id)
            for symbol in list(self._connection.scalars(watched)):
                has_changed |= set_levels(self._connection, person_id, symbol, levels, now_ns)
        return has_changed

    def pause(self, person_id: int, number: int) -> OwnRule:
        """Have a rule raise nothing until it is resumed; raises NoSuchRule."""
        return self._change(self.rule(person_id, number), active=False, paused=True)

    def resume(self, person_id: int, number: int, now_ns: int, last_day: date | None = None) -> OwnRule:
        """Let a paused rule go on as it was left, but with what is traded from now on; raises NoSuchRule.

        With a *last_day* it is in force until then, so that one goes on, too, that is over.
        """
        until = {} if last_day is None else {"expires_on": last_day}
        return self._change(self.rule(person_id, number), active=True, paused=False, since_ns=now_ns, **until)

    def begin_anew(self, person_id: int, number: int, now_ns: int) -> OwnRule:
        """Arm a rule as if it had never fired; raises NoSuchRule."""
        return self._change(self.rule(person_id, number), since_ns=now_ns, version=rules.c.version + 1)

    def delete(self, person_id: int, number: int) -> OwnRule:
        """Have a rule raise nothing any more, and return what it was; raises NoSuchRule."""
        rule = self.rule(person_id, number)
        self._change(rule, **NOT_WATCHED)
        return rule

    def _change(self, rule: OwnRule, **columns: object) -> OwnRule:
        with transaction(self._connection):
            self._connection.execute(update(rules).where(rules.c.id == rule.id).values(columns))
            row = self._connection.execute(select(rules).where(rules.c.id == rule.id)).one()
        return _read(row) or rule


def set_levels(
    connection: Connection, person_id: int, symbol: str, levels: Collection[SigmaLevel], now_ns: int
) -> bool:
    """Let the person wait for these σ levels of *symbol* and for no others, within the caller's transaction.

    Returns whether anything was otherwise.
    """
    known = {
        row.id: row
        for row in connection.execute(
            select(rules).where(
                rules.c.person_id == person_id, rules.c.symbol == symbol, rules.c.kind == RuleKind.SIGMA.value
            )
        )
    }
    wanted = {f"{person_id}-{symbol}-{level}": level for level in levels}
    unwanted = [row.id for row in known.values() if row.id not in wanted and (row.active or row.paused)]
    new = {rule_id: level for rule_id, level in wanted.items() if rule_id not in known or not known[rule_id].active}
    for rule_id in unwanted:
        connection.execute(update(rules).where(rules.c.id == rule_id).values(NOT_WATCHED))
    for rule_id, level in new.items():
        row = known.get(rule_id)
        if row is None:
            first = {"id": rule_id, "version": 1, "person_id": person_id, "symbol": symbol, "level": level.level}
            first |= {"direction": level.direction.value, "number": _next_number(connection, person_id)}
            connection.execute(insert(rules), {**first, "active": True, "since_ns": now_ns})
        else:
            version = row.version if row.paused else row.version + 1
            again = {"version": version, "active": True, "paused": False, "since_ns": now_ns}
            connection.execute(update(rules).where(rules.c.id == rule_id).values(again))
    return bool(unwanted or new)


def _kept(person_id: int) -> Select[Any]:
    """Return what asks for the person's rules that are not deleted."""
    return select(rules).where(rules.c.person_id == person_id, or_(rules.c.active, rules.c.paused))


def _next_number(connection: Connection, person_id: int) -> int:
    highest = select(func.max(rules.c.number)).where(rules.c.person_id == person_id)
    return (connection.execute(highest).scalar() or 0) + 1


def _stored(value: object) -> object:
    return value.value if isinstance(value, RuleKind | Direction | Repetition) else value


def _read(row: Row[Any]) -> OwnRule | None:
    try:
        return OwnRule(
            id=row.id,
            number=row.number,
            symbol=row.symbol,
            kind=RuleKind(row.kind),
            level=row.level,
            direction=Direction(row.direction),
            paid=row.paid,
            high_since=row.high_since,
            repetition=Repetition(row.repetition),
            rest_s=row.rest_s,
            expires_on=row.expires_on,
            is_paused=row.paused,
        )
    except ValueError:
        return None
