"""What can go wrong in an actor, one class for each thing a caller does differently."""

__all__ = [
    "ActorError",
    "AlreadyRunning",
    "CommandRefused",
    "ConfigError",
    "TemporaryFailure",
    "Unanswered",
]


class ActorError(Exception):
    """The base of what the actors raise."""


class ConfigError(ActorError):
    """The configuration is wrong: stop with exit code 78 and wait for the operator."""


class AlreadyRunning(ActorError):  # noqa: N818 - it states a fact
    """Another process holds this actor's lock: stop with exit code 75, touch nothing."""


class TemporaryFailure(ActorError):  # noqa: N818 - "temporary" is what a caller must know
    """The outside world did not do its part: wait and try again.

    Args:
        message: what was expected and what was found.
        retry_after_s: how long the outside asked us to wait; None if it did not say.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class CommandRefused(ActorError):  # noqa: N818 - it states a fact
    """A command cannot be carried out; the text goes to whoever asked, in their words."""


class Unanswered(ActorError):  # noqa: N818 - it states a fact
    """An actor that was asked did not answer in time."""
