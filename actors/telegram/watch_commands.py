"""Commands about the stocks that somebody watches: /list /today /add /remove."""

from collections.abc import Sequence

from actors.runtime.errors import CommandRefused, Unanswered
from actors.telegram.access import MEMBERS
from actors.telegram.calls import Call, Command, Misused, Reply
from actors.telegram.commands import parse_symbol
from actors.telegram.stocks import own_stock
from actors.telegram.watch_list import AlreadyWatched, TooMany

__all__ = ["COMMANDS"]

LONGEST_WORDS = 64


async def show_list(call: Call) -> Reply:
    """Show what the person watches."""
    return Reply(call.answers.watch_list(await call.office.glance.watch_lines(call.person)))


async def show_today(call: Call) -> Reply | None:
    """Have analyst write what the person waits for today, as the daily report does."""
    try:
        has_report = await call.office.glance.order_report(call.person)
    except CommandRefused as error:
        message = f"expected a report, found {error}"
        raise Unanswered(message) from error
    return None if has_report else Reply(call.answers.watch_list([]))


async def add(call: Call) -> Reply:
    """Watch what is meant: a symbol as its venue writes it, or a name."""
    words = parse_symbol(call.argument) or " ".join(call.argument.split())[:LONGEST_WORDS]
    if not words:
        message = "expected a name or a symbol, found nothing"
        raise Misused(message)
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
    Command(name="list", run=show_list, korean=("목록",)),
    Command(name="today", run=show_today, korean=("오늘",)),
    Command(name="add", run=add, who=MEMBERS, korean=("추가",)),
    Command(name="remove", run=remove, who=MEMBERS, korean=("빼기", "삭제")),
)
