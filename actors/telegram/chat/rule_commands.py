"""Commands about what somebody waits for: /level /alert /on /off; what stands behind them, `rule_words` says.

A rule has a number of the person's own: 3. An alert that came has one of the whole house: #13. Whoever gives one for
the other is told which it is, and nothing is done.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date

import msgspec

from actors.ledger.alerts import find_alert
from actors.market.sessions import zone_of
from actors.market.sigma import first_day_of_look_back
from actors.telegram.chat.buttons import Button
from actors.telegram.chat.calls import Call, Command, Group, Reply
from actors.telegram.chat.misused import Misused
from actors.telegram.chat.rule_words import (
    TO_DELETE,
    Wanted,
    is_number,
    is_of_alert,
    parse_levels,
    parse_number,
    parse_until,
    parse_wanted,
    without,
    without_rest,
)
from actors.telegram.chat.stocks import any_stock, own_stock
from actors.telegram.chat.targets import read_targets
from actors.telegram.people.access import MEMBERS
from actors.telegram.people.own_rules import Condition, OwnRule
from actors.telegram.people.person import Watch
from actors.telegram.people.rule_book import NoSuchRule, TooManyRules
from actors.telegram.people.watch_list import Ambiguous, NotWatched, TooMany
from actors.telegram.texts.rule_texts import Known, RuleTexts
from protocol.rules import Direction, Repetition

__all__ = ["COMMANDS", "known_of"]

LONGEST_WORDS = 64
WAITING = frozenset({"armed", "resting", "awaiting return"})
"""What evaluator calls a rule that alerts yet, or again, by itself."""
NEVER_DONE = frozenset({Repetition.REST, Repetition.CROSSING})
"""What alerts again by itself, whatever evaluator calls it."""
EXPIRED = "expired"
MOST_OFFERED = 12
"""More buttons are no choice; the others have their numbers."""


async def choose_levels(call: Call) -> Reply:
    """Alert at these σ levels: of one stock, or of all and of those to come."""
    try:
        words, levels = parse_levels(call.argument)
    except Misused:
        own = _own_stock(call) if call.argument else None
        if call.argument and own is None:
            raise
        return _show_levels(call, own)
    book, person_id, now_ns = call.office.rule_book, call.person.id, call.office.actor.clock.now_ns()
    watch = await _stock(call, words) if words else None
    if watch is None:
        has_changed = book.set_all_levels(person_id, levels, now_ns)
    else:
        call.office.watch_list.hold(call.person, watch)
        has_changed = book.set_levels(person_id, watch.symbol, levels, now_ns)
    call.office.watch_list.announce()
    texts = _texts(call)
    return Reply(texts.levels(texts.stock(watch), levels, has_changed=has_changed))


def _show_levels(call: Call, of: Watch | None) -> Reply:
    """Show at which σ levels all stocks alert, or *of* them one, and how that is changed."""
    watched = [watch for watch in call.office.register.watches_of(call.person.id) if of in {None, watch}]
    rules = call.office.rule_book.rules_of(call.person.id)
    text = _texts(call).present_levels(watched, rules)
    return Reply(f"{text}\n\n{call.answers.misused('level')}" if watched else call.answers.misused("level"))


async def wait_for(call: Call) -> Reply:
    """Show what the person waits for, wait for something more, or delete a rule."""
    first, _, rest = call.argument.partition(" ")
    if not first:
        return await _show(call)
    if first.lower() in TO_DELETE:
        return await _with_rule(call, rest, lambda rule: _change(call, "deleted", rule, call.office.rule_book.delete))
    try:
        watched = call.office.register.watches_of(call.person.id)
        wanted = parse_wanted(call.argument, {watch.symbol for watch in watched})
    except Misused:
        own = _own_stock(call)
        if own is None:
            raise
        return await _show(call, own)
    return await _put(call, wanted)


async def pause(call: Call) -> Reply:
    """Let a rule raise nothing until it is resumed; without a number, offer those that could be."""
    if (choice := await _offer(call, "off", are_paused=False)) is not None:
        return choice
    return await _with_rule(
        call, call.argument, lambda rule: _change(call, "paused", rule, call.office.rule_book.pause)
    )


async def resume(call: Call) -> Reply:
    """Let a paused rule go on, arm one anew that has told all that it was to tell, and leave any other as it is.

    With a day behind the number it goes on until then: one whose last day is over cannot do so otherwise. Without a
    number, those that are paused are offered.
    """
    if (choice := await _offer(call, "on", are_paused=True)) is not None:
        return choice
    named, _, until = call.argument.partition(" ")
    last_day = parse_until(until) if until else None
    return await _with_rule(call, named, lambda rule: _resume(call, rule, last_day))


async def _resume(call: Call, rule: OwnRule, last_day: date | None) -> Reply:
    book, texts, now_ns = call.office.rule_book, _texts(call), call.office.actor.clock.now_ns()
    known = (await known_of(call, {rule.symbol}))[rule.symbol]
    today = _today(call, known.watch)
    if last_day is not None and last_day < today:
        return Reply(texts.past(last_day))
    is_over = rule.expires_on is not None and (rule.expires_on < today or known.stages.get(rule.id) == EXPIRED)
    if is_over and last_day is None:
        return Reply(texts.over(rule, known, f"{today.year + 1}-12-31"))
    if last_day is not None or rule.is_paused:
        return await _change(
            call, "resumed", rule, lambda person_id, number: book.resume(person_id, number, now_ns, last_day)
        )
    if _is_waiting(rule, known):
        return Reply(texts.is_there(rule, known))
    return await _change(call, "begun-anew", rule, lambda person_id, number: book.begin_anew(person_id, number, now_ns))


def _today(call: Call, watch: Watch) -> date:
    """Return the day on which the stock of *watch* trades now, or could."""
    return call.office.actor.clock.now().astimezone(zone_of(watch.venue)).date()


def _is_waiting(rule: OwnRule, known: Known) -> bool:
    """Say whether *rule* alerts yet, or again, by itself; begun anew it would alert within its rest."""
    return rule.repetition in NEVER_DONE or known.stages.get(rule.id) in WAITING


async def _offer(call: Call, command: str, *, are_paused: bool) -> Reply | None:
    """Return a button for each rule that *command* may be about, where none is named, or a stock of the person's alone.

    None where a number is, or nothing could be offered.
    """
    everything = call.office.rule_book.rules_of(call.person.id)
    of = None if is_number(call.argument) else _own_stock(call)
    if call.argument and (of is None or any(rule.id == call.argument for rule in everything)):
        return None
    rules = [rule for rule in everything if rule.is_paused is are_paused]
    offered = [rule for rule in rules if of is None or rule.symbol == of.symbol][:MOST_OFFERED]
    known = await known_of(call, {rule.symbol for rule in offered})
    texts = _texts(call)
    buttons = [
        [Button(texts.labelled(rule, known[rule.symbol]), f"{command} {rule.id}")]
        for rule in offered
        if rule.symbol in known
    ]
    return Reply(call.answers.misused(command), buttons) if buttons else None


async def _with_rule(call: Call, said: str, act: Callable[[OwnRule], Awaitable[Reply]]) -> Reply:
    """Return what *act* answers of the rule that is *said*, by its number, or by its id, which a button has."""
    rules = call.office.rule_book.rules_of(call.person.id)
    named = next((rule for rule in rules if rule.id == said), None)
    number = named.number if named else parse_number(said)
    rule = named or next((rule for rule in rules if rule.number == number and not is_of_alert(said)), None)
    return await act(rule) if rule else await _tell_no_rule(call, number, rules)


async def _tell_no_rule(call: Call, number: int, rules: Sequence[OwnRule]) -> Reply:
    """Say that no rule has that *number*, and where an alert of the person's has it, what it is."""
    texts = _texts(call)
    alert = await asyncio.to_thread(find_alert, call.office.actor.settings, str(number))
    if alert is None or alert.person_id != call.person.id:
        return Reply(texts.no_such(number))
    behind = next((rule for rule in rules if rule.id == alert.rule_id), None)
    return Reply(texts.is_an_alert(alert, behind))


