"""The feed's process: the watch list, the links that carry it, and what others ask."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from actors.feed.config import FeedConfig
from actors.feed.demand.allocation import Allocation
from actors.feed.demand.hours import Hours
from actors.feed.demand.watch_list import WatchList
from actors.feed.demand.wishes import symbol_of
from actors.feed.gaps.backfill import Backfill
from actors.feed.gaps.continuity import Key, key_of_stream
from actors.feed.gaps.repair import Repairs
from actors.feed.letters import Mail
from actors.feed.outlet import Outlet
from actors.feed.rest.listening import Listening
from actors.feed.rest.polling import Listing, Polling
from actors.feed.rest.prices import PriceDesk
from actors.feed.session.account import Account
from actors.feed.session.core import Phase
from actors.feed.session.intake import Intake
from actors.feed.session.keys import OutOfBudget
from actors.feed.session.link import Link
from actors.feed.session.renewal import Renewal
from actors.feed.session.subscriptions import Standing, Subscription
from actors.feed.store import FlowStore
from actors.kis.frames import KRX_TRADES, NXT_TRADES, US_TRADES
from actors.kis.messages import Stream
from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from actors.market.sessions import zone_of
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused, ConfigError, TemporaryFailure
from actors.runtime.ports import Received
from actors.runtime.store import open_store
from actors.runtime.tasks import Tasks
from protocol.messages import Carried, Venue
from protocol.moments import NS, from_ns, to_ns
from protocol.rehearsal import NOBODY, is_rehearsal, rehearsal_symbol, rehearsal_trade

__all__ = ["run"]

CARRIED_EVERY_S = 0.9
DEAF = "confirmed, and brings nothing while the symbol trades"
VENUES = {KRX_TRADES: Venue.KRX, NXT_TRADES: Venue.NXT}
"""What can be asked for in place of a stream; who polls the US is told what flows."""


async def run(actor: Actor[FeedConfig]) -> None:
    """Bring KIS's trades to the others until told to stop.

    Raises:
        ConfigError: the keys are missing.
    """
    actor.secrets.require("kis_app_key", "kis_app_secret")
    shell = _Shell(actor)
    try:
        await shell.live()
    finally:
        await shell.close()


class _Shell:
    """The links, and what they have in common."""

    def __init__(self, actor: Actor[FeedConfig]) -> None:
        self._actor = actor
        self._engine = open_store("feed", actor.settings)
        self._watch_list = WatchList(actor)
        self._mail = Mail(actor, self._engine, lambda: self._watch_list.owner)
        if actor.config.hts_id:
            actor.hide(actor.config.hts_id)
        self._watched: tuple[Stream, ...] | None = None
        self._wanted: tuple[Stream, ...] | None = None
        """What of it is worth a connection now."""
        self._placed: set[Stream] = set()
        """What of it some link is to carry."""
        self._allocation = Allocation(actor.config.move_after_s)
        self._outlet = Outlet(actor)
        self._tasks = Tasks(actor.ports.wake)
        repairs = Repairs(actor.config, actor.clock.speed)
        self._intake = Intake(repairs)
        self._flows = FlowStore(open_store("feed", actor.settings, durable=False), actor.address.instance)
        self._accounts = [Account(actor, key, self._engine) for key in actor.secrets.app_keys]
        self._stores = [account.store for account in self._accounts]
        self._renewal = Renewal(actor, {account.key.name: account.keys for account in self._accounts}, self._tasks)
        self._backfill = Backfill(
            actor, self._flows, self._intake, self._outlet, self._tasks, client=self._accounts[0].client
        )
        self._almanac: Almanac | None = None
        self._hours: Hours | None = None
        self._carried_at = float("-inf")
        self._polling: Polling | None = None
        self._desk: PriceDesk | None = None
        self._links = [
            Link(
                actor,
                account,
                self._intake,
                self._tasks,
                outlet=self._outlet,
                mail=self._mail,
                backfill=self._backfill,
                expects_trades=self._expects_trades,
            )
            for account in self._accounts
        ]
        self._listening = Listening(actor, self._links, self._intake.continuity, self._tasks)
        actor.on_command("reconnect", self._answer_reconnect)
        actor.on_command("subscriptions", self._answer_subscriptions)
        actor.on_command("token", self._answer_token)
        actor.on_command("gaps", self._answer_gaps)
        actor.on_command("rehearse", self._answer_rehearse)
        actor.ports.filler = self._backfill.fill
        actor.on_command("forget_key", self._answer_forget_key)

    async def live(self) -> None:
        """Follow the watch list, and keep the links awake."""
        self._tasks.begin(self._load_hours())
        await self._actor.ports.serve(self._on_batch)

    def _on_batch(self, batch: list[Received]) -> None:
        self._tasks.check()
        for received in batch:
            self._watch_list.hear(received)
        for link in self._links:
            link.look()
        streams = self._watch_list.look(self._intake.prices)
        if streams is not None:
            self._watched = streams
        self._follow_hours()
        self._allocate()
        self._listen()
        self._poll()
        self._backfill.look(self._flowed_until_ns())
        self._outlet.look()
        self._mail.try_again()
        self._renewal.look()
        for store in self._stores:
            store.try_again()
        self._tell_carried()
        self._show_state()

    async def close(self) -> None:
        """Let go of everything."""
        self._tasks.cancel()
        if self._desk is not None:
            await self._desk.close()
        for link in self._links:
            await link.close()
        for account in self._accounts:
            account.close()
        self._flows.close()
        self._outlet.close()
        self._engine.dispose()

    def _tell_carried(self) -> None:
        """Say about once a second which US symbols flow; that nobody says so is a sign, too."""
        now = self._now()
        if now < self._carried_at:
            return
        self._carried_at = now + CARRIED_EVERY_S
        since_ns = self._actor.clock.now_ns() - int(self._actor.config.us_flow_s * NS)
        symbols = [symbol for link in self._links for symbol in link.flowing(US_TRADES, since_ns)]
        self._actor.ports.publish(Carried(symbols=sorted(set(symbols))))

    def _flowed_until_ns(self) -> int:
        now_ns = self._actor.clock.now_ns()
        return min(link.flowed_until_ns(now_ns) for link in self._links)

    def _follow_hours(self) -> None:
        """Want the streams of sessions that somebody has chosen; what the others have missed is asked for now."""
        if self._watched is None or self._hours is None:
            return
        at, choices = self._actor.clock.now(), self._watch_list.choices
        is_needed = {
            tr_id: self._hours.is_needed(tr_id, choices, at) for tr_id in {each.tr_id for each in self._watched}
        }
        wanted = tuple(stream for stream in self._watched if is_needed[stream.tr_id])
        if wanted == self._wanted:
            return
        if self._wanted is None:
            self._backfill.watch(_keys(self._watched))
        # Their holes would stay open until the next session, which begins anew.
        self._backfill.flow(_keys(stream for stream in self._watched if not is_needed[stream.tr_id]))
        self._backfill.watch(_keys(wanted))
        self._wanted = wanted

    def _allocate(self) -> None:
        states = {link.name: link.state for link in self._links if link.phase is not Phase.GIVEN_UP}
        carried = self._allocation.allocate(self._wanted or (), states, self._now())
        self._placed = {stream for streams in carried.values() for stream in streams}
        for link in self._links:
            link.carry(carried.get(link.name, ()))

    def _listen(self) -> None:
        if self._hours is not None and self._desk is not None:
            self._listening.look(self._hours, self._desk)

    def _poll(self) -> None:
        """Have minutes or prices asked for of whatever Korean stream KIS does not bring."""
        if self._desk is None or self._polling is None:
            return
        deaf = self._listening.deaf
        carried = {stream for link in self._links for stream in link.carried() if key_of_stream(stream) not in deaf}
        missing = [stream for stream in self._wanted or () if stream not in carried and stream.tr_id in VENUES]
        change = self._polling.poll([Listing(stream.key, VENUES[stream.tr_id]) for stream in missing], self._now())
        for begun in change.begun:
            last = self._intake.continuity.last_trade((begun.symbol, begun.venue))
            if last is not None:
                self._polling.on_streamed(last)
        if change.ended:
            # What lies between the last look and the stream's begin nobody has seen.
            unseen = {(listed.symbol, listed.venue): at_ns for listed, at_ns in change.ended.items()}
            self._backfill.lose(unseen)
            self._backfill.flow(unseen)
        self._backfill.follow(_keys(missing), _keys(stream for stream in missing if stream not in self._placed))
        self._desk.look(self._backfill.incomplete)

    def _now(self) -> float:
        return self._actor.clock.monotonic()

    def _expects_trades(self) -> bool:
        if self._almanac is not None:
            self._almanac.look()
        return self._hours is not None and self._hours.trades_expected(self._actor.clock.now())

    def _show_state(self) -> None:
        """Say how we are.

        Raises:
            ConfigError: KIS takes none of our app keys.
        """
        troubles = [link.trouble for link in self._links if link.trouble]
        no_prices = self._desk.trouble if self._desk is not None else ""
        unwritten = self._backfill.trouble or next(filter(None, (store.trouble for store in self._stores)), "")
        if all(link.phase is Phase.GIVEN_UP for link in self._links):
            raise ConfigError("; ".join(troubles))
        if troubles and self._hours is not None and self._hours.is_open(self._actor.clock.now()):
            self._actor.degraded(f"no trades from KIS: {'; '.join(troubles)}")
        elif no_prices:
            self._actor.degraded(f"no prices from KIS of what no stream brings: {no_prices}")
        elif unwritten:
            self._actor.degraded(unwritten)
        elif not troubles and any(link.phase not in {Phase.LIVE, Phase.IDLE} for link in self._links):
            return
        elif not troubles or self._hours is not None:
            self._actor.running()

    async def _load_hours(self) -> None:
        actor = self._actor
        market = actor.settings.table("market", MarketConfig)
        self._almanac = await asyncio.to_thread(Almanac, market, actor.settings.data_dir)
        self._hours = Hours(
            self._almanac.calendar,
            timedelta(minutes=actor.config.closing_auction_min),
            timedelta(minutes=actor.config.wake_before_min),
        )
        self._polling = Polling(self._almanac.calendar, actor.config.poll_interval_s, actor.config.poll_after_s)
        self._desk = PriceDesk(actor, self._polling, [account.client for account in self._accounts], self._outlet)
        self._backfill.know(self._hours)

    # -- what others ask ----------------------------------------------------------------------------------------

    async def _answer_reconnect(self, _arguments: dict[str, object]) -> dict[str, object]:
        before = [link.phase.value for link in self._links]
        for link in self._links:
            link.reconnect()
        return {
            "links": [
                {"link": link.name, "was": was, "now": link.phase.value}
                for link, was in zip(self._links, before, strict=True)
            ]
        }

    async def _answer_forget_key(self, arguments: dict[str, object]) -> dict[str, object]:
        """Forget the approval key that is kept; the next connect of that link gets another, within the budget."""
        wanted = arguments.get("link", "")
        links = [link for link in self._links if wanted in ("", link.name)]
        if not links:
            message = f"expected a link of {', '.join(link.name for link in self._links)}, found {wanted}"
            raise CommandRefused(message)
        return {"links": [{"link": link.name, "had_key": link.forget_approval_key()} for link in links]}

    async def _answer_subscriptions(self, _arguments: dict[str, object]) -> dict[str, object]:
        standings = {stream: (link.name, entry) for link in self._links for stream, entry in link.snapshot().items()}
        nowhere = ("", Subscription(Standing.WANTED, "no link has room"))
        streams = dict.fromkeys((*(self._wanted or ()), *standings))
        return {
            "links": [{"link": link.name, "phase": link.phase.value, "trouble": link.trouble} for link in self._links],
            "rejected": dict(self._intake.rejected),
            "streams": [self._row(stream, *standings.get(stream, nowhere)) for stream in streams],
        }

    def _row(self, stream: Stream, link: str, subscription: Subscription) -> dict[str, object]:
        listed = Listing(stream.key, VENUES.get(stream.tr_id, Venue.KRX))
        key = key_of_stream(stream)
        last = None if key is None else self._intake.continuity.last_trade(key)
        return {
            "tr_id": stream.tr_id,
            "symbol": symbol_of(stream),
            "key": stream.key,
            "of_trades": key is not None,
            "link": link,
            "standing": subscription.standing.value,
            "polled": self._polling is not None and self._polling.is_polled(listed, self._now()),
            "reason": subscription.reason or (DEAF if key in self._listening.deaf else ""),
            "last_trade_age_s": None
            if last is None
            else round((self._actor.clock.now_ns() - last.received_at_ns) / NS, 1),
        }

    async def _answer_gaps(self, _arguments: dict[str, object]) -> dict[str, object]:
        return self._backfill.told()

    async def _answer_rehearse(self, arguments: dict[str, object]) -> dict[str, object]:
        """Publish a trade of no exchange that alerts the *person* of that number, by default nobody."""
        person = arguments.get("person", NOBODY)
        if not isinstance(person, int) or not is_rehearsal(rehearsal_symbol(person)):
            message = f'expected arguments such as {{"person": 1}}, found {arguments}'
            raise CommandRefused(message)
        now = self._actor.clock.now()
        # To the microsecond, as its alert tells it: by this moment the alert is found.
        now_ns = to_ns(now)
        today = now.astimezone(zone_of(Venue.KRX)).date()
        self._outlet.publish(now_ns, [rehearsal_trade(person, today, now_ns)])
        return {"traded_at_ns": now_ns}

    async def _answer_token(self, arguments: dict[str, object]) -> dict[str, object]:
        """Have a token that is not over in the database; *reason* "expired" says that KIS has refused the one there."""
        reason = arguments.get("reason")
        if reason not in ("missing", "expired"):
            message = f'expected arguments {{"reason": "missing"}} or {{"reason": "expired"}}, found {arguments}'
            raise CommandRefused(message)
        try:
            token = await self._accounts[0].keys.access_token(refused=reason == "expired")
            self._actor.hide(token.value)
        except (OutOfBudget, TemporaryFailure, ConfigError) as error:
            raise CommandRefused(str(error)) from error
        return {"expires_at": from_ns(token.expires_at_ns).isoformat()}


def _keys(streams: Iterable[Stream]) -> list[Key]:
    """Return which trades come over *streams*, where any do."""
    return [key for stream in streams if (key := key_of_stream(stream)) is not None]
