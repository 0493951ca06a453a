"""That a command was not understood. Pure."""

from actors.runtime.errors import ActorError

__all__ = ["Misused"]


class Misused(ActorError):  # noqa: N818 - it states a fact
    """What stands behind a command is not what it takes; the answer is its example."""
