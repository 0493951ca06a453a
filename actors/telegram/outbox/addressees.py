"""Who gets something, and where: by each of a person's channels, on each a delivery with its own turn and doubts."""

from typing import NamedTuple

import msgspec

from actors.ledger.rows import TELEGRAM
from actors.market.amounts import amount_for
from actors.telegram.outbox.deliveries import Content, Delivery
from actors.telegram.people.person import Person
from actors.telegram.people.register import Register
from actors.telegram.texts.alert_texts import Reader
from protocol.letters import THE_OPERATOR, Letter
from protocol.messages import Alert
from protocol.rehearsal import HIDDEN_CHAT, NOBODY, is_rehearsal, rehearsal_addressee

__all__ = ["Addressee", "Addressees"]


class Addressee(NamedTuple):
    """Who gets something, and by which way; see `Delivery`."""

    person_id: int
    channel: str
    chat_id: int


class Addressees:
    """Everybody in *register*; a rehearsal for nobody goes to *self_test_chat_id*, 0 for no chat."""

    def __init__(self, register: Register, self_test_chat_id: int) -> None:
        self._register = register
        self._hidden = Addressee(NOBODY, TELEGRAM, self_test_chat_id or HIDDEN_CHAT)

    def of(self, content: Content) -> list[Addressee]:
        """Return everywhere that *content* goes; nowhere if its person is not known."""
        person_id = content.person_id
        if isinstance(content, Alert) and is_rehearsal(content.symbol):
            person_id = rehearsal_addressee(person_id)
            if person_id == NOBODY:
                return [self._hidden]
        person = self._register.person(person_id)
        if isinstance(content, Letter) and person_id == THE_OPERATOR:
            person = self._register.operator()
        return [] if person is None else _places_of(person)

    def address_of(self, delivery: Delivery) -> str:
        """Return what the place of a delivery is called on its channel, empty where its person has none any more.

        Whoever was removed has none anywhere; a rehearsal for nobody has no person from the start.
        """
        person = self._register.person(delivery.person_id)
        if person is None and delivery.person_id != NOBODY:
            return ""
        if delivery.channel == TELEGRAM:
            return str(delivery.chat_id)
        return "" if person is None else person.addresses.get(delivery.channel, "")

    def followed(self, delivery: Delivery) -> Delivery:
        """Return what an earlier life left in the chat that its person has now: a group's may have moved."""
        person = self._register.person(delivery.person_id)
        if delivery.channel != TELEGRAM or person is None or not person.has_chat:
            return delivery
        return delivery.in_chat(person.chat_id)

    def reader_of(self, delivery: Delivery) -> Reader:
        """Return how the person of a delivery reads, and what he would buy."""
        person = self._register.person(delivery.person_id)
        if person is None:
            return self._register.default_reader
        content = delivery.content
        if not isinstance(content, Alert):
            return person.reader
        amount = amount_for(self._register.amounts_of(person.id), content.symbol, content.venue.market)
        return msgspec.structs.replace(person.reader, amount=amount)


def _places_of(person: Person) -> list[Addressee]:
    chat = [Addressee(person.id, TELEGRAM, person.chat_id)] if person.has_chat else []
    return chat + [Addressee(person.id, channel, person.id) for channel in person.addresses]
