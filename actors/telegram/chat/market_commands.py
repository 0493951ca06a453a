"""Commands about what a stock does, and about whether word of it arrives: /chart /backtest /amount /holiday /test."""

import re
from collections.abc import Sequence

from actors.market.amounts import whole_market
from actors.runtime.errors import CommandRefused, Unanswered
from actors.telegram.chat.calls import PRIVATELY, Call, Command, Group, Reply
from actors.telegram.chat.misused import Expected, Misused
from actors.telegram.chat.stocks import any_stock, own_stock
from actors.telegram.people.access import MEMBERS
from actors.telegram.people.amounts import WrittenAmount, amount_text, is_off, parse_amount
from actors.telegram.people.person import Watch
from actors.telegram.people.watch_list import Ambiguous, NotWatched
from actors.telegram.texts.alert_texts import clean
from protocol.messages import Market

__all__ = ["COMMANDS"]

ASK_S = 3.0
CODE = re.compile(r"0\d{5}")
"""What can only be a code: nobody begins an amount with 0."""


async def show_chart(call: Call) -> Reply | None:
    """Have analyst write the letter with the picture of a stock's day."""
    watch = own_stock(call, call.argument)
    actor = call.office.actor
    try:
        await actor.ports.ask(
            "analyst", "chart", timeout_s=actor.config.ask_timeout_s, person=call.person.id, symbol=watch.symbol
        )
    except CommandRefused:
        name = clean(watch.name) or watch.symbol
        return Reply(call.answers.say("answer.no-chart", name=name, symbol=watch.symbol))
    return None


async def order_back_test(call: Call) -> Reply | None:
    """Have analyst play the rule over a stock's last years and write a letter with what came of it."""
    watch, actor = await any_stock(call, call.argument), call.office.actor
    try:
        answer = await actor.ports.ask(
            "analyst", "verdict", timeout_s=actor.config.ask_timeout_s, person=call.person.id, symbol=watch.symbol
        )
    except CommandRefused as error:
        message = f"expected a back test of {watch.symbol}, found {error}"
        raise Unanswered(message) from error
    if not answer.get("unfinished"):
        return None
    name = clean(watch.name) or watch.symbol
    return Reply(call.answers.say("answer.back-test-begun", name=name, symbol=watch.symbol))


async def set_amount(call: Call) -> Reply:
    """Note what a person spends on a purchase, or show it."""
    if not call.argument:
        return Reply(_amounts(call))
    name, said, written = _read_amount(call)
    watch = own_stock(call, name, said) if name else None
    register, person_id = call.office.register, call.person.id
    scopes = _scopes(watch, said, written)
    is_removed = written is None and any(scope in register.amounts_of(person_id) for scope in scopes)
    for scope in scopes:
        register.set_amount(person_id, scope, written.value if written else None)
    removed = [call.answers.say("answer.amount-removed"), ""] if is_removed else []
    return Reply("\n".join([*removed, _amounts(call)]))


def _read_amount(call: Call) -> tuple[str, str, WrittenAmount | None]:
    """Return the words for a stock, empty for all; and the amount as it was said, and read: None where it is to end.

    Raises:
        Misused: neither the last word nor the first is an amount.
    """
    words, said = call.answers.words, call.argument.split()
    for amount, *name in (said[-1:] + said[:-1], said):
        if _is_code(call, amount):
            continue
        written = None if is_off(amount, words) else parse_amount(amount, words)
        if written is not None or is_off(amount, words):
            return " ".join(name), amount, written
    raise Misused(Expected.MONEY, *(said[1:][-1:] or _no_stock(call, said[0])))


def _no_stock(call: Call, word: str) -> list[str]:
    """Return *word* where it is no stock of the person's: then it was meant for the amount."""
    try:
        own_stock(call, word)
    except NotWatched:
        return [word]
    except Ambiguous:
        pass
    return []


def _is_code(call: Call, word: str) -> bool:
    """Say whether *word* is a stock's code, and so no amount: of one that is watched, or with a 0 in front."""
    watched = {watch.symbol for watch in call.office.register.watches_of(call.person.id)}
    return word in watched or CODE.fullmatch(word) is not None


def _scopes(watch: Watch | None, said: str, written: WrittenAmount | None) -> list[str]:
    """Return for what the amount is that was *said*: one stock, or all of a market; all markets where it ends.

    Raises:
        Misused: a stock is not paid for in that currency.
    """
    if watch is None:
        markets = list(Market) if written is None else [written.market or Market.KRX]
        return [whole_market(market) for market in markets]
    if written is not None and written.market not in {None, watch.venue.market}:
        raise Misused(Expected.CURRENCY, said)
    return [watch.symbol]


def _amounts(call: Call) -> str:
    """Return what is known of the person's amounts: of whole markets first, then of the stocks in their order."""
    register, say, language = call.office.register, call.answers.say, call.answers.words.language
    amounts = register.amounts_of(call.person.id)
    lines = [
        say(f"answer.amount-market.{market.value}", amount=amount_text(total, market, language))
        for market in Market
        if (total := amounts.get(whole_market(market))) is not None
    ]
    lines += [
        say(
            "answer.amount-stock",
            name=clean(watch.name) or watch.symbol,
            amount=amount_text(own, watch.venue.market, language),
        )
        for watch in register.watches_of(call.person.id)
        if (own := amounts.get(watch.symbol)) is not None
    ]
    if not lines:
        return say("answer.no-amount")
    return "\n".join([say("answer.amounts"), "", *lines, "", say("answer.amounts-so")])


async def tell_closed_days(call: Call) -> Reply:
    """Let the person be told, or not, that a market stays closed."""
    say, argument = call.answers.say, call.argument.strip().lower()
    if argument and argument not in say("answer.on-words").split() + say("answer.off-words").split():
        raise Misused(Expected.ON_OR_OFF, call.argument)
    wanted = call.person.tells_closed_days
    if argument:
        wanted = argument in say("answer.on-words").split()
        call.office.register.tell_closed_days(call.person.id, wanted=wanted)
    return Reply(say("answer.closed-days-on") if wanted else say("answer.closed-days-off"))


async def test(call: Call) -> None:
    """Send a made-up trade through the whole line: its alert is the answer."""
    try:
        await call.office.actor.ports.ask("feed", "rehearse", timeout_s=ASK_S, person=call.person.id)
    except CommandRefused as error:
        message = f"expected a trade that is made up, found {error}"
        raise Unanswered(message) from error


COMMANDS: Sequence[Command] = (
    Command(name="chart", group=Group.DAILY, run=show_chart, where=PRIVATELY, korean=("차트",)),
    Command(name="backtest", group=Group.PAST, run=order_back_test, where=PRIVATELY, korean=("백테스트", "돌려보기")),
    Command(name="amount", group=Group.RULES, run=set_amount, who=MEMBERS, where=PRIVATELY, korean=("금액",)),
    Command(name="holiday", group=Group.QUIET, run=tell_closed_days, where=PRIVATELY, korean=("휴장",)),
    Command(name="test", group=Group.SELF, run=test, where=PRIVATELY, korean=("시험", "테스트")),
)
