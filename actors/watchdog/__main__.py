"""`python -m actors.watchdog`."""

from actors.runtime.process import run_actor
from actors.watchdog.config import WatchdogConfig
from actors.watchdog.shell import run

run_actor("watchdog", WatchdogConfig, run)
