"""The table `[feed]`: pace and patience of the link to KIS. Where KIS is and what it allows stands in `[kis]`."""

from typing import Annotated

from msgspec import Meta, Struct

__all__ = ["FeedConfig"]

Seconds = Annotated[float, Meta(gt=0)]


class FeedConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an operator may set about the feed."""

    open_timeout_s: Seconds = 10.0
    """How long the WebSocket may take to open, seconds."""
    close_timeout_s: Seconds = 0.5
    """How long a closing handshake may take before the connection is cut, seconds."""
    retry_first_s: Seconds = 1.0
    """Upper bound of the first pause between two connects, seconds; it doubles. The first of all comes at once."""
    retry_cap_s: Seconds = 15.0
    """Upper bound of every later pause, seconds."""
    settled_s: Seconds = 60.0
    """For how long trades must have flowed before a loss counts as the first again, seconds."""
    slot_wait_s: Seconds = 25.0
    """How long to be silent when another session holds the app key (OPSP8996), seconds; it doubles. Short enough for
    trades to flow again within 30 s of its release."""
    slot_wait_cap_s: Seconds = 120.0
    """The longest such silence, seconds."""
    move_after_s: Seconds = 10.0
    """For how long a link must be down before others take its streams, or a stream less important than one that has no
    place before it makes way, seconds."""
    wake_before_min: Annotated[float, Meta(ge=0)] = 10.0
    """How long before a session that somebody has chosen the link is opened, minutes; after the last it is closed."""
    poll_interval_s: Seconds = 3.0
    """How often the price of a symbol that no link carries is asked over REST, seconds; thirty are one call. So often
    the minutes of a stream that was lost are asked for, too, while it is away."""
    poll_after_s: Seconds = 10.0
    """For how long a symbol must be without a stream before it is asked for, seconds."""
    request_spacing_s: Seconds = 0.05
    """Pause between two requests to subscribe, seconds; KIS wants 0.05 to 0.1."""
    answer_timeout_s: Seconds = 2.0
    """How long a request waits for its answer before it is repeated, once, seconds."""
    refused_retry_s: Seconds = 60.0
    """When a stream that was refused for a while is asked for again, seconds."""
    link_silence_s: Seconds = 25.0
    """Without any frame for so long the link counts as dead, seconds; KIS sends PINGPONG every 10."""
    data_silence_s: Seconds = 60.0
    """Without any trade for so long, while they must flow, the stream is dead, seconds; doubles while in vain."""
    data_silence_cap_s: Seconds = 900.0
    """The longest such patience, seconds: a market may be halted, a watch list may be quiet."""
    symbol_silence_s: Seconds = 30.0
    """Without a trade for so long, while others of its link trade, a Korean symbol's price is asked to see whether its
    stream is deaf, seconds; doubles while nothing was traded."""
    symbol_silence_times: Annotated[float, Meta(ge=1)] = 10.0
    """But not before so many times its own mean interval between trades."""
    symbol_silence_cap_s: Seconds = 900.0
    """The longest such patience, seconds."""
    late_frames_s: Annotated[float, Meta(ge=0)] = 1.5
    """For how long a step in a symbol's volume may be frames that come late and not a hole, seconds."""
    hold_s: Seconds = 20.0
    """How long a symbol's trades wait for the minutes that fill a hole before them while KIS tells none, seconds."""
    hold_trades: Annotated[int, Meta(ge=1)] = 20_000
    """How many trades may wait so, of all symbols."""
    gap_margin_s: Annotated[float, Meta(ge=0)] = 2.0
    """How far before its known begin a hole may reach: what was on its way, seconds."""
    closing_auction_min: Annotated[float, Meta(ge=0)] = 10.0
    """The last minutes of the regular session, in which nothing trades before the closing cross."""
    keepalive_idle_s: Annotated[int, Meta(ge=1)] = 1
    """When TCP asks an idle peer whether it is there, seconds. With the next two: a peer that is gone, or acknowledges
    nothing of ours, is noticed after 4 s."""
    keepalive_interval_s: Annotated[int, Meta(ge=1)] = 1
    """Seconds between two such questions."""
    keepalive_count: Annotated[int, Meta(ge=1)] = 3
    """How many may go unanswered before the connection is lost."""
    near_percent: Annotated[float, Meta(gt=0, le=50)] = 2.0
    """How little above a target a price is near it, percent: near symbols get their streams first."""
    market_status: bool = True
    """Whether halts and interruptions of Korean symbols are subscribed to, where registrations are left."""
    us_paid: bool = False
    """Whether the account has ordered real-time US prices (keys with R); without, the free feed of one exchange (D)."""
    us_flow_s: Seconds = 60.0
    """A US symbol without a trade for so long is polled until its stream brings one again, seconds."""
    hts_id: Annotated[str, Meta(pattern=r"^[0-9A-Za-z@_.-]{0,20}\Z")] = ""
    """The HTS login by which KIS tells of own fills; empty: own fills are not told."""
    fills_user_id: int = 0
    """Who is told of own fills, by Telegram's numeric user id; 0 is the operator."""
    paper: bool = False
    """Whether the account is for paper trading, whose fills come by other TRs."""
