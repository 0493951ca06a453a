"""What can go wrong between two actors, one class for each thing a caller does differently."""

__all__ = ["DecodeError", "ProtocolError", "UnknownRoute"]


class ProtocolError(Exception):
    """The base of what this package raises."""


class DecodeError(ProtocolError):
    """Bytes that are not one of our messages: count them, log the first, go on."""


class UnknownRoute(ProtocolError):  # noqa: N818 - it names the mistake, as KeyError's peers do
    """An actor, stream or message type that the topology does not know: our own mistake."""
