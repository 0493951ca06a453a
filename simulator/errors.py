"""What can be wrong with what the simulator is given to play."""

__all__ = ["CannotPlay", "ScriptError"]


class CannotPlay(Exception):  # noqa: N818 - it states a fact
    """The configuration, a script or a recording is wrong: stop and wait for who wrote it."""


class ScriptError(CannotPlay):
    """A text is not a fault; the text says what was expected."""
