"""What KIS may say that a caller has to act on, one class for each thing a caller does differently."""

from actors.kis.codes import Reaction
from actors.runtime.errors import TemporaryFailure

__all__ = [
    "FrameError",
    "KisError",
    "MasterError",
    "MisalignedRecord",
    "NotPermitted",
    "RefusedByKis",
    "ShapeError",
    "UnknownSymbol",
]


class KisError(Exception):
    """The base of what this package raises; `actors.runtime.errors` names what every actor understands."""


class FrameError(KisError):
    """A data frame, or a record of one, that is not understood: count it, log the first of its kind, go on."""

    def __init__(self, *, kind: str, expected: str, found: str) -> None:
        """Tell what was expected and found.

        Args:
            kind: the sort of mistake, one word, for counting.
            expected: what a right frame has there.
            found: what this one has, cut to a length that fits a log.
        """
        super().__init__(f"expected {expected}, found {found[:80]!r}")
        self.kind = kind


class MisalignedRecord(FrameError):  # noqa: N818 - it states a fact
    """A record whose symbol, date or time is none: the frame's width is in doubt, so none of its records counts."""

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(kind="alignment", expected=expected, found=found)


class MasterError(KisError):
    """A master file, or a line of one, that is not what KIS documents: keep what the last good one said."""


class ShapeError(KisError):
    """A JSON answer that is not what KIS documents."""


class RefusedByKis(KisError):  # noqa: N818 - it names what happened
    """KIS answered, and the answer is no."""

    def __init__(self, code: str, text: str, reaction: Reaction) -> None:
        super().__init__(f"expected success from KIS, found {code} {text[:120]}")
        self.code = code
        self.reaction = reaction


class NotPermitted(TemporaryFailure):
    """The app key may not make this call; others it may. The wait is long: permissions change at somebody's desk."""


class UnknownSymbol(KisError):  # noqa: N818 - it states a fact
    """KIS has no price for this symbol."""
