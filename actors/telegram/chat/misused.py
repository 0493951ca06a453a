"""That a command was not understood. Pure."""

from collections.abc import Sequence

from actors.runtime.errors import ActorError

__all__ = ["Misused"]


class Misused(ActorError):  # noqa: N818 - it states a fact
    """What stands behind a command is not what it takes; the answer is its example."""

    def __init__(self, message: str, not_understood: Sequence[str] = ()) -> None:
        """Tell of it.

        Args:
            message: for the log.
            not_understood: which of the words it was; several do not go together. None where it was all of them.
        """
        super().__init__(message)
        self.not_understood = [word for word in not_understood if word]
