"""Write letters to people: on disk first, then the doorbell at telegram's inbox (`protocol.letters`).

What the disk does not take now is kept and written at the next `write` or `try_again`; its writer goes on meanwhile.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import OperationalError

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
        self._insert = upsert(table).on_conflict_do_nothing()
        self._boot_id = read_boot_id()
        self._unwritten: list[Letter] = []

    def write(self, letter: Letter) -> None:
        """Have *letter* brought; one whose id was used before is the same letter and goes no second time."""
        self._unwritten.append(letter)
        if len(self._unwritten) == 1:
            self.try_again()

    def put(self, connection: Connection, letter: Letter) -> bool:
        """Put *letter* on disk with what else the transaction of *connection* writes, and say whether it was not there.

        Nobody is rung for: for a writer who brings letters himself, and looks.
        """
        row = {
            "id": letter.id,
            "person_id": letter.person_id,
            "kind": kind_of(letter.matter),
            "body": msgspec.json.encode(letter.matter).decode(),
            "picture": letter.picture,
            "created_at_ns": to_ns(self._actor.clock.now()),
            "boot_id": self._boot_id,
        }
        return connection.execute(self._insert, row).rowcount > 0

    def write_together(self, letters: Iterable[Letter], also: Callable[[Connection], None]) -> bool:
        """Have *letters* brought and what *also* executes written, all or nothing; say whether the disk took it."""
        written = list(letters)
        try:
            with self._engine.begin() as connection:
                also(connection)
                new = [letter for letter in written if self.put(connection, letter)]
        except OperationalError as error:
            self._tell_refused(error)
            return False
        self._ring(new)
        return True

    def try_again(self) -> None:
        """Write what the disk has not taken yet, if anything; to be called about once a second."""
        new = []
        while self._unwritten:
            letter = self._unwritten[0]
            try:
                with self._engine.begin() as connection:
                    new += [letter] if self.put(connection, letter) else []
            except OperationalError as error:
                self._tell_refused(error)
                break
            del self._unwritten[0]
        self._ring(new)

    def _ring(self, new: list[Letter]) -> None:
        for letter in new:
            self._actor.log.info("letter_written", letter_id=letter.id)
        if new:
            self._actor.ports.send(LettersWritten(writer=self._actor.address.actor))

    def _tell_refused(self, error: OperationalError) -> None:
        self._actor.log.warning("letter_not_written", reason=str(error.orig))