async def _change(call: Call, what: str, rule: OwnRule, change: Callable[[int, int], OwnRule]) -> Reply:
    """Have *change* done to a *rule*, of a person and by its number, and say *what* it was."""
    texts = _texts(call)
    try:
        rule = change(call.person.id, rule.number)
    except NoSuchRule:
        return Reply(texts.no_such(rule.number))
    call.office.actor.log.info("rule_changed", change=what, rule=rule.id)
    call.office.watch_list.announce()
    known = await known_of(call, {rule.symbol})
    return Reply(texts.changed(what, rule, known[rule.symbol]))


def _own_stock(call: Call) -> Watch | None:
    """Return the stock of the person's own that is all that was said, None if it is none or not surely one."""
    try:
        return own_stock(call, call.argument)
    except (Ambiguous, NotWatched):
        return None


async def _show(call: Call, of: Watch | None = None) -> Reply:
    """Show all rules, or those *of* one stock."""
    everything = call.office.rule_book.rules_of(call.person.id)
    rules = [rule for rule in everything if of is None or rule.symbol == of.symbol]
    known = await known_of(call, {rule.symbol for rule in rules})
    return Reply(_texts(call).listing(rules, known))


async def _put(call: Call, wanted: Wanted) -> Reply:
    office, condition, texts = call.office, wanted.condition, _texts(call)
    watch = await _stock(call, wanted.words)
    today = _today(call, watch)
    if condition.expires_on is not None and condition.expires_on < today:
        return Reply(texts.past(condition.expires_on))
    since = condition.high_since
    if since is not None and not first_day_of_look_back(today) < since < today:
        return Reply(texts.not_a_year(since))
    try:
        known = (await _known(call, [watch]))[watch.symbol]
        # Both at once: a rule without its stock would be one that nothing shows.
        office.watch_list.hold(call.person, watch)
        wished = _directed(condition, known)
        there = _same_rule(call, watch.symbol, wished)
        if there is not None and not there.is_paused and _is_waiting(there, known):
            return Reply(texts.is_there(there, known))
        rule = _begin(call, watch.symbol, wished, there)
    except TooMany as error:
        return Reply(call.answers.too_many(error.most, error.example))
    except TooManyRules as error:
        return Reply(texts.too_many(error.most))
    office.actor.log.info("rule_put", rule=rule.id)
    office.watch_list.announce()
    known = known.without_stage(rule.id)
    text = texts.put(rule, known, is_guessed=condition.direction is None and not known.price_or_base)
    warning = texts.reached_already(rule, known, without_rest(call.argument))
    return Reply(f"{text}\n\n{warning}" if warning else text)


