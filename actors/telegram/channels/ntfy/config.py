"""The table [telegram.channels.ntfy]."""

from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

__all__ = ["NtfyConfig"]

ON_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class NtfyConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the ntfy server is, and what it allows."""

    url: Annotated[str, Meta(pattern=r"^(https?://[^\s?#@]+)?\Z")] = ""
    """The server's root, such as https://ntfy.example.org; empty: nobody is reached by ntfy. Its access token is the
    secret `ntfy_token`."""
    plain_http: bool = False
    """Whether the url may be http beyond this machine. Only on a network that encrypts by itself and lets nobody else
    in, such as WireGuard or Tailscale: who listens reads token and topics, and with them all messages."""
    pictures: bool = False
    """Whether charts are sent; the server must allow attachments (`attachment-cache-dir`)."""
    messages_per_s: Annotated[float, Meta(gt=0, le=1000)] = 0.19
    """Messages a second in all. A server as shipped allows one in five seconds to each address that speaks to it,
    phones at home among them."""
    burst: Annotated[float, Meta(ge=1, le=10_000)] = 40.0
    """How many messages may go at once before that rate holds. A server as shipped allows 60."""

    def __post_init__(self) -> None:
        """Refuse what would let others listen."""
        parts = urlsplit(self.url)
        if parts.scheme == "http" and parts.hostname not in ON_THIS_MACHINE and not self.plain_http:
            message = (
                f"expected an https url of ntfy, or plain_http = true where the network encrypts, found {self.url}"
            )
            raise ValueError(message)
