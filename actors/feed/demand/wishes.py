"""What the feed wants of KIS, the most important first: what finds no room on a link is left out from the end. Pure.

    own fills                                       two streams at most, and nobody else can tell of them
    trades of symbols that are near a target        KRX before US before NXT, what more people watch first
    trades of the others                            in the same order
    market status of the Korean symbols             in the same order

A symbol is near while its last price is little above a target of somebody; it stays near until it is twice as far away,
so that streams are not exchanged with every move of the price.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from actors.feed.config import FeedConfig
from actors.kis.frames import KRX_TRADES, MARKET_STATUS, NXT_TRADES, US_TRADES
from actors.kis.messages import Stream
from actors.market.sigma import target_price
from protocol.messages import Venue

__all__ = ["Aim", "Demand", "Listed", "Wishes", "symbol_of"]

FARTHER = 2.0
EXCHANGES = {Venue.NASDAQ: "NAS", Venue.NYSE: "NYS", Venue.AMEX: "AMS"}
FREE, PAID = "D", "R"
RANK_BY_TR = {KRX_TRADES: 0, US_TRADES: 1, NXT_TRADES: 2}
FILLS = {False: ("H0STCNI0", "H0GSCNI0"), True: ("H0STCNI9", "H0GSCNI9")}
"""Own fills at home and abroad, by whether the account is for paper trading."""


class Demand(Struct, frozen=True, kw_only=True):
    """A symbol that people watch; *levels* are all of theirs, *wants_nxt* whether any of them chose NXT."""

    symbol: str
    venue: Venue
    watchers: int
    levels: tuple[float, ...] = ()
    wants_nxt: bool = False


class Listed(Struct, frozen=True, kw_only=True):
    """What analyst knows of a symbol: by what key the WebSocket knows it, and whether NXT lists it (None: unknown)."""

    key: str = ""
    is_on_nxt: bool | None = None


class Aim(Struct, frozen=True, kw_only=True):
    """From what the newest targets of a symbol are made."""

    session_date: date
    base_price: float
    sigma: float


class Wishes:
    """The order of what is wanted."""

    def __init__(self, config: FeedConfig) -> None:
        self._config = config
        self._near: set[str] = set()

    def order(
        self,
        demands: Iterable[Demand],
        listed: Mapping[str, Listed],
        aims: Mapping[str, Aim],
        prices: Mapping[str, float],
    ) -> tuple[Stream, ...]:
        """Return the streams that *demands* ask for, the most important first.

        Args:
            demands: what people watch.
            listed: what is known of symbols.
            aims: their targets.
            prices: their last prices.
        """
        wanted = list(demands)
        self._near = {each.symbol for each in wanted if self._is_near(each, aims, prices)}
        trades = [(each, stream) for each in wanted for stream in self._trades_of(each, listed)]
        trades.sort(key=lambda pair: self._rank(*pair))
        fills = [Stream(tr_id, self._config.hts_id) for tr_id in FILLS[self._config.paper]]
        streams = [*(fills if self._config.hts_id else ()), *(stream for _, stream in trades)]
        if self._config.market_status:
            streams += [Stream(MARKET_STATUS, stream.key) for _, stream in trades if stream.tr_id == KRX_TRADES]
        return tuple(streams)

    def _trades_of(self, demand: Demand, listed: Mapping[str, Listed]) -> list[Stream]:
        known = listed.get(demand.symbol, Listed())
        if not demand.venue.is_korean:
            key = known.key or f"{FREE}{EXCHANGES[demand.venue]}{demand.symbol}"
            return [Stream(US_TRADES, (PAID if self._config.us_paid else FREE) + key[1:])]
        streams = [Stream(KRX_TRADES, demand.symbol)]
        # Not known is not unlisted: KIS confirms such a stream and is silent, which costs no more than room.
        if demand.wants_nxt and known.is_on_nxt is not False:
            streams.append(Stream(NXT_TRADES, demand.symbol))
        return streams

    def _rank(self, demand: Demand, stream: Stream) -> tuple[bool, int, int, str]:
        return demand.symbol not in self._near, RANK_BY_TR[stream.tr_id], -demand.watchers, demand.symbol

    def _is_near(self, demand: Demand, aims: Mapping[str, Aim], prices: Mapping[str, float]) -> bool:
        aim, price = aims.get(demand.symbol), prices.get(demand.symbol)
        if aim is None or price is None:
            return False
        share = self._config.near_percent / 100 * (FARTHER if demand.symbol in self._near else 1.0)
        targets = (target_price(aim.base_price, aim.sigma, level) for level in demand.levels)
        return any(price <= target * (1 + share) for target in targets)


def symbol_of(stream: Stream) -> str:
    """Return the symbol of which *stream* tells: behind `DNAS` and its like, a US key is the symbol."""
    return stream.key[4:] if stream.tr_id == US_TRADES else stream.key
