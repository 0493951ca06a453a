"""Start the chart actor: `python -m actors.chart`."""

from actors.chart.config import ChartConfig
from actors.chart.shell import run
from actors.runtime.process import run_actor

run_actor("chart", ChartConfig, run)
