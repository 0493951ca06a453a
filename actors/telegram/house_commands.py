"""Commands of the operator: /people /invite."""

from collections.abc import Sequence

from actors.telegram.access import OPERATORS, Role
from actors.telegram.calls import PRIVATELY, Call, Command, Misused, Reply
from actors.telegram.people_texts import invitation_text, person_line, role_name

__all__ = ["COMMANDS"]

INVITABLE = (Role.MEMBER, Role.VIEWER)
"""As what somebody is let in from the chat; another operator is made at the shell alone."""


async def show_people(call: Call) -> Reply:
    """Show everybody."""
    register, answers = call.office.register, call.answers
    lines = [person_line(person, len(register.watches_of(person.id)), answers) for person in register.people()]
    title = answers.words.say_count("people.title", len(lines))
    return Reply("\n".join([title, "", *lines, "", answers.say("people.how")]))


async def invite(call: Call) -> Reply:
    """Make an invitation."""
    wanted = call.argument.lower()
    roles = {name: role for role in INVITABLE for name in (role.value, role_name(role.value, call.answers).lower())}
    role = roles.get(wanted) if wanted else Role.MEMBER
    if role is None:
        message = f"expected viewer or nothing, found {call.argument!r}"
        raise Misused(message)
    invitation = call.office.membership.invite(role, call.person.id)
    return Reply(invitation_text(invitation, call.person.reader, call.answers))


COMMANDS: Sequence[Command] = (
    Command(name="people", run=show_people, who=OPERATORS, where=PRIVATELY, korean=("사람들",)),
    Command(name="invite", run=invite, who=OPERATORS, where=PRIVATELY, korean=("초대",)),
)
