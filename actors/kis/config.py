"""The table `[kis]`: where KIS is and what it allows. Numbers that KIS has changed before are settings, not code.

Source: KIS documents and notices up to 2026-09: 18 REST calls a second in all, one session an app key, 41 registrations
a session, one approval key a second, one token a minute; who connects in a loop is blocked (notice of 2026-02-24).
"""

from typing import Annotated

from msgspec import Meta, Struct

from actors.kis.budget import Budget

__all__ = ["CallShares", "KisConfig"]

PerSecond = Annotated[float, Meta(gt=0)]
Seconds = Annotated[float, Meta(gt=0)]


class CallShares(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """REST calls a second for each actor that makes them; together below what KIS allows the account."""

    feed: PerSecond = 6.0
    """For the minutes that fill holes, and prices of what no link carries."""
    us_poller: PerSecond = 6.0
    """For US prices."""
    analyst: PerSecond = 5.0
    """For daily bars, base prices and names."""


class KisConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is the same for every actor that speaks to KIS."""

    rest_url: Annotated[str, Meta(pattern="^https?://")] = "https://openapi.koreainvestment.com:9443"
    """Where REST is; paper trading: https://openapivts.koreainvestment.com:29443."""
    ws_url: Annotated[str, Meta(pattern="^wss?://")] = "ws://ops.koreainvestment.com:21000"
    """Where the WebSocket is; paper trading: ws://ops.koreainvestment.com:31000."""
    masters_url: Annotated[str, Meta(pattern=r"^(https?://.+)?\Z")] = (
        "https://new.real.download.dws.co.kr/common/master"
    )
    """Where the master files lie, which list every instrument and need no key; empty: none are fetched."""
    custtype: Annotated[str, Meta(pattern=r"^[PB]\Z")] = "P"
    """P for a person, B for a business."""
    registration_limit: Annotated[int, Meta(ge=1)] = 41
    """Streams that one session may carry, over all TRs."""
    calls_per_second: CallShares = CallShares()
    """How the REST calls per second of the account are divided between the actors."""
    connect_timeout_s: Seconds = 5.0
    """How long a REST connection may take to open, seconds."""
    read_timeout_s: Seconds = 10.0
    """How long a REST answer may be silent, seconds."""
    attempts: Annotated[int, Meta(ge=1)] = 4
    """How often a REST call is tried before it counts as failed."""
    retry_first_s: Seconds = 0.5
    """Upper bound of the first pause between two tries, seconds; it doubles."""
    retry_cap_s: Seconds = 8.0
    """Upper bound of every later pause, seconds."""
    connects: Budget = Budget(burst=10, refill_s=15.0)
    """How often feed may open the WebSocket."""
    approval_keys: Budget = Budget(burst=5, refill_s=60.0)
    """How often feed may ask for an approval key."""
    access_tokens: Budget = Budget(burst=1, refill_s=61.0)
    """How often feed may ask for an access token."""
    credential_margin_s: Annotated[float, Meta(ge=0)] = 600.0
    """A key or token that expires within this time is renewed first, seconds."""
