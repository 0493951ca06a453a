"""The life of an actor's process: configuration → logs → lock → ports → run → exit code.

    0   told to stop, and stopped            75  another process is this actor already
    1   a broken invariant: a bug            78  the configuration is wrong: waits for the operator

supervisord starts again what ends with another code than it was told. An actor dies with its parent, so that a
supervisord that was killed leaves no second set behind.
"""

import asyncio
import ctypes
import gc
import os
import random
import secrets as entropy
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NoReturn, TypeVar

import structlog
from msgspec import Struct

from actors.runtime.actor import Actor
from actors.runtime.clock import Clock, SystemClock, life_of_parent, wait_for_world_clock
from actors.runtime.config import Secrets, Settings, load_secrets, load_settings
from actors.runtime.errors import AlreadyRunning, ConfigError
from actors.runtime.lock import ActorLock
from actors.runtime.logs import Redactor, set_up_logs
from actors.runtime.ports import ZmqPorts
from protocol.topology import Address

__all__ = ["CONFIGURATION_ERROR", "EXIT_CONFIG", "EXIT_LOCKED", "die_with_parent", "run_actor"]

EXIT_CRASH = 1
EXIT_LOCKED = 75
EXIT_CONFIG = 78
CONFIGURATION_ERROR = "configuration error"
"""The words on stderr by which watchdog knows such an end: supervisord forgets the exit code of a failed start."""
PR_SET_PDEATHSIG = 1
SWITCH_S = 0.0005
"""How long a thread may keep another waiting: Python's own 5 ms are longer than all of an alert's way."""

ConfigT = TypeVar("ConfigT", bound=Struct)


def run_actor(name: str, config_type: type[ConfigT], run: Callable[[Actor[ConfigT]], Awaitable[None]]) -> NoReturn:
    """Live as actor *name* until told to stop, and end the process.

    Args:
        name: the actor, as in the topology; also its table in the configuration.
        config_type: the Struct that its table is decoded into.
        run: its shell; it returns once `ports.serve` has ended.
    """
    address = Address(name)
    try:
        address = _address(name, sys.argv[1:])
        settings = load_settings()
        secrets = load_secrets(settings)
        config = settings.table(name, config_type)
        prepare_process(settings)
        lock = ActorLock(settings.run_dir / f"{address}.lock", settings.path)
    except ConfigError as error:
        _end(EXIT_CONFIG, f"{address}: {CONFIGURATION_ERROR}: {error}")
    except AlreadyRunning as error:
        _end(EXIT_LOCKED, f"{address}: {error}")
    life = _Life(address, settings, secrets, lock.restarts)
    sys.exit(asyncio.run(life.live(config, run)))


def _address(name: str, arguments: list[str]) -> Address:
    """Return which copy of actor *name* the command line wants. For this one option argparse is 0.4 MB too many.

    Raises:
        ConfigError: it wants something else.
    """
    match arguments:
        case []:
            return Address(name)
        case ["--instance", instance]:
            return Address(name, instance)
    message = f"expected no argument but --instance NAME, found {' '.join(arguments)}"
    raise ConfigError(message)


def prepare_process(settings: Settings) -> None:
    """Make our folders for us alone, leave no core behind, and die with our parent."""
    os.umask(0o077)
    die_with_parent()
    for folder in (settings.run_dir, settings.data_dir, settings.logs_dir):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends, and end now if that has happened already."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


class _Life:
    """What lasts from the lock to the exit code."""

    def __init__(self, address: Address, settings: Settings, secrets: Secrets, restarts: int) -> None:
        self._address = address
        self._settings = settings
        self._secrets = secrets
        self._restarts = restarts
        self._clock: Clock = SystemClock()
        self._redactor = Redactor(secrets.texts())

    async def live(self, config: ConfigT, run: Callable[[Actor[ConfigT]], Awaitable[None]]) -> int:
        """Run the shell and return the exit code."""
        log = self._open_log()
        try:
            return await self._run(config, run, log)
        except ConfigError as error:
            log.error("configuration_refused", reason=str(error))  # noqa: TRY400 - the reason says it all
            sys.stderr.write(f"{self._address}: {CONFIGURATION_ERROR}: {error}\n")
            return EXIT_CONFIG
        except Exception:
            # The one place where a bug ends: supervisord starts us again, from what is on disk.
            log.exception("actor_crashed")
            return EXIT_CRASH

    async def _run(
        self,
        config: ConfigT,
        run: Callable[[Actor[ConfigT]], Awaitable[None]],
        log: structlog.typing.FilteringBoundLogger,
    ) -> int:
        if self._settings.shared.clock == "world":
            self._clock = await wait_for_world_clock(self._settings.run_dir / "clock.json", life_of_parent())
        ports = ZmqPorts(self._address, self._settings, self._clock, entropy.randbits(62), log)
        actor = Actor(
            address=self._address,
            config=config,
            settings=self._settings,
            secrets=self._secrets,
            ports=ports,
            clock=self._clock,
            chance=random.Random(entropy.randbits(64)),  # noqa: S311 - jitter, not secrecy
            log=log,
            commands=ports.commands,
            hide=self._redactor.add,
            restarts=self._restarts,
        )
        ports.pulse = actor.pulse

        def stop() -> None:
            actor.stop()
            ports.stop()

        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, stop)
        loop.add_signal_handler(signal.SIGINT, stop)
        ports.open()
        # What was imported lives as long as we do: no collection shall look through it again, and hold up an alert.
        gc.freeze()
        sys.setswitchinterval(SWITCH_S)
        log.info("actor_started", pid=os.getpid(), restarts=self._restarts)
        try:
            await run(actor)
        finally:
            ports.close()
        log.info("actor_stopped")
        return 0

    def _open_log(self) -> structlog.typing.FilteringBoundLogger:
        shared = self._settings.shared
        return set_up_logs(
            self._settings.logs_dir / f"{self._address}.log",
            level=shared.log_level,
            max_bytes=int(shared.log_file_mb * 1e6),
            files=shared.log_files,
            moment=lambda: _stamp(self._clock.now()),
            redact=self._redactor,
            actor=str(self._address),
            run=entropy.token_hex(2),
        )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _end(code: int, text: str) -> NoReturn:
    sys.stderr.write(text + "\n")
    sys.exit(code)
