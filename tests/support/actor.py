"""An actor to hand to a shell: real configuration, fake everything else."""

import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from actors.runtime.actor import Actor
from actors.runtime.clock import Clock
from actors.runtime.config import SINGLE_SECRETS, AppKey, Secret, Secrets, Settings, load_settings
from actors.runtime.control import Commands
from actors.runtime.ports import Ports
from protocol.topology import Address

__all__ = ["leave_lock", "make_actor", "make_secrets", "make_settings"]

ConfigT = TypeVar("ConfigT")


def make_settings(directory: Path, text: str = "") -> Settings:
    """Return settings read from a file with *text* under *directory*, where run, data and logs lie, too."""
    conf = directory / "conf"
    conf.mkdir(exist_ok=True)
    path = conf / "sigmabell.toml"
    path.write_text(text, encoding="utf-8")
    settings = load_settings(path)
    for folder in (settings.run_dir, settings.data_dir, settings.logs_dir):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings


def make_secrets(more_app_keys: Sequence[AppKey] = (), **texts: str) -> Secrets:
    """Return secrets of which all but those named are the word `test`."""
    single = {name: Secret(texts.get(name, "test")) for name in SINGLE_SECRETS}
    return Secrets(**single, more_app_keys=tuple(more_app_keys))


def make_actor(
    name: str, config: ConfigT, settings: Settings, *, ports: Ports, clock: Clock, secrets: Secrets | None = None
) -> Actor[ConfigT]:
    """Return actor *name* that lives in the test's own process; its chance is seeded."""
    return Actor(
        address=Address(name),
        config=config,
        settings=settings,
        secrets=secrets or make_secrets(),
        ports=ports,
        clock=clock,
        chance=random.Random(7),
        log=structlog.get_logger(),
        commands=Commands(name),
    )


def leave_lock(run_dir: Path, conf: Path, pid: int | None = None, parent: int | None = None) -> None:
    """Leave in *run_dir* what an actor with the configuration *conf* does; its process is by default the test's own."""
    starts = {"pid": pid or os.getpid(), "parent": parent or os.getppid(), "starts": 1, "conf": str(conf)}
    (run_dir / "feed-1.lock").write_bytes(msgspec.json.encode(starts))
