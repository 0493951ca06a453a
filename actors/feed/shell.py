"""The feed's process: the watch list, the links that carry it, and what others ask."""

import asyncio
from datetime import timedelta

from actors.feed.backfill import Backfill
from actors.feed.config import FeedConfig
from actors.feed.continuity import key_of_stream
from actors.feed.core import Phase
from actors.feed.hours import Hours
from actors.feed.intake import Intake
from actors.feed.keys import OutOfBudget
from actors.feed.letters import Mail
from actors.feed.link import Link
from actors.feed.outlet import Outlet
from actors.feed.repair import Repairs
from actors.feed.store import FeedStore, FlowStore
from actors.feed.tasks import Tasks
from actors.feed.watch_list import WatchList
from actors.feed.wishes import symbol_of
from actors.kis.frames import US_TRADES
from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused, ConfigError, TemporaryFailure
from actors.runtime.store import open_store
from protocol.messages import Carried
from protocol.moments import from_ns

__all__ = ["run"]

NS = 1_000_000_000
CARRIED_EVERY_S = 0.9


async def run(actor: Actor[FeedConfig]) -> None:
    """Bring KIS's trades to the others until told to stop."""
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
        self._outlet = Outlet(actor)
        self._tasks = Tasks(actor.ports.wake)
        repairs = Repairs(actor.config, actor.clock.speed)
        self._intake = Intake(repairs)
        self._flows = FlowStore(open_store("feed", actor.settings, durable=False), actor.address.instance)
        self._backfill = Backfill(actor, self._flows, self._intake, self._outlet, self._tasks)
        self._almanac: Almanac | None = None
        self._hours: Hours | None = None
        self._carried_at = float("-inf")
        self._links = [
            Link(
                actor,
                key,
                FeedStore(self._engine, key.key.reveal()),
                self._intake,
                self._tasks,
                outlet=self._outlet,
                mail=self._mail,
                backfill=self._backfill,
                expects_trades=self._expects_trades,
            )
            for key in actor.secrets.app_keys
        ]
        actor.on_command("reconnect", self._answer_reconnect)
        actor.on_command("subscriptions", self._answer_subscriptions)
        actor.on_command("token", self._answer_token)
        actor.on_command("gaps", self._answer_gaps)
        actor.ports.filler = self._backfill.fill

    async def live(self) -> None:
        """Follow the watch list, and keep the links awake."""
        self._tasks.begin(self._load_hours())
        async for batch in self._actor.ports.receive():
            self._tasks.check()
            for received in batch:
                self._watch_list.hear(received)
            for link in self._links:
                link.look()
            streams = self._watch_list.look(self._intake.prices)
            if streams is not None:
                self._backfill.watch([key for stream in streams if (key := key_of_stream(stream)) is not None])
                for link in self._links:
                    link.want(streams)
            self._backfill.look(self._flowed_until_ns())
            self._outlet.look()
            self._mail.try_again()
            self._tell_carried()
            self._show_state()

    async def close(self) -> None:
        """Let go of everything."""
        self._tasks.cancel()
        for link in self._links:
            await link.close()
        self._backfill.close()
        self._flows.close()
        self._outlet.close()
        self._engine.dispose()

    def _tell_carried(self) -> None:
        """Say about once a second which US symbols flow; that nobody says so is a sign, too."""
        now = self._actor.clock.monotonic()
        if now < self._carried_at:
            return
        self._carried_at = now + CARRIED_EVERY_S
        since_ns = self._actor.clock.now_ns() - int(self._actor.config.us_flow_s * NS)
        symbols = [symbol for link in self._links for symbol in link.flowing(US_TRADES, since_ns)]
        self._actor.ports.publish(Carried(symbols=sorted(set(symbols))))

    def _flowed_until_ns(self) -> int:
        now_ns = self._actor.clock.now_ns()
        return min(link.flowed_until_ns(now_ns) for link in self._links)

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
        if all(link.phase is Phase.GIVEN_UP for link in self._links):
            raise ConfigError("; ".join(troubles))
        if troubles and self._hours is not None and self._hours.is_open(self._actor.clock.now()):
            self._actor.degraded(f"no trades from KIS: {'; '.join(troubles)}")
        elif not troubles and any(link.phase not in {Phase.LIVE, Phase.IDLE} for link in self._links):
            return
        elif not troubles or self._hours is not None:
            self._actor.running()

    async def _load_hours(self) -> None:
        actor = self._actor
        market = actor.settings.table("market", MarketConfig)
        self._almanac = await asyncio.to_thread(Almanac, market, actor.settings.data_dir)
        hours = self._hours = Hours(self._almanac.calendar, timedelta(minutes=actor.config.closing_auction_min))
        self._backfill.know(hours)

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

    async def _answer_subscriptions(self, _arguments: dict[str, object]) -> dict[str, object]:
        now_ns = self._actor.clock.now_ns()
        last_trade_at_ns = self._intake.last_trade_at_ns
        return {
            "links": [{"link": link.name, "phase": link.phase.value, "trouble": link.trouble} for link in self._links],
            "rejected": dict(self._intake.rejected),
            "streams": [
                {
                    "tr_id": stream.tr_id,
                    "symbol": stream.key,
                    "link": link.name,
                    "standing": subscription.standing.value,
                    "reason": subscription.reason,
                    "last_trade_age_s": round((now_ns - last_trade_at_ns[symbol_of(stream)]) / NS, 1)
                    if symbol_of(stream) in last_trade_at_ns
                    else None,
                }
                for link in self._links
                for stream, subscription in link.snapshot().items()
            ],
        }

    async def _answer_gaps(self, _arguments: dict[str, object]) -> dict[str, object]:
        return self._backfill.told()

    async def _answer_token(self, arguments: dict[str, object]) -> dict[str, object]:
        """Have a token that is not over in the database; *reason* "expired" says that KIS has refused the one there."""
        reason = arguments.get("reason")
        if reason not in {"missing", "expired"}:
            message = f'expected arguments {{"reason": "missing"}} or {{"reason": "expired"}}, found {arguments}'
            raise CommandRefused(message)
        try:
            token = await self._links[0].keys.access_token(refused=reason == "expired")
            self._actor.hide(token.value)
        except (OutOfBudget, TemporaryFailure, ConfigError) as error:
            raise CommandRefused(str(error)) from error
        return {"expires_at": from_ns(token.expires_at_ns).isoformat()}
