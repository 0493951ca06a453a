"""How far our clock is from KIS's: orders and alerts are matched by its time. Source: the header Date of any answer."""

from email.utils import parsedate_to_datetime

from actors.kis.config import KisConfig
from actors.kis.web import UNREACHABLE, Web
from actors.runtime.clock import Clock
from actors.runtime.errors import TemporaryFailure

__all__ = ["read_offset_s"]


def read_offset_s(config: KisConfig, clock: Clock) -> float | None:
    """Return *clock* less KIS's, seconds, which are whole; None where KIS does not tell its time.

    Raises:
        TemporaryFailure: KIS does not answer.
    """
    try:
        with Web(config) as web, web.ask("HEAD", config.rest_url) as answer:
            told = answer.headers.get("date")
    except UNREACHABLE as error:
        message = f"expected KIS's time from {config.rest_url}, found {type(error).__name__}"
        raise TemporaryFailure(message) from None
    try:
        return (clock.now() - parsedate_to_datetime(told or "")).total_seconds()
    except (ValueError, TypeError):
        return None
