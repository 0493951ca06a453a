"""Commands about the stocks that somebody watches: /list /price /today /week /add /remove, and a stock's name alone."""

import re
from collections.abc import Sequence

import msgspec

from actors.market.names import search_key
from actors.market.symbols import as_code
from actors.telegram.chat.answers import WatchLine
from actors.telegram.chat.buttons import Button
from actors.telegram.chat.calls import Call, Command, Group, Reply
from actors.telegram.chat.choosing import choice_buttons
from actors.telegram.chat.commands import STOCK, parse_symbol
from actors.telegram.chat.misused import Expected, Misused
from actors.telegram.chat.stocks import any_stock, own_stock
from actors.telegram.people.access import MEMBERS
from actors.telegram.people.person import Watch
from actors.telegram.people.watch_list import AlreadyWatched, Ambiguous, NotFound, TooMany
from actors.telegram.texts.alert_texts import clean

__all__ = ["COMMANDS"]

LONGEST_WORDS = 64
BETWEEN = re.compile("[,\uff0c\u3001\n]")
MOST_AT_ONCE = 10
MOST_WORDS = 6
"""In a line without commas that are taken apart: each beginning of what is left is looked up."""
LONGEST_NAME = 6
"""Words; what is longer is a sentence."""
RESTING = "resting"
"""What evaluator calls a rule that has fired and is silent for a while."""


async def show_list(call: Call) -> Reply:
    """Show what the person watches."""
    return Reply(call.answers.watch_list(await _lines(call), may_add=call.may_add))


async def show_price(call: Call) -> Reply:
    """Show the price of one stock now, and how far away its targets are."""
    watch = await any_stock(call, call.argument)
    lines = [line for line in await _lines(call) if line.symbol == watch.symbol]
    if lines:
        text = call.answers.stock(lines[0])
        if lines[0].price is None:
            text += "\n\n" + call.answers.say("answer.price-awaited" if lines[0].is_trading else "answer.price-unknown")
        chart = Button(call.answers.say("alert.button.chart"), f"chart {as_code(watch.symbol)}")
        return Reply(text, [[chart]] if call.may_give("chart") else ())
    text = call.answers.say("answer.price-only-own", name=clean(watch.name) or watch.symbol, symbol=watch.symbol)
    button = Button(call.answers.say("answer.price-add"), f"add {as_code(watch.symbol)}")
    return Reply(text, [[button]] if call.may_add else ())


async def take_words(call: Call) -> Reply:
    """Show the price of the stock that is all that was written; where it is none, say where help is."""
    try:
        return await show_price(call) if _may_be_stock(call.argument) else Reply(call.answers.misused(""))
    except NotFound:
        return Reply(call.answers.misused(""))


def _may_be_stock(words: str) -> bool:
    """Say whether *words* are worth looking up: sentences are no names, and neither is what holds no letter."""
    is_short = len(words) <= LONGEST_WORDS and len(words.split()) <= LONGEST_NAME and "\n" not in words
    return is_short and bool(search_key(words))


async def _lines(call: Call) -> list[WatchLine]:
    """Return what the person watches, with what rests of it and what he is spared for now."""
    office, person_id, now_ns = call.office, call.person.id, call.office.actor.clock.now_ns()
    lines = await office.glance.watch_lines(call.person)
    stages = await office.glance.stages(line.symbol for line in lines)
    mutes = [mute for mute in office.hushes.of(person_id).mutes if mute.since_ns <= now_ns < mute.until_ns]

    def rests(line: WatchLine, level: float) -> bool:
        return stages.get(f"{person_id}-{line.symbol}-{level:g}") == RESTING

    return [
        msgspec.structs.replace(
            line,
            resting=frozenset(level for level in line.levels if rests(line, level)),
            is_muted=any(mute.covers(line.symbol, line.venue) for mute in mutes),
        )
        for line in lines
    ]


async def show_today(call: Call) -> Reply | None:
    """Have analyst write what the person waits for today, as the daily report does."""
    answer = await call.office.glance.order("report", call.person)
    return None if answer.get("reports") else Reply(call.answers.watch_list([], may_add=call.may_add))


