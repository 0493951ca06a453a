"""Independent random streams, one a purpose.

A stream is made from the seed and the names of its purpose alone: one draw more for one purpose shifts no other.
"""

import hashlib
import random

__all__ = ["stream"]


def stream(seed: int, *purpose: object) -> random.Random:
    """Return the random stream of *purpose*, for instance `stream(1, "history", "005930")`."""
    name = "\0".join([str(seed), *(str(part) for part in purpose)])
    return random.Random(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))  # noqa: S311 - wanted: repeatable
