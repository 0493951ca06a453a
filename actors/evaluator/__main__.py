"""`python -m actors.evaluator`."""

from actors.evaluator.config import EvaluatorConfig
from actors.evaluator.shell import run
from actors.runtime.process import run_actor

run_actor("evaluator", EvaluatorConfig, run)
