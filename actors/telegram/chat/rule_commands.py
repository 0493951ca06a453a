"""Commands about what somebody waits for: /level /alert /on /off; what stands behind them, `rule_words` says."""

from collections.abc import Callable, Collection, Sequence

import msgspec

from actors.market.sigma import first_day_of_look_back
from actors.telegram.chat.calls import Call, Command, Group, Reply
from actors.telegram.chat.misused import Misused
from actors.telegram.chat.rule_words import (
    TO_DELETE,
    Wanted,
    parse_levels,
    parse_number,
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
        return await _delete(call, parse_number(rest))
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
    """Let a rule raise nothing until it is resumed."""
    number = _number(call)
    return await _change(call, "paused", number, lambda: call.office.rule_book.pause(call.person.id, number))


async def resume(call: Call) -> Reply:
    """Let a paused rule go on, arm one anew that has told all that it was to tell, and leave any other as it is."""
    number, now_ns, book = _number(call), call.office.actor.clock.now_ns(), call.office.rule_book
    rule = next((rule for rule in book.rules_of(call.person.id) if rule.number == number), None)
    if rule is not None and rule.is_paused:
        return await _change(call, "resumed", number, lambda: book.resume(call.person.id, number, now_ns))
    if rule is not None:
        known = (await known_of(call, {rule.symbol}))[rule.symbol]
        if rule.expires_on is not None and known.stages.get(rule.id) == EXPIRED:
            return Reply(_texts(call).past(rule.expires_on))
        if _is_waiting(rule, known):
            return Reply(_texts(call).is_there(rule, known))
    return await _change(call, "begun-anew", number, lambda: book.begin_anew(call.person.id, number, now_ns))


def _is_waiting(rule: OwnRule, known: Known) -> bool:
    """Say whether *rule* alerts yet, or again, by itself; begun anew it would alert within its rest."""
    return rule.repetition in NEVER_DONE or known.stages.get(rule.id) in WAITING


def _number(call: Call) -> int:
    """Return the number of the rule that is meant: the argument itself, or a rule's id, which a button has."""
    rules = call.office.rule_book.rules_of(call.person.id)
    named = [rule.number for rule in rules if rule.id == call.argument]
    return named[0] if named else parse_number(call.argument)


async def _delete(call: Call, number: int) -> Reply:
    return await _change(call, "deleted", number, lambda: call.office.rule_book.delete(call.person.id, number))


async def _change(call: Call, what: str, number: int, change: Callable[[], OwnRule]) -> Reply:
    texts = _texts(call)
    try:
        rule = change()
    except NoSuchRule:
        return Reply(texts.no_such(number))
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
    today = office.actor.clock.now().date()
    if condition.expires_on is not None and condition.expires_on < today:
        return Reply(texts.past(condition.expires_on))
    since = condition.high_since
    if since is not None and not first_day_of_look_back(today) < since < today:
        return Reply(texts.not_a_year(since))
    watch = await _stock(call, wanted.words)
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
