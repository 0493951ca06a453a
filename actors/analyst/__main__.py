"""`python -m actors.analyst`."""

from actors.analyst.config import AnalystConfig
from actors.analyst.shell import run
from actors.runtime.process import run_actor

run_actor("analyst", AnalystConfig, run)
