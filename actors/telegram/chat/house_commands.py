"""Commands of the operator: /people /invite /say /feed /logs /reload."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from actors.runtime.errors import CommandRefused, Unanswered
from actors.telegram.chat.calls import PRIVATELY, Call, Command, Group, Reply
from actors.telegram.chat.log_tail import Remark, last_remarks
from actors.telegram.chat.misused import Expected, Misused
from actors.telegram.people.access import OPERATORS, Role
from actors.telegram.texts.alert_texts import Reader, clean
from actors.telegram.texts.facts import actor_name
from actors.telegram.texts.people_texts import invitation_text, person_line, role_name
from actors.words.catalogue import Words
from protocol.letters import Announcement, Letter

__all__ = ["COMMANDS"]

ANSWER_S = 2.0
CONFIRMED = "confirmed"
MOST_REMARKS = 10
INVITABLE = (Role.MEMBER, Role.VIEWER)
"""As what somebody is let in from the chat; another operator is made at the shell alone."""


READERS = ("feed", "us_poller", "evaluator")
"""Who beside analyst reads the watch list and the rules when they are said to have changed."""


class _Link(Struct, frozen=True):
    link: str
    phase: str
    trouble: str = ""


class _Stream(Struct, frozen=True):
    standing: str
    polled: bool = False


class _Subscriptions(Struct, frozen=True):
    """Feed's answer to `subscriptions`."""

    links: list[_Link]
    streams: list[_Stream]


async def show_people(call: Call) -> Reply:
    """Show everybody; whoever shall go is removed at the shell."""
    if call.argument:
        raise Misused(Expected.NOTHING, call.argument)
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
        raise Misused(Expected.ROLE, call.argument)
    invitation = call.office.membership.invite(role, call.person.id)
    return Reply(invitation_text(invitation, call.person.reader, call.answers))


async def say(call: Call) -> Reply:
    """Say something to everybody, in a letter, so that it comes however long Telegram is away."""
    if not call.argument:
        raise Misused(Expected.ANNOUNCEMENT)
    office = call.office
    matter = Announcement(by=call.person.name, text=call.argument)
    now_ns = office.actor.clock.now_ns()
    others = [person for person in office.register.people() if person.id != call.person.id]
    for person in others:
        office.letters.write(Letter(id=f"said-{now_ns}-{person.id}", person_id=person.id, matter=matter))
    return Reply(call.answers.words.say_count("house.said", len(others)))


async def show_feed(call: Call) -> Reply:
    """Show how the connections to KIS are, and what flows over them."""
    try:
        answer = await call.office.actor.ports.ask("feed", "subscriptions", timeout_s=ANSWER_S)
        told = msgspec.convert(answer, _Subscriptions)
    except (CommandRefused, msgspec.ValidationError) as error:
        message = f"expected feed to tell of its links, found {error}"
        raise Unanswered(message) from error
    links = [_link_line(link, call.answers.words) for link in told.links]
    live = sum(stream.standing == CONFIRMED for stream in told.streams)
    polled = sum(stream.polled for stream in told.streams)
    return Reply("\n".join([call.answers.say("house.feed", live=live, polled=polled, all=len(told.streams)), *links]))


def _link_line(link: _Link, words: Words) -> str:
    """Say how a link is; what troubles it is in the words of KIS, or of the log."""
    phase = words.say_if_known(f"house.phase.{link.phase.replace(' ', '-')}") or link.phase
    line = words.say("house.link", app_key=link.link, phase=phase)
    return f"{line}\n{clean(link.trouble)}" if link.trouble else line


class _Reloaded(Struct, frozen=True):
    """Analyst's answer to `reload`."""

    symbols: list[str]
    files: list[str]


async def reload(call: Call) -> Reply:
    """Have everybody read anew what can be without a restart, and say who does; `conf/` is read at a start alone."""
    words, office = call.answers.words, call.office
    analyst = actor_name("analyst", words)
    try:
        answer = await office.actor.ports.ask("analyst", "reload", timeout_s=office.actor.config.ask_timeout_s)
        told = msgspec.convert(answer, _Reloaded)
    except (CommandRefused, Unanswered, msgspec.ValidationError):
        lines = [f"❌ {analyst}: {words.say('answer.silent')}"]
    else:
        files = [f"✅ {analyst}: {words.say('house.files-again')}"] if told.files else []
        lines = [*files, f"✅ {analyst}: {words.say_count('house.targets-again', len(told.symbols))}"]
    office.watch_list.announce()
    readers = ", ".join(actor_name(actor, words) for actor in READERS)
    lines.append(f"✅ {readers}: {words.say('house.watches-again')}")
    return Reply("\n".join([words.say("house.reloading"), "", *lines, "", words.say("house.reload-conf")]))


async def show_logs(call: Call) -> Reply:
    """Show the last warnings and errors of all actors."""
    folder = call.office.actor.settings.logs_dir
    remarks = await asyncio.to_thread(last_remarks, folder, MOST_REMARKS)
    if not remarks:
        return Reply(call.answers.say("house.no-remarks"))
    lines = [_remark_line(remark, call.person.reader) for remark in remarks]
    return Reply("\n".join([call.answers.say("house.remarks"), "", *lines]))


def _remark_line(remark: Remark, reader: Reader) -> str:
    said = (remark.actor, remark.event, *map(clean, (remark.name, remark.symbol, remark.reason)))
    return " ".join([_clock_time(remark, reader), *filter(None, said)])


def _clock_time(remark: Remark, reader: Reader) -> str:
    try:
        return f"{datetime.fromisoformat(remark.at).astimezone(reader.zone):%m-%d %H:%M:%S}"
    except ValueError:
        return remark.at


COMMANDS: Sequence[Command] = (
    Command(name="people", group=Group.HOUSE, run=show_people, who=OPERATORS, where=PRIVATELY, korean=("사람들",)),
    Command(name="invite", group=Group.HOUSE, run=invite, who=OPERATORS, where=PRIVATELY, korean=("초대",)),
    Command(name="say", group=Group.HOUSE, run=say, who=OPERATORS, where=PRIVATELY, korean=("공지",)),
    Command(name="feed", group=Group.HOUSE, run=show_feed, who=OPERATORS, where=PRIVATELY, korean=("연결",)),
    Command(
        name="reload", group=Group.HOUSE, run=reload, who=OPERATORS, where=PRIVATELY, korean=("새로고침", "다시읽기")
    ),
    Command(name="logs", group=Group.HOUSE, run=show_logs, who=OPERATORS, where=PRIVATELY, korean=("기록보기",)),
)
