"""The table [telegram]."""

from typing import Annotated
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from actors.market.choices import SessionChoice
from actors.telegram.channels.config import ChannelsConfig
from protocol.messages import Venue

__all__ = ["Levels", "SeededPerson", "SeededWatch", "TelegramConfig"]

Seconds = Annotated[float, Meta(gt=0, le=3600)]
Levels = Annotated[tuple[Annotated[float, Meta(gt=0, le=10)], ...], Meta(min_length=1, max_length=10)]


class SeededWatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A symbol that a seeded person watches."""

    symbol: Annotated[str, Meta(pattern=r"^[0-9A-Z./-]{1,8}\Z")]
    """The venue's code."""
    name: Annotated[str, Meta(min_length=1)]
    """The name that people read."""
    venue: Venue
    """KRX, NXT, NASDAQ, NYSE or AMEX."""


class SeededPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who is known without an invitation, as in the demo."""

    name: Annotated[str, Meta(min_length=1)]
    """What the operator calls the person."""
    user_id: int
    """Telegram's numeric user id."""
    chat_id: int
    """The chat that alerts go to; in a private chat the same number."""
    role: Annotated[str, Meta(pattern=r"^(operator|member|viewer)\Z")] = "member"
    """operator, member or viewer."""
    sessions: tuple[SessionChoice, ...] = (SessionChoice.KRX_REGULAR, SessionChoice.US_REGULAR)
    """Which sessions may alert: krx-regular, krx-after, nxt, us-regular, us-pre, us-after."""
    addresses: dict[str, str] = {}
    """By channel, such as ntfy, where the person gets messages beside the chat."""
    watches: tuple[SeededWatch, ...] = ()
    """What the person watches when first seen."""


class TelegramConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to reach people, and what is assumed of a new one."""

    api_url: Annotated[str, Meta(pattern=r"^https?://[^\s?#]+\Z")] = "https://api.telegram.org"
    """Where the Bot API is."""
    proxy: Annotated[str, Meta(pattern=r"^((https?|socks5h?)://[^\s]+)?\Z")] = ""
    """The proxy to reach it by; empty for none. The environment's proxies are not used."""
    connect_timeout_s: Seconds = 4.0
    """Seconds after which a connection counts as not made."""
    read_timeout_s: Seconds = 12.0
    """Seconds without an answer after which a message counts as possibly sent. Together with the connection's they must
    stay below supervisord's stopwaitsecs, so that a planned stop can wait for the answer."""
    poll_timeout_s: Annotated[int, Meta(ge=0, le=50)] = 25
    """Seconds that Telegram may hold our question for new commands open."""
    keep_alive_s: Seconds = 15.0
    """Seconds after which an idle connection is not used again: a stale one is the commonest cause of doubt."""
    threads: Annotated[int, Meta(ge=1, le=64)] = 8
    """How many chats can be spoken to at the same moment."""
    store_poll_s: Annotated[float, Meta(gt=0, le=0.5)] = 0.5
    """Seconds between looks for alerts whose doorbell was lost."""
    retry_first_s: Seconds = 1.0
    """Upper bound of the first wait while Telegram cannot be reached, seconds; it doubles."""
    retry_cap_s: Seconds = 60.0
    """Upper bound of all such waits, seconds."""
    doubt_min_s: Seconds = 2.0
    """Least wait before a message that may have arrived is sent again, seconds."""
    doubt_max_s: Seconds = 5.0
    """Most of that wait the first time, seconds; it doubles up to retry_cap_s."""
    doubt_silent_s: Annotated[float, Meta(ge=0, le=60)] = 8.0
    """Seconds by which that wait is longer where Telegram was silent: it may still be at work on the first. With
    read_timeout_s and doubt_min_s this is how slow it may be without a message coming twice unmarked."""
    bad_token_retry_s: Seconds = 60.0
    """Seconds between attempts while Telegram refuses the bot's token."""
    chat_per_s: Annotated[float, Meta(gt=0, le=1000)] = 0.95
    """Messages a second in one chat. Telegram allows about one, counted when it arrives."""
    chat_burst: Annotated[float, Meta(ge=1, le=1000)] = 3.0
    """How many messages may go to one chat at once before that rate holds."""
    group_per_min: Annotated[float, Meta(gt=0, le=60_000)] = 19.0
    """Messages a minute in a group. Telegram allows 20."""
    bot_per_s: Annotated[float, Meta(ge=1, le=1000)] = 28.0
    """Messages a second in all. Telegram allows about 30."""
    group_from: Annotated[int, Meta(ge=2)] = 3
    """So many alerts that wait for one chat go as one message."""
    picture_again_s: Seconds = 10.0
    """Seconds after which a picture that did not come is asked for again."""
    picture_life_s: Seconds = 600.0
    """Seconds after which a picture that did not come is given up."""
    ask_timeout_s: Seconds = 5.0
    """Seconds that analyst may take to find a symbol."""
    invitation_days: Annotated[float, Meta(gt=0, le=365)] = 7.0
    """Days until an invitation that nobody has used expires."""
    command_life_s: Annotated[float, Meta(gt=0)] = 300.0
    """Seconds after which a command that we could not serve is not carried out any more: its sender is told so."""
    button_life_s: Annotated[float, Meta(gt=0, le=604_800)] = 86_400.0
    """Seconds for which a button under a message does what stands on it."""
    language: Annotated[str, Meta(pattern=r"^(ko|en)\Z")] = "ko"
    """The language of a new person: ko or en."""
    time_zone: str = "Asia/Seoul"
    """The time zone of a new person, such as Asia/Seoul or America/New_York."""
    levels: Levels = (1.0, 2.0)
    """How many σ below the base price a newly watched symbol alerts at."""
    self_test_chat_id: int = 0
    """The chat that gets the test alert of the self-test before the open; 0: it goes as far as Telegram, and nobody
    gets it."""
    most_watches: Annotated[int, Meta(ge=1)] = 40
    """How many symbols one person may watch."""
    most_rules: Annotated[int, Meta(ge=1)] = 200
    """How many rules one person may have, those of σ among them."""
    crossing_band: Annotated[float, Meta(ge=0, le=0.2)] = 0.005
    """How far a price must go back beyond the threshold of a rule that alerts on new crossings only, a fraction."""
    channels: ChannelsConfig = ChannelsConfig()
    """The ways to people beside Telegram, a table each."""
    people: tuple[SeededPerson, ...] = ()
    """Those who are known from the start."""

    def __post_init__(self) -> None:
        """Refuse addresses at which nobody can be reached, and a time zone that is none.

        Of a proxy the password is not repeated. A zone is written down with whoever comes in: to correct it here later
        would not help them.
        """
        if not _is_address(self.api_url):
            message = f"expected api_url as https://HOST, found {self.api_url}"
            raise ValueError(message)
        if self.proxy and not _is_address(self.proxy):
            message = "expected proxy as SCHEME://NAME:PASSWORD@HOST:PORT, found something else"
            raise ValueError(message)
        if not _is_zone(self.time_zone):
            message = f"expected time_zone such as Asia/Seoul, found {self.time_zone!r}"
            raise ValueError(message)


def _is_zone(name: str) -> bool:
    """Say whether there is a time zone of that *name*."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_address(url: str) -> bool:
    """Say whether *url* has a host, and a port that is one, and what stands before them can be sent."""
    try:
        parts = urlsplit(url)
        unquote(parts.netloc).encode("latin-1")
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
