"""What an operator may set for evaluator."""

from typing import Annotated

from msgspec import Meta, Struct

__all__ = ["EvaluatorConfig"]


class EvaluatorConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[evaluator]`."""

    rest_s: Annotated[float, Meta(gt=0)] = 300.0
    """How long a rule is silent after it fired, seconds of the market's time."""
    checkpoint_s: Annotated[float, Meta(gt=0)] = 1.0
    """How often the place in the streams is written down while no alert does so, seconds."""
    recompute_s: Annotated[float, Meta(gt=0)] = 60.0
    """After how long analyst is asked again while its base price is not the exchange's, seconds; it doubles up to
    half an hour."""
