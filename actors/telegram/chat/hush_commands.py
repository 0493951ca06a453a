"""Commands about when the phone is quiet: /quiet /mute. They are about one's own phone, and so are everybody's."""

from collections.abc import Sequence
from datetime import timedelta

from actors.market.config import MarketConfig
from actors.telegram.chat.buttons import Button
from actors.telegram.chat.calls import Call, Command, Group, Reply
from actors.telegram.chat.hush_orders import MuteOrder, Sound, parse_mute, parse_quiet
from actors.telegram.chat.stocks import own_stock
from actors.telegram.people.hush import Mute, day_ends_at
from actors.telegram.people.person import Watch
from actors.telegram.texts.hush_texts import mute_text, quiet_text, sound_text
from actors.words.points import point_name
from protocol.messages import Market

__all__ = ["COMMANDS"]

DEEP = 2.0
"""The buying point that may wake somebody, as a button offers it."""
MICROSECOND = timedelta(microseconds=1)


async def set_quiet(call: Call) -> Reply:
    """Let the person have quiet hours, or none, or another loudness; without an argument, show what there is."""
    hushes, person = call.office.hushes, call.person
    if not call.argument:
        point = point_name(DEEP, call.answers.words)
        labels = {"quiet 23:00-07:00": "23:00-07:00", "quiet 23:00-07:00 2": f"23:00-07:00 · {point}"}
        rows = [[Button(label, command) for command, label in labels.items()]]
        off = Button(call.answers.say("hush.button.off"), "quiet off")
        return Reply(quiet_text(hushes.of(person.id), call.answers.words), [*rows, [off]])
    order = parse_quiet(call.argument)
    if isinstance(order, Sound):
        hushes.set_loudness(person.id, order.rings_from)
        return Reply(sound_text(order.rings_from, call.answers.words))
    hushes.set_quiet(person.id, order)
    return Reply(quiet_text(hushes.of(person.id), call.answers.words))


async def mute(call: Call) -> Reply:
    """Spare the person all or one stock for a while, or no longer; without an argument, show what is muted."""
    hushes, person, now_ns = call.office.hushes, call.person, call.office.actor.clock.now_ns()
    names = {watch.symbol: watch.name for watch in call.office.register.watches_of(person.id)}
    if not call.argument:
        commands = ("mute 1h", "mute today", "mute off")
        labels = [call.answers.say(f"hush.button.{command.split()[1]}") for command in commands]
        row = [Button(label, command) for label, command in zip(labels, commands, strict=True)]
        return Reply(mute_text(hushes.of(person.id).mutes, now_ns, person.reader, names), [row])
    order = parse_mute(call.argument)
    stock = own_stock(call, order.stock, _rest_of(order)) if order.stock else None
    symbol = stock.symbol if stock else ""
    if order.over:
        ended = hushes.unmute(person.id, now_ns, symbol)
        return Reply(call.answers.say("hush.unmuted" if ended else "hush.nothing-muted"))
    mutes = _mutes_of(call, order, stock, now_ns)
    if not mutes:
        return Reply(call.answers.say("hush.today-is-over"))
    hushes.mute(person.id, mutes, now_ns)
    return Reply(mute_text(mutes, now_ns, person.reader, names))


def _rest_of(order: MuteOrder) -> str:
    """Return what of *order* is written behind the stock that is chosen by a button."""
    if order.over:
        return "off"
    return f"{order.length // timedelta(minutes=1)}m" if order.length else "today"


def _mutes_of(call: Call, order: MuteOrder, stock: Watch | None, now_ns: int) -> list[Mute]:
    symbol = stock.symbol if stock else ""
    if order.length is not None:
        return [Mute(since_ns=now_ns, until_ns=now_ns + order.length // MICROSECOND * 1_000, symbol=symbol)]
    zone, config = call.person.reader.zone, call.office.actor.settings.table("market", MarketConfig)
    markets = [stock.venue.market] if stock else list(Market)
    ends = ((market, day_ends_at(market, now_ns, zone, config)) for market in markets)
    return [
        Mute(since_ns=now_ns, until_ns=end_ns, market=market, symbol=symbol)
        for market, end_ns in ends
        if end_ns is not None
    ]


COMMANDS: Sequence[Command] = (
    Command(name="mute", group=Group.QUIET, run=mute, korean=("조용히", "알림끄기")),
    Command(name="quiet", group=Group.QUIET, run=set_quiet, korean=("방해금지", "조용한시간")),
)
