"""Write letters to people: on disk first, then the doorbell at telegram's inbox (`protocol.letters`).

What the disk does not take now is kept and written at the next `write` or `try_again`; its writer goes on meanwhile.
"""

from typing import Any

import msgspec
from sqlalchemy import Engine, Table, insert
from sqlalchemy.exc import IntegrityError, OperationalError

from actors.runtime.actor import Actor
from actors.runtime.boot import read_boot_id
from protocol.letters import Letter, kind_of
from protocol.messages import LettersWritten
from protocol.moments import to_ns

__all__ = ["Letters"]


class Letters:
    """The letters of one actor."""

    def __init__(self, actor: Actor[Any], engine: Engine, table: Table) -> None:
        """Write into *table* of *engine*, the actor's own database, which is durable."""
        self._actor = actor
        self._engine = engine
        self._insert = insert(table)
        self._boot_id = read_boot_id()
        self._unwritten: list[Letter] = []

    def write(self, letter: Letter) -> None:
        """Have *letter* brought; one whose id was used before is the same letter and goes no second time."""
        self._unwritten.append(letter)
        if len(self._unwritten) == 1:
            self.try_again()

    def try_again(self) -> None:
        """Write what the disk has not taken yet, if anything; to be called about once a second."""
        is_new = False
        while self._unwritten:
            try:
                is_new = self._put(self._unwritten[0]) or is_new
            except OperationalError as error:
                self._actor.log.warning("letter_not_written", letter_id=self._unwritten[0].id, reason=str(error.orig))
                break
            del self._unwritten[0]
        if is_new:
            self._actor.ports.send(LettersWritten(writer=self._actor.address.actor))

    def _put(self, letter: Letter) -> bool:
        """Put *letter* on disk, and say whether it was not there yet."""
        row = {
            "id": letter.id,
            "person_id": letter.person_id,
            "kind": kind_of(letter.matter),
            "body": msgspec.json.encode(letter.matter).decode(),
            "picture": letter.picture,
            "created_at_ns": to_ns(self._actor.clock.now()),
            "boot_id": self._boot_id,
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(self._insert, row)
        except IntegrityError:
            return False
        self._actor.log.info("letter_written", letter_id=letter.id)
        return True
