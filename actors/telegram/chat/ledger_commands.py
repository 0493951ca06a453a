"""Commands about what was alerted, and why: /history /why."""

import asyncio
import re
from collections.abc import Sequence

import msgspec

from actors.ledger.alerts import find_alert, read_alerts
from actors.runtime.errors import CommandRefused, Unanswered
from actors.telegram.chat.calls import Call, Command, Group, Reply
from actors.telegram.chat.misused import Expected, Misused
from actors.telegram.chat.rule_commands import known_of
from actors.telegram.chat.rule_words import is_of_alert, parse_number
from actors.telegram.chat.stocks import own_stock
from actors.telegram.people.access import Role
from actors.telegram.people.own_rules import OwnRule
from actors.telegram.people.person import Watch
from actors.telegram.texts.alert_texts import clean
from actors.telegram.texts.ledger_texts import RuleStage, history_text, stages_text, story_text
from actors.telegram.texts.rule_texts import Known, RuleTexts
from protocol.moments import from_ns

__all__ = ["COMMANDS"]

MOST_SHOWN = 10
MOST_ASKED = 20
"""So many fit into a message."""
COUNT = re.compile(r"\d{1,3}")
"""How many are asked for; a stock's code is longer."""
CODE = re.compile(r"\d{6}")
ANSWER_S = 2.0


async def show_history(call: Call) -> Reply:
    """Show the person's last alerts, so many or of one stock if that is said, with what became of them."""
    count = COUNT.fullmatch(call.argument)
    most = int(count[0]) if count else MOST_SHOWN
    if not 1 <= most <= MOST_ASKED:
        raise Misused(Expected.COUNT, call.argument)
    stock = own_stock(call, call.argument) if call.argument and not count else None
    symbol = stock.symbol if stock else None
    settings = call.office.actor.settings
    rows = await asyncio.to_thread(read_alerts, settings, most, person_id=call.person.id, symbol=symbol)
    if stock and not rows:
        return Reply(call.answers.say("ledger.empty-of", name=clean(stock.name) or stock.symbol))
    return Reply(history_text(rows, call.person.reader))


async def show_why(call: Call) -> Reply:
    """Tell how an alert came about, the person's last one if none is named; of a stock, why there is no other."""
    settings, person = call.office.actor.settings, call.person
    name, number = call.argument, _number(call.argument)
    if not name:
        last = await asyncio.to_thread(read_alerts, settings, 1, person_id=person.id)
        return Reply(story_text(last[0], person.reader) if last else call.answers.say("ledger.empty"))
    alert = await asyncio.to_thread(find_alert, settings, name if number is None else str(number))
    if alert is not None and (alert.person_id == person.id or person.role == Role.OPERATOR.value):
        return Reply(story_text(alert, person.reader))
    if number is not None:
        return await _tell_no_alert(call, number, may_be_rule=not is_of_alert(name))
    return await _tell_stages(call, own_stock(call, name))


def _number(said: str) -> int | None:
    """Return the number of an alert that is *said*, None where none is, or a stock's code, which has six digits."""
    if CODE.fullmatch(said):
        return None
    try:
        return parse_number(said)
    except Misused:
        return None


async def _tell_no_alert(call: Call, number: int, *, may_be_rule: bool) -> Reply:
    """Say that no alert of the person's has that *number*, and where it is one of his rules, what to send of it."""
    rules = call.office.rule_book.rules_of(call.person.id) if may_be_rule else []
    rule = next((rule for rule in rules if rule.number == number), None)
    known = (await known_of(call, {rule.symbol})).get(rule.symbol) if rule else None
    if rule is None or known is None:
        return Reply(call.answers.say("ledger.unknown", number=number))
    texts = RuleTexts(call.answers.words)
    stock, condition = texts.stock(known.watch), texts.condition(rule, known)
    said = call.answers.say("ledger.is-a-rule", number=number, stock=stock, condition=condition, symbol=rule.symbol)
    return Reply(said)


async def _tell_stages(call: Call, watch: Watch) -> Reply:
    """Tell what the person's rules for *watch* wait for.

    Raises:
        Unanswered: evaluator does not say.
    """
    try:
        answer = await call.office.actor.ports.ask("evaluator", "rules", timeout_s=ANSWER_S, symbol=watch.symbol)
        stages = msgspec.convert(answer.get("rules"), list[RuleStage])
    except (CommandRefused, msgspec.ValidationError) as error:
        message = f"expected evaluator to tell of its rules, found {error}"
        raise Unanswered(message) from error
    known = (await known_of(call, {watch.symbol})).get(watch.symbol, Known(watch=watch))
    texts, stage_by_rule = RuleTexts(call.answers.words), {stage.rule: stage for stage in stages}
    rules = [rule for rule in call.office.rule_book.rules_of(call.person.id) if rule.symbol == watch.symbol]
    # Evaluator does not read what is paused.
    stage_by_rule |= {rule.id: _paused(rule) for rule in rules if rule.is_paused}
    own = [(texts.numbered(rule, known), stage_by_rule[rule.id]) for rule in rules if rule.id in stage_by_rule]
    hush = call.office.hushes.of(call.person.id)
    muted_ns = hush.muted_until(watch.symbol, watch.venue, call.office.actor.clock.now_ns())
    muted_until = None if muted_ns is None else from_ns(muted_ns)
    return Reply(stages_text(watch.name, watch.venue, known.price, own, call.person.reader, muted_until=muted_until))


def _paused(rule: OwnRule) -> RuleStage:
    return RuleStage(
        rule=rule.id,
        direction=rule.direction,
        threshold=None,
        stage="paused",
        rests_until=None,
        number=rule.number,
    )


COMMANDS: Sequence[Command] = (
    Command(name="history", group=Group.PAST, run=show_history, korean=("기록",)),
    Command(name="why", group=Group.PAST, run=show_why, korean=("왜",)),
)