async def show_week(call: Call) -> Reply | None:
    """Have analyst write what has come of the week up to now, as its summary does when it is over."""
    if call.argument:
        raise Misused(Expected.NOTHING, call.argument)
    answer = await call.office.glance.order("week", call.person)
    return None if answer.get("weeks") else Reply(call.answers.watch_list([], may_add=call.may_add))


async def add(call: Call) -> Reply:
    """Watch what is meant: symbols as their venues write them, or names, with commas between them."""
    wanted = [words for part in BETWEEN.split(call.argument) if (words := " ".join(part.split())[:LONGEST_WORDS])]
    if not wanted:
        raise Misused(Expected.STOCK)
    if len(wanted) == 1:
        return await _add_line(call, wanted[0])
    if len(wanted) > MOST_AT_ONCE:
        return Reply(call.answers.say("answer.too-many-at-once", most=MOST_AT_ONCE))
    texts: list[str] = []
    buttons: list[Sequence[Button]] = []
    for words in wanted:
        try:
            reply = await _add_line(call, words)
        except Ambiguous as error:
            reply = Reply(call.answers.choose(), choice_buttons("add", error))
        except NotFound:
            reply = Reply(call.answers.unknown(words))
        texts += [] if reply.text in texts else [reply.text]
        buttons += reply.buttons
    return Reply("\n".join(texts), buttons)


async def _add_line(call: Call, words: str) -> Reply:
    """Watch what *words* mean; where no stock is called so, they may be several without a comma, which are offered."""
    try:
        return await _add_one(call, words)
    except (Ambiguous, NotFound) as error:
        choices = error.choices if isinstance(error, Ambiguous) else ()
        if " " not in words or any(search_key(words) in search_key(choice.name) for choice in choices):
            raise
    several = await _several(call, words)
    choices = several or choices
    question = call.answers.choose() if choices else call.answers.unknown(words)
    codes, names = ", ".join(each.symbol for each in several), ", ".join(clean(each.name) for each in several)
    everything = [Button(call.answers.say("answer.add-all", names=names), f"add {codes}")] if len(several) > 1 else []
    buttons = [everything, *choice_buttons("add", Ambiguous(words, choices))]
    return Reply(f"{question}\n\n{call.answers.say('answer.commas')}", buttons)


async def _several(call: Call, words: str) -> list[Watch]:
    """Return the stocks that *words* surely mean one behind the other, none if a part of them may be another."""
    rest, found = words.split(), dict[str, Watch]()
    if len(rest) > MOST_WORDS:
        return []
    while rest:
        # That all of it is no name is known.
        for length in range(len(rest) if found else len(rest) - 1, 0, -1):
            try:
                watch = await any_stock(call, " ".join(rest[:length]))
            except (Ambiguous, NotFound):
                continue
            found[watch.symbol], rest = watch, rest[length:]
            break
        else:
            return []
    return list(found.values())


async def _add_one(call: Call, said: str) -> Reply:
    words = parse_symbol(said) or said
    try:
        watch = await call.office.watch_list.add(call.person, words)
    except AlreadyWatched as error:
        return Reply(call.answers.watched(error.watch.symbol, error.watch.name))
    except TooMany as error:
        return Reply(call.answers.too_many(error.most, error.example))
    return Reply(call.answers.added(watch.symbol, watch.name))


async def remove(call: Call) -> Reply:
    """Watch a symbol no longer."""
    watch = call.office.watch_list.remove(call.person, own_stock(call, call.argument).symbol)
    return Reply(call.answers.removed(watch.symbol, watch.name))


COMMANDS: Sequence[Command] = (
    Command(name="list", group=Group.DAILY, run=show_list, korean=("목록",)),
    Command(name="price", group=Group.DAILY, run=show_price, korean=("가격", "현재가")),
    Command(name=STOCK, run=take_words, korean=("종목",)),
    Command(name="today", group=Group.DAILY, run=show_today, korean=("오늘",)),
    Command(name="week", group=Group.PAST, run=show_week, korean=("이번주", "한주", "주간")),
    Command(name="add", group=Group.DAILY, run=add, who=MEMBERS, korean=("추가",)),
    Command(name="remove", group=Group.DAILY, run=remove, who=MEMBERS, korean=("빼기", "삭제")),
)
