"""The Bot API over HTTP. One client belongs to one thread at a time, because its connection does.

Every exception of the library holds the URL and so the bot's token: none leaves this module, not even as the cause of
another.
"""

from collections.abc import Callable
from typing import Protocol

from urllib3.exceptions import HTTPError
from urllib3.filepost import encode_multipart_formdata

from actors.runtime.clock import Clock
from actors.runtime.config import Secret
from actors.runtime.errors import TemporaryFailure
from actors.telegram.channels.channel import Keyboard
from actors.telegram.channels.exchange import Exchange, failure_of
from actors.telegram.channels.outcomes import Knocked, NotSent, Outcome, Rejected, Sent
from actors.telegram.channels.telegram.wire import (
    Scope,
    Update,
    build_commands,
    build_edit,
    build_message,
    build_photo_fields,
    build_poll,
    build_press_answer,
    outcome_of,
    parse_answer,
    parse_name,
    parse_updates,
)
from actors.telegram.config import TelegramConfig

__all__ = ["Bot", "BotClient", "BotFactory"]

# Added to what getUpdates is allowed to take before silence counts as a lost connection.
POLL_SLACK_S = 10.0
UNMODIFIED = "message is not modified"
JSON = "application/json"
NO_MESSAGE = 0
"""The number of a message that was not sent: Telegram's begin with 1."""


class Bot(Protocol):
    """What we ask of the Bot API."""

    def send_text(self, chat_id: int, text: str, keyboard: Keyboard = (), *, plain: bool, silent: bool) -> Outcome:
        """Send *text* over *keyboard*, escaped unless it goes *plain*, and return what became of it."""

    def edit_text(self, chat_id: int, message_id: int, text: str, keyboard: Keyboard, *, plain: bool) -> Outcome:
        """Put *text* over *keyboard* in place of what a message of ours says, and return what became of that."""

    def send_photo(self, chat_id: int, png: bytes, caption: str, reply_to: int | None, *, plain: bool) -> Outcome:
        """Send a picture as a reply to message *reply_to*, if that is one, and return what became of it."""

    def answer_press(self, press_id: str, text: str) -> None:
        """Let the phone wait no longer for what a button does, and show *text* for a moment, if there is one.

        Raises:
            TemporaryFailure: Telegram did not answer, or refused: after some seconds it does.
        """

    def get_name(self) -> str:
        """Return the name by which people address the bot.

        Raises:
            TemporaryFailure: Telegram did not answer, or refused.
        """

    def knock(self) -> Knocked:
        """Ask who we are, in place of a message that nobody is to get, and return what would have become of that."""

    def get_updates(self, offset: int) -> list[Update]:
        """Return what happened from update *offset* on, waiting for something to happen.

        Raises:
            TemporaryFailure: Telegram did not answer, or refused.
        """

    def set_commands(self, commands: tuple[tuple[str, str], ...], language_code: str, scope: Scope) -> None:
        """Set the bot's menu in the chats of *scope* for readers of *language_code*, empty for all others.

        Raises:
            TemporaryFailure: Telegram did not answer, or refused.
        """


BotFactory = Callable[[], Bot]


