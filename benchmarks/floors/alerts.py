"""What the floor's evaluator pushes to its notifier."""

from msgspec import Struct

__all__ = ["FloorAlert"]


class FloorAlert(Struct, frozen=True, array_like=True, gc=False):
    """The fact that a target was reached; the moment is UTC epoch nanoseconds."""

    id: str
    symbol: str
    price: float
    target: float
    base_price: float
    sigma: float
    traded_at_ns: int
