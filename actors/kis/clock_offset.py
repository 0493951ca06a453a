"""How far our clock is from KIS's: orders and alerts are matched by its time. Source: the header Date of any answer."""

from email.utils import parsedate_to_datetime

import requests

from actors.kis.config import KisConfig
from actors.runtime.clock import Clock
from actors.runtime.errors import TemporaryFailure
from actors.runtime.web import WebSession

__all__ = ["read_offset_s"]


def read_offset_s(config: KisConfig, clock: Clock) -> float | None:
    """Return *clock* less KIS's, seconds, which are whole; None where KIS does not tell its time.

    Raises:
        TemporaryFailure: KIS does not answer.
    """
    try:
        with WebSession() as session:
            timeout = (config.connect_timeout_s, config.read_timeout_s)
            answer = session.head(config.rest_url, timeout=timeout, allow_redirects=False)
    except (requests.RequestException, OSError) as error:
        message = f"expected KIS's time from {config.rest_url}, found {type(error).__name__}"
        raise TemporaryFailure(message) from None
    try:
        return (clock.now() - parsedate_to_datetime(answer.headers["date"])).total_seconds()
    except (KeyError, ValueError, TypeError):
        return None
