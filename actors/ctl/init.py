"""`sigmactl init`: ask for the keys without echo, try each at its service, and write them for our eyes only.

The operator's one-time code is shown once; only its SHA-256 is kept. Sent to the bot as `/start CODE`, it makes whoever
sends it the operator.
"""

import argparse
import getpass
import hashlib
import os
import re
import secrets as entropy
import shlex
import sys
from pathlib import Path

import msgspec
from msgspec import structs

from actors.ctl.bot import ask_bot
from actors.ctl.display import put, put_json
from actors.ctl.installation import find_settings
from actors.kis.config import KisConfig
from actors.kis.errors import KisError
from actors.kis.http import KisHttp
from actors.kis.issuance import parse_approval
from actors.runtime.config import (
    APP_KEY_NAME,
    MAIN,
    SINGLE_SECRETS,
    AppKey,
    Secret,
    Secrets,
    Settings,
    is_sendable,
    load_secrets,
)
from actors.runtime.errors import CommandRefused, ConfigError, TemporaryFailure

__all__ = ["set_up"]

ASKED = {
    "kis_app_key": "KIS app key",
    "kis_app_secret": "KIS app secret",
    "telegram_bot_token": "Telegram bot token (from @BotFather)",
}
BOT_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
CODE_BYTES = 16
NEXT = """
Next, start it:

    SIGMABELL_CONF={conf} .venv/bin/supervisord -c supervisord.conf

or, if it runs already, let the new keys count:

    .venv/bin/sigmactl --conf {conf} reload

Then send this to {bot}, once; it makes you the operator:

    /start {code}

"""
UNWRITTEN = "nothing was written (--unchecked writes all the same)"


def set_up(arguments: argparse.Namespace) -> int:
    """Ask, check, write, and print the operator's one-time code; 1, and nothing is written, if a check fails."""
    settings = find_settings(arguments)
    _refuse_demo(settings)
    if arguments.app_key:
        return _add_app_key(arguments, settings)
    code = entropy.token_urlsafe(CODE_BYTES)
    secrets = structs.replace(
        _ask(load_secrets(settings)), operator_code_hash=Secret(hashlib.sha256(code.encode()).hexdigest())
    )
    bot = "your bot"
    findings = {}
    if not arguments.unchecked:
        findings["kis"] = _check_kis(settings, secrets.app_keys[0])
        bot = _check_bot(settings, secrets)
        findings["telegram"] = f"the bot is {bot}"
    path = settings.root / settings.shared.secrets
    write_secrets(path, secrets)
    if "json" in arguments:
        put_json({**findings, "file": str(path), "operator_code": code})
        return 0
    for service, finding in findings.items():
        put(f"{service}: {finding}\n")
    put(f"written: {path} (0600)\n")
    put(NEXT.format(conf=shlex.quote(str(settings.path)), bot=bot, code=code))
    return 0


def _refuse_demo(settings: Settings) -> None:
    if settings.simulated:
        message = f"{settings.path}: expected a configuration for live use, found the demo's, which needs no keys; "
        hint = "copy conf/live.toml.example to conf/live.toml and say: sigmactl --conf conf/live.toml init"
        raise ConfigError(message + hint)


def _add_app_key(arguments: argparse.Namespace, settings: Settings) -> int:
    """Ask for a further app key, check it, and write it beside what is known; in place of an earlier of its name."""
    name = arguments.app_key
    if name == MAIN or not APP_KEY_NAME.fullmatch(name):
        message = f"expected a name of letters, digits, - and _ (not {MAIN}: for that one, plain init), found {name!r}"
        raise CommandRefused(message)
    secrets = load_secrets(settings)
    typed = [_read_hidden(f"{ASKED[field]} ({name}): ") for field in ("kis_app_key", "kis_app_secret")]
    if not all(typed):
        message = "expected an app key and its secret, found nothing"
        raise CommandRefused(message)
    app_key = AppKey(name, *map(Secret, typed))
    finding = {} if arguments.unchecked else {"kis": _check_kis(settings, app_key)}
    others = tuple(known for known in secrets.more_app_keys if known.name != name)
    path = settings.root / settings.shared.secrets
    write_secrets(path, structs.replace(secrets, more_app_keys=(*others, app_key)))
    if "json" in arguments:
        put_json({**finding, "file": str(path), "app_key": name})
        return 0
    put("".join(f"{service}: {found}\n" for service, found in finding.items()))
    put(f"written: {path} (0600); let it count: sigmactl reload\n")
    return 0


def write_secrets(path: Path, secrets: Secrets) -> None:
    """Write *secrets* to *path* in one step, readable by its owner alone from the first byte on."""
    lines = [f"{name} = {_quoted(getattr(secrets, name).reveal())}\n" for name in SINGLE_SECRETS]
    lines += [line for app_key in secrets.more_app_keys for line in _table_of(app_key)]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{entropy.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(["# Keys and the bot's token. Nobody else may read this file.\n", *lines])
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _table_of(app_key: AppKey) -> list[str]:
    texts = {"name": app_key.name, "app_key": app_key.key.reveal(), "app_secret": app_key.secret.reveal()}
    return ["\n[[kis_app_keys]]\n", *(f"{name} = {_quoted(text)}\n" for name, text in texts.items())]


def _ask(known: Secrets) -> Secrets:
    """Return what the operator types; where nothing is typed, what is known already.

    Raises:
        CommandRefused: a value is missing, or is no bot token.
    """
    answers = {}
    for name, title in ASKED.items():
        before: Secret = getattr(known, name)
        hint = " (empty: keep the present one)" if before else ""
        typed = _read_hidden(f"{title}{hint}: ")
        if not typed and not before:
            message = f"expected the {title}, found nothing"
            raise CommandRefused(message)
        answers[name] = Secret(typed) if typed else before
    if not BOT_TOKEN.fullmatch(answers["telegram_bot_token"].reveal()):
        message = "expected a bot token such as 123456:ABC..., found something else"
        raise CommandRefused(message)
    return structs.replace(known, **answers)


def _read_hidden(prompt: str) -> str:
    # A script types one line each, and nothing echoes anyway.
    typed = (getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()).strip()
    if not is_sendable(typed):
        message = f"{prompt}expected ASCII letters, digits and signs alone, found another; copy it anew"
        raise CommandRefused(message)
    return typed


def _check_kis(settings: Settings, app_key: AppKey) -> str:
    """Have KIS issue an approval key: that costs nothing, an access token would send its owner a message.

    Raises:
        CommandRefused: KIS does not know the keys, or cannot be asked now.
    """
    http = KisHttp(settings.table("kis", KisConfig), app_key)
    try:
        parse_approval(http.request_approval())
    except (KisError, TemporaryFailure) as error:
        message = f"KIS: {error}; {UNWRITTEN}"
        raise CommandRefused(message) from None
    finally:
        http.close()
    return "issued an approval key"


def _check_bot(settings: Settings, secrets: Secrets) -> str:
    """Return the address at which people write to the bot; raises as `_check_kis`."""
    try:
        return ask_bot(settings, secrets.telegram_bot_token)
    except CommandRefused as error:
        message = f"{error}; {UNWRITTEN}"
        raise CommandRefused(message) from None


def _quoted(text: str) -> str:
    """Return *text* as a TOML string, of which JSON's are a part."""
    return msgspec.json.encode(text).decode()