def _begin(call: Call, symbol: str, condition: Condition, there: OwnRule | None) -> OwnRule:
    """Let the person wait for *condition*; a paused rule that is *there* goes on, if it alerts again by itself."""
    office, person_id, now_ns = call.office, call.person.id, call.office.actor.clock.now_ns()
    if there is not None and there.is_paused and there.repetition in NEVER_DONE:
        return office.rule_book.resume(person_id, there.number, now_ns)
    band, most = office.actor.config.crossing_band, office.actor.config.most_rules
    return office.rule_book.put(person_id, symbol, condition, band=band, most=most, now_ns=now_ns)


def _same_rule(call: Call, symbol: str, condition: Condition) -> OwnRule | None:
    """Return the rule of the person's that waits for *condition* just so, be it paused."""
    rules = call.office.rule_book.rules_of(call.person.id)
    return next((rule for rule in rules if rule.symbol == symbol and _is_as(rule, condition)), None)


def _is_as(rule: OwnRule, condition: Condition) -> bool:
    names = condition.__struct_fields__
    return all(getattr(rule, name) == getattr(condition, name) for name in names)


def _directed(condition: Condition, known: Known) -> Condition:
    """Return *condition* with a direction: a price above the present one is waited for from below.

    Where neither a price nor a base price is known, a fall is meant: people wait here to buy.
    """
    if condition.direction is not None:
        return condition
    price_now = known.price_or_base
    is_above = price_now > 0 and condition.level > price_now
    return msgspec.structs.replace(condition, direction=Direction.ABOVE if is_above else Direction.BELOW)


async def _stock(call: Call, words: str) -> Watch:
    """Return the stock that is meant; where several may be, each gets a button with the rest of the command."""
    return await any_stock(call, words[:LONGEST_WORDS], without(call.argument, words))


async def known_of(call: Call, symbols: Collection[str]) -> dict[str, Known]:
    """Return what is known of those of *symbols* that the person watches now, the longest watched first."""
    watched = call.office.register.watches_of(call.person.id)
    return await _known(call, [watch for watch in watched if watch.symbol in symbols])


async def _known(call: Call, watches: Sequence[Watch]) -> dict[str, Known]:
    office, symbols = call.office, [watch.symbol for watch in watches]
    targets = read_targets(office.actor.settings, symbols)
    prices = await office.glance.prices()
    stages = await office.glance.stages(symbols)
    return {
        watch.symbol: Known(
            watch=watch, target=targets.get(watch.symbol), price=prices.get(watch.symbol), stages=stages
        )
        for watch in watches
    }


def _texts(call: Call) -> RuleTexts:
    return RuleTexts(call.answers.words)


COMMANDS: Sequence[Command] = (
    Command(name="alert", group=Group.RULES, run=wait_for, who=MEMBERS, korean=("알림",)),
    Command(name="level", group=Group.RULES, run=choose_levels, who=MEMBERS, korean=("단계", "레벨")),
    Command(name="off", group=Group.RULES, run=pause, who=MEMBERS, korean=("끄기",)),
    Command(name="on", group=Group.RULES, run=resume, who=MEMBERS, korean=("켜기",)),
)
