"""Which sessions may alert."""

import pytest

from actors.market.choices import (
    REGULAR_ONLY,
    SessionChoice,
    choice_of,
    parse_choices,
    parse_moments,
    write_choices,
    write_moments,
)
from protocol.messages import Session, Venue


@pytest.mark.parametrize("venue", Venue)
@pytest.mark.parametrize("session", Session)
def test_every_session_can_be_chosen_but_the_one_at_yesterdays_close(venue: Venue, session: Session) -> None:
    """A session without a choice would be silent for ever."""
    is_at_yesterdays_close = (venue, session) == (Venue.KRX, Session.PRE_MARKET)

    assert (choice_of(venue, session) is None) is is_at_yesterdays_close


def test_the_regular_sessions_are_what_nobody_need_choose() -> None:
    """Whoever never heard of NXT is alerted as ever."""
    regular = {choice_of(venue, Session.REGULAR) for venue in Venue if venue is not Venue.NXT}

    assert regular == REGULAR_ONLY


def test_choices_come_back_from_the_store_and_what_is_unknown_chooses_nothing() -> None:
    """After a downgrade a new session's name must not end the actor."""
    for choice in SessionChoice:
        assert parse_choices(write_choices([choice])) == {choice}
    assert parse_choices("nxt moon") == {SessionChoice.NXT}
    assert parse_choices("") == frozenset()


def test_the_moments_of_choices_come_back_from_the_store() -> None:
    """Forgotten, the whole past of a session would count again."""
    moments = {SessionChoice.NXT: 7, SessionChoice.US_AFTER: 1_764_205_200_000_000_000}

    assert parse_moments(write_moments(moments)) == moments
    assert parse_moments("moon=3 nxt=7") == {SessionChoice.NXT: 7}
    assert parse_moments("") == {}
