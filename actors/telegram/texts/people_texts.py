"""What is said of people: who they are to the bot, and how others come in. Plain text, which `wire` escapes."""

from actors.market.choices import SessionChoice
from actors.telegram.chat.answers import Answers
from actors.telegram.people.membership import Invitation
from actors.telegram.people.person import Person
from actors.telegram.texts.alert_texts import Reader, clean

__all__ = ["invitation_text", "me_text", "person_line", "role_name"]


def role_name(role: str, answers: Answers) -> str:
    """Return what somebody of *role* is called."""
    return answers.words.say_if_known(f"people.role.{role}") or role


def me_text(person: Person, watches: int, answers: Answers) -> str:
    """Tell *person* what is known of him; *watches* is how many stocks he watches."""
    sessions = [answers.say(f"people.session.{each.value}") for each in SessionChoice if each in person.sessions]
    text = answers.say(
        "people.me",
        name=clean(person.name),
        role=role_name(person.role, answers),
        language=answers.say("people.language"),
        zone=person.time_zone,
        sessions=", ".join(sessions) or "-",
    )
    return f"{text}\n{answers.words.say_count('people.my-watches', watches)}"


def person_line(person: Person, watches: int, answers: Answers) -> str:
    """Return the line of *person* in the list of people."""
    line = answers.say("people.line", name=clean(person.name), role=role_name(person.role, answers))
    line = f"{line} · {answers.words.say_count('people.watches', watches)}"
    return line if person.reachable else f"{line}\n  {answers.say('people.unreachable')}"


def invitation_text(invitation: Invitation, reader: Reader, answers: Answers) -> str:
    """Return *invitation* as it is handed on."""
    code, role = invitation.code, role_name(invitation.role.value, answers)
    until = f"{invitation.expires_at.astimezone(reader.zone):%Y-%m-%d %H:%M}"
    if invitation.link:
        return answers.say("people.invitation", link=invitation.link, code=code, role=role, until=until)
    return answers.say("people.invitation-without-link", code=code, role=role, until=until)
