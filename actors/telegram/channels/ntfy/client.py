"""ntfy as a channel. One client belongs to one thread at a time; no exception of the library leaves this module."""

import secrets
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode, urlsplit

from urllib3.exceptions import HTTPError

from actors.runtime.config import Secret
from actors.telegram.channels.channel import Message, Opened, Rates
from actors.telegram.channels.exchange import Exchange, failure_of
from actors.telegram.channels.ntfy.config import NtfyConfig
from actors.telegram.channels.ntfy.wire import ADDRESS, LONGEST, build_publication, build_query, health_of, outcome_of
from actors.telegram.channels.outcomes import Knocked, NotSent, Outcome

__all__ = ["NTFY", "NtfyChannel", "open_ntfy"]

NTFY = "ntfy"
THREADS = 8
TOPIC_BYTES = 15
"""Nobody guesses 120 bits."""
REFUSED = (
    "ntfy does not let us in: look at [telegram.channels.ntfy] url, and set the token that `ntfy token add` gives as "
    "ntfy_token in conf/secrets.toml"
)
UNREACHED = "does the server run, can this machine reach it, is [telegram.channels.ntfy] url its root?"


class NtfyChannel:
    """Publishes to the server that *exchange* reaches."""

    def __init__(self, token: Secret, exchange: Exchange, read_timeout_s: float) -> None:
        self._exchange = exchange
        self._read_timeout_s = read_timeout_s
        self._headers = {"User-Agent": "sigmabell"}
        if token:
            self._headers["Authorization"] = f"Bearer {token.reveal()}"

    def bring(self, message: Message) -> Outcome:
        """Publish *message*, once, and return what became of it."""
        # A plain text again: msgspec writes no other.
        topic = str(message.address)
        if message.png is None:
            body = build_publication(topic, message.text, silent=message.silent)
            return self._send("POST", "/", body)
        return self._send("PUT", f"/{topic}?{urlencode(build_query(message.text))}", message.png)

    def knock(self) -> Knocked:
        """Ask whether the server is well, in place of a message that nobody is to get."""
        try:
            status, body = self._exchange.send("GET", "/v1/health", self._headers, None, self._read_timeout_s)
        except HTTPError as error:
            return NotSent(failure_of(error).reason)
        return health_of(status, body)

    def _send(self, method: str, path: str, body: bytes) -> Outcome:
        try:
            status, answered = self._exchange.send(method, path, self._headers, body, self._read_timeout_s)
        except HTTPError as error:
            return failure_of(error)
        return outcome_of(status, answered)


def open_ntfy(
    config: NtfyConfig, token: Secret, exchanges: Callable[[str], Exchange], read_timeout_s: float
) -> Opened[NtfyChannel] | None:
    """Return ntfy as *config* wants it used, None if it does not."""
    if not config.url:
        return None

    def open_one() -> NtfyChannel:
        return NtfyChannel(token, exchanges(config.url.rstrip("/")), read_timeout_s)

    return Opened(
        name=NTFY,
        title="ntfy",
        rates=Rates(bot_per_s=config.messages_per_s, bot_burst=config.burst),
        open=open_one,
        threads=THREADS,
        refused=REFUSED,
        unreached=UNREACHED,
        carries_pictures=config.pictures,
        longest=LONGEST,
        address=ADDRESS.pattern,
        new_address=_new_topic,
        link=partial(_link, config),
    )


def _new_topic(_name: str) -> str:
    # Topics that begin with "up" are taken for UnifiedPush's.
    return f"sigmabell-{secrets.token_urlsafe(TOPIC_BYTES)}"


def _link(config: NtfyConfig, topic: str) -> str:
    """Return the link by which the app on a phone subscribes to *topic*."""
    url = urlsplit(config.url)
    is_plain = "?secure=false" if url.scheme == "http" else ""
    return f"ntfy://{url.netloc}{url.path.rstrip('/')}/{topic}{is_plain}"
