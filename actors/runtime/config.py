"""Settings and secrets, read once at the start of a process.

`conf/sigmabell.toml`, or the file that SIGMABELL_CONF names, has one table an actor and some that several read. Each is
decoded into one frozen Struct that refuses unknown keys; whatever is wrong is a `ConfigError` that names file, key,
what was expected and what was found, and the process ends with exit code 78.

Secrets come from the environment (`SIGMABELL_KIS_APP_KEY` …) or from the file of mode 0600 beside the configuration.
They are taken out of the environment at once, so that no child inherits them. Further app keys of KIS, each with a
session of its own, stand in the file only:

    [[kis_app_keys]]
    name = "second"
    app_key = "..."
    app_secret = "..."
"""

import os
import re
import stat
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from actors.runtime.complaints import complaint_of, complaint_of_numbers
from actors.runtime.errors import ConfigError
from protocol.topology import ACTORS

__all__ = [
    "APP_KEY_NAME",
    "KNOWN_TABLES",
    "MAIN",
    "SINGLE_SECRETS",
    "AppKey",
    "Secret",
    "Secrets",
    "Settings",
    "SharedSettings",
    "SimulatorKeys",
    "is_sendable",
    "load_secrets",
    "load_settings",
]

CONF_VARIABLE = "SIGMABELL_CONF"
DEFAULT_CONF = Path("conf/sigmabell.toml")
KNOWN_TABLES = frozenset({"sigmabell", "recordings", "kis", "market", "simulator", "ctl", *ACTORS})

SINGLE_SECRETS = ("kis_app_key", "kis_app_secret", "telegram_bot_token", "operator_code_hash", "ntfy_token")
APP_KEY_NAME = re.compile(r"^[A-Za-z0-9_-]{1,20}\Z")
MAIN = "main"
"""What the operator calls the app key that has no table of its own."""

TableT = TypeVar("TableT", bound=Struct)


class SharedSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[sigmabell]`: what all processes share."""

    run_dir: str = "run"
    """Sockets and locks; made with mode 0700. Relative to the folder above `conf/`."""
    data_dir: str = "data"
    """Databases, pictures, recordings."""
    logs_dir: str = "logs"
    """Log files, one an actor."""
    secrets: str = "conf/secrets.toml"
    """The file with keys and the bot token, mode 0600."""
    log_level: Annotated[str, Meta(pattern=r"^(debug|info|warning|error)\Z")] = "info"
    """The least important line that is written: debug, info, warning or error."""
    log_file_mb: Annotated[float, Meta(gt=0)] = 10.0
    """Size at which a log file is rotated, megabytes."""
    log_files: Annotated[int, Meta(ge=1)] = 5
    """How many rotated log files are kept for each actor."""
    clock: Annotated[str, Meta(pattern=r"^(system|world)\Z")] = "system"
    """`system`, or `world`: the simulator's."""


class Secret:
    """A text that shows itself only to who asks for it by name; `str` and `repr` are `***`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself. Never put it into a log, a message or an error."""
        return self._text

    def __bool__(self) -> bool:
        """Whether there is a secret at all."""
        return bool(self._text)

    def __repr__(self) -> str:
        """Hide the text."""
        return "***"

    __str__ = __repr__


class AppKeyTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the tables `[[kis_app_keys]]`."""

    name: Annotated[str, Meta(pattern=APP_KEY_NAME.pattern)]
    app_key: Annotated[str, Meta(min_length=1)]
    app_secret: Annotated[str, Meta(min_length=1)]


class SecretsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `conf/secrets.toml` may hold."""

    kis_app_key: str = ""
    kis_app_secret: str = ""
    telegram_bot_token: str = ""
    operator_code_hash: str = ""
    ntfy_token: str = ""
    kis_app_keys: list[AppKeyTable] = []


class AppKey(Struct, frozen=True):
    """One of KIS's app keys with its secret, under the *name* that the operator gave it."""

    name: str
    key: Secret
    secret: Secret


class Secrets(Struct, frozen=True, kw_only=True):
    """What nobody but their user may see. An absent one is empty, that is false."""

    kis_app_key: Secret
    kis_app_secret: Secret
    telegram_bot_token: Secret
    operator_code_hash: Secret
    """SHA-256 (hex) of the one-time code with which the operator makes himself known to the bot."""
    ntfy_token: Secret = Secret("")
    """By which an ntfy server lets us in; see [telegram.channels.ntfy]."""
    more_app_keys: tuple[AppKey, ...] = ()
    """KIS's further app keys."""

    @property
    def app_keys(self) -> tuple[AppKey, ...]:
        """KIS's app keys; the first is the one under which everybody asks for prices and bars."""
        return (AppKey(MAIN, self.kis_app_key, self.kis_app_secret), *self.more_app_keys)

    def require(self, *names: str) -> None:
        """Insist on the secrets of these *names*.

        Raises:
            ConfigError: one is missing; the text says where it is looked for.
        """
        for name in names:
            if not getattr(self, name):
                message = (
                    f"conf/secrets.toml: {name}: expected a value there or in SIGMABELL_{name.upper()}, found none; "
                    "`sigmactl init` asks for it"
                )
                raise ConfigError(message)

    def texts(self) -> list[str]:
        """Return the secret texts, for the redaction of logs only."""
        secrets = [getattr(self, name) for name in SINGLE_SECRETS]
        secrets += [secret for app_key in self.more_app_keys for secret in (app_key.key, app_key.secret)]
        return [secret.reveal() for secret in secrets if secret]


class SimulatorKeys(Struct, frozen=True):
    """The part of `[simulator]` that everybody must know: whether it plays the world, and with which keys.

    They are no secrets: nothing outside the simulated world knows them.
    """

    enabled: bool = False
    app_key: str = "SIMULATED-APP-KEY"
    app_secret: str = "SIMULATED-APP-SECRET"  # noqa: S105 - see above
    more_app_keys: list[str] = []
    bot_token: str = "1000000000:SIMULATED-BOT-TOKEN-0000000000000000"  # noqa: S105 - see above


class Settings:
    """The whole configuration file, handed out table by table."""

    def __init__(self, path: Path, tables: dict[str, object]) -> None:
        self.path = path
        self._tables = tables
        self.root = path.resolve().parent.parent
        shared = self.table("sigmabell", SharedSettings)
        self.shared = shared
        self.run_dir = self.root / shared.run_dir
        self.data_dir = self.root / shared.data_dir
        self.logs_dir = self.root / shared.logs_dir
        self.simulated = self.table("simulator", SimulatorKeys).enabled

    def table(self, name: str, table_type: type[TableT]) -> TableT:
        """Return table *name* as *table_type*; where it is absent, its defaults.

        Raises:
            ConfigError: a key is unknown, or a value has the wrong type or is out of bounds.
        """
        table = self._tables.get(name, {})
        try:
            found = msgspec.convert(table, table_type)
        except msgspec.ValidationError as error:
            message = f"{self.path}: [{name}]: {complaint_of(error, table_type, table)}"
            raise ConfigError(message) from error
        if complaint := complaint_of_numbers(found):
            message = f"{self.path}: [{name}]: {complaint}"
            raise ConfigError(message)
        return found

    def secrets_of_simulator(self) -> Secrets:
        """Return the simulated world's own keys, which are no secret."""
        keys = self.table("simulator", SimulatorKeys)
        return Secrets(
            kis_app_key=Secret(keys.app_key),
            kis_app_secret=Secret(keys.app_secret),
            telegram_bot_token=Secret(keys.bot_token),
            operator_code_hash=Secret(""),
            more_app_keys=tuple(
                AppKey(f"simulated-{number}", Secret(app_key), Secret(keys.app_secret))
                for number, app_key in enumerate(keys.more_app_keys, 2)
            ),
        )


def load_settings(path: Path | None = None) -> Settings:
    """Return the configuration in *path*, or in the file that SIGMABELL_CONF names, or in `conf/sigmabell.toml`.

    Raises:
        ConfigError: there is no such file, it is not TOML, or it has a table that nobody reads.
    """
    path = path or Path(os.environ.get(CONF_VARIABLE, DEFAULT_CONF))
    try:
        tables = msgspec.toml.decode(path.read_bytes(), type=dict[str, object])
    except OSError as error:
        message = f"{path}: expected a readable configuration file, found {error.strerror}"
        raise ConfigError(message) from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        message = f"{path}: expected TOML, found {error}"
        raise ConfigError(message) from error
    unknown = sorted(set(tables) - KNOWN_TABLES)
    if unknown:
        message = f"{path}: expected tables {', '.join(sorted(KNOWN_TABLES))}, found [{unknown[0]}]"
        raise ConfigError(message)
    return Settings(path, tables)


def load_secrets(settings: Settings) -> Secrets:
    """Return the secrets: the simulator's in its world, otherwise the environment's before the file's.

    Raises:
        ConfigError: the file may be read by others, or holds something else than secrets.
    """
    if settings.simulated:
        return settings.secrets_of_simulator()
    found = _read_secrets_file(settings.root / settings.shared.secrets)
    file = settings.shared.secrets
    single = {}
    for name in SINGLE_SECRETS:
        variable = f"SIGMABELL_{name.upper()}"
        text = os.environ.pop(variable, "").strip() or getattr(found, name)
        single[name] = _secret(text, f"{file}: {name} (or {variable})")
    more = tuple(_app_key(table, f"{file}: [[kis_app_keys]] {table.name}") for table in found.kis_app_keys)
    secrets = Secrets(**single, more_app_keys=more)
    _require_differing([app_key.name for app_key in secrets.app_keys], "name", settings)
    _require_differing([app_key.key.reveal() for app_key in secrets.app_keys], "app_key", settings)
    return secrets


def is_sendable(text: str) -> bool:
    """Say whether a header of HTTP takes *text* as it is: printable ASCII alone."""
    return text.isascii() and text.isprintable()


def _secret(text: str, place: str) -> Secret:
    """Return *text* without what was pasted around it; raises ConfigError, which tells *place* and no more."""
    text = text.strip()
    if not is_sendable(text):
        message = f"{place}: expected ASCII letters, digits and signs alone, found another; copy it anew"
        raise ConfigError(message)
    return Secret(text)


def _app_key(table: AppKeyTable, place: str) -> AppKey:
    key, secret = _secret(table.app_key, f"{place}: app_key"), _secret(table.app_secret, f"{place}: app_secret")
    return AppKey(table.name, key, secret)


def _require_differing(texts: list[str], what: str, settings: Settings) -> None:
    """Refuse two app keys of which *what* is the same; the texts may be secret."""
    if len(set(texts)) < len(texts):
        message = (
            f"{settings.shared.secrets}: [[kis_app_keys]]: expected each {what} once, found one twice; "
            f'"{MAIN}" is the name of the app key outside the tables'
        )
        raise ConfigError(message)


def _read_secrets_file(path: Path) -> SecretsFile:
    if not path.exists():
        return SecretsFile()
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"{path}: expected mode 0600, found {stat.S_IMODE(path.stat().st_mode):04o}; run: chmod 600 {path}"
        raise ConfigError(message)
    try:
        return msgspec.toml.decode(path.read_bytes(), type=SecretsFile)
    except msgspec.ValidationError as error:
        message = f"{path}: {complaint_of(error, SecretsFile, None, is_secret=True)}"
        raise ConfigError(message) from None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        # What a TOML parser says about a line may quote the line.
        message = f"{path}: expected TOML with {', '.join(SecretsFile.__struct_fields__)}, found something else"
        raise ConfigError(message) from None
