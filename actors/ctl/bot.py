"""Ask Telegram who the bot is: so a token is tried."""

import msgspec
import requests
from msgspec import Struct

from actors.ctl.web import WebSession
from actors.runtime.config import Secret, Settings
from actors.runtime.errors import CommandRefused

__all__ = ["ask_bot"]

TIMEOUT_S = (5.0, 15.0)


class _BotApi(Struct, frozen=True):
    """The part of `[telegram]` that tells where the Bot API is."""

    api_url: str = "https://api.telegram.org"
    proxy: str = ""


class _Bot(Struct, frozen=True):
    username: str


class _GetMe(Struct, frozen=True):
    """The Bot API's answer to getMe."""

    ok: bool
    result: _Bot | None = None
    description: str = ""


def ask_bot(settings: Settings, token: Secret) -> str:
    """Return the address at which people write to the bot of *token*.

    Raises:
        CommandRefused: Telegram does not know the token, or cannot be asked now.
    """
    api = settings.table("telegram", _BotApi)
    try:
        with WebSession() as session:
            session.proxies = {"http": api.proxy, "https": api.proxy} if api.proxy else {}
            url = f"{api.api_url}/bot{token.reveal()}/getMe"
            answer = session.get(url, timeout=TIMEOUT_S, allow_redirects=False)
        me = msgspec.json.decode(answer.content, type=_GetMe)
        if me.ok and me.result:
            return f"https://t.me/{me.result.username}"
        found = me.description
    except requests.RequestException as error:
        # Only the kind of the error: its text quotes the URL, and the URL holds the token.
        found = type(error).__name__
    except (msgspec.MsgspecError, ValueError, RecursionError):
        found = "an answer that is not the Bot API's"
    message = f"Telegram: expected to be told who the bot is, found {found}"
    raise CommandRefused(message)
