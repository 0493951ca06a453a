"""`python -m actors.us_poller`."""

from actors.runtime.process import run_actor
from actors.us_poller.config import UsPollerConfig
from actors.us_poller.shell import run

run_actor("us_poller", UsPollerConfig, run)
