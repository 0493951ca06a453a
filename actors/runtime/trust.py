"""Whom an HTTPS server is believed by."""

import functools
import ssl

import certifi

__all__ = ["trusted"]


@functools.cache
def trusted() -> ssl.SSLContext:
    """Return the authorities that `certifi` brings, read once: each connection would wait 16 ms for that."""
    return ssl.create_default_context(cafile=certifi.where())