class BotClient:
    """The real Bot API, or the simulator's: only the URL differs."""

    def __init__(self, config: TelegramConfig, token: Secret, clock: Clock) -> None:
        self._config = config
        self._exchange = Exchange(
            clock,
            f"{config.api_url.rstrip('/')}/bot{token.reveal()}",
            connect_timeout_s=config.connect_timeout_s,
            keep_alive_s=config.keep_alive_s,
            proxy=config.proxy,
        )

    def send_text(self, chat_id: int, text: str, keyboard: Keyboard = (), *, plain: bool, silent: bool) -> Outcome:
        """Send *text* over *keyboard*, escaped unless it goes *plain*, and return what became of it."""
        body = build_message(chat_id, text, keyboard, plain=plain, silent=silent)
        return self._send("sendMessage", body)

    def edit_text(self, chat_id: int, message_id: int, text: str, keyboard: Keyboard, *, plain: bool) -> Outcome:
        """Put *text* over *keyboard* in place of what a message of ours says, and return what became of that."""
        body = build_edit(chat_id, message_id, text, keyboard, plain=plain)
        outcome = self._send("editMessageText", body)
        # An edit of which nobody knew whether it was taken was.
        says_so = isinstance(outcome, Rejected) and UNMODIFIED in outcome.reason
        return Sent(message_id) if says_so else outcome

    def send_photo(self, chat_id: int, png: bytes, caption: str, reply_to: int | None, *, plain: bool) -> Outcome:
        """Send a picture as a reply to message *reply_to*, and return what became of it."""
        fields = build_photo_fields(chat_id, caption, reply_to, plain=plain)
        body, content_type = encode_multipart_formdata({**fields, "photo": ("chart.png", png, "image/png")})
        return self._send("sendPhoto", body, content_type)

    def answer_press(self, press_id: str, text: str) -> None:
        """Let the phone wait no longer for what a button does, and show *text* for a moment, if there is one.

        Raises:
            TemporaryFailure: Telegram did not answer, or refused: after some seconds it does.
        """
        body = build_press_answer(press_id, text)
        self._call("answerCallbackQuery", body, self._config.read_timeout_s)

    def get_name(self) -> str:
        """Return the name by which people address the bot.

        Raises:
            TemporaryFailure: Telegram did not answer, or refused.
        """
        return parse_name(self._call("getMe", b"{}", self._config.read_timeout_s))

    def knock(self) -> Knocked:
        """Ask who we are, in place of a message that nobody is to get, and return what would have become of that."""
        try:
            self._call("getMe", b"{}", self._config.read_timeout_s)
        except TemporaryFailure as failure:
            return NotSent(str(failure))
        return Sent(NO_MESSAGE)

    def get_updates(self, offset: int) -> list[Update]:
        """Return what happened from update *offset* on, waiting for something to happen.

        Raises:
            TemporaryFailure: Telegram did not answer, or refused.
        """
        timeout_s = self._config.poll_timeout_s
        try:
            return parse_updates(self._call("getUpdates", build_poll(offset, timeout_s), timeout_s + POLL_SLACK_S))
        except (ValueError, RecursionError) as error:
            message = f"expected a list of updates, found something else: {error}"
            raise TemporaryFailure(message) from None

    def set_commands(self, commands: tuple[tuple[str, str], ...], language_code: str, scope: Scope) -> None:
        """Set the bot's menu in the chats of *scope* for readers of *language_code*, empty for all others.

        Raises:
            TemporaryFailure: Telegram did not answer, or refused.
        """
        self._call("setMyCommands", build_commands(commands, language_code, scope), self._config.read_timeout_s)

    def _send(self, method: str, body: bytes, content_type: str = JSON) -> Outcome:
        try:
            status, answered = self._post(method, body, content_type, self._config.read_timeout_s)
        except HTTPError as error:
            return failure_of(error)
        return outcome_of(status, answered)

    def _call(self, method: str, body: bytes, read_timeout_s: float) -> bytes:
        """Return the result of *method*."""
        try:
            status, answered = self._post(method, body, JSON, read_timeout_s)
        except HTTPError as error:
            message = f"expected an answer to {method}, found: {failure_of(error).reason}"
            raise TemporaryFailure(message) from None
        answer = parse_answer(answered)
        if answer is None or not answer.ok:
            found = f"{status} {answer.description if answer else 'that cannot be read'}"
            retry_after_s = answer.parameters.retry_after if answer else None
            message = f"expected {method} to be answered, found {found}"
            raise TemporaryFailure(message, retry_after_s)
        return bytes(answer.result)

    def _post(self, method: str, body: bytes, content_type: str, read_timeout_s: float) -> tuple[int, bytes]:
        headers = {"Content-Type": content_type, "User-Agent": "sigmabell"}
        return self._exchange.send("POST", f"/{method}", headers, body, read_timeout_s)
