"""`python -m actors.telegram`."""

from actors.runtime.process import run_actor
from actors.telegram.config import TelegramConfig
from actors.telegram.shell import run

run_actor("telegram", TelegramConfig, run)
