"""What a call asks for: its parameters, read as KIS reads them."""

from collections.abc import Mapping
from datetime import date, datetime

__all__ = ["Answer", "BadQuery", "Query", "asked_date", "asked_moment", "needed"]

Query = Mapping[str, str]
Answer = dict[str, object]


class BadQuery(Exception):  # noqa: N818 - it states a fact
    """A parameter is missing or malformed; the text names it."""


def needed(query: Query, name: str) -> str:
    """Return the parameter *name*.

    Raises:
        BadQuery: it is missing or empty.
    """
    if not query.get(name):
        raise BadQuery(name)
    return query[name]


def asked_date(query: Query, name: str) -> date:
    """Return the parameter *name*, YYYYMMDD; raises as `needed`."""
    return asked_moment(query, name, "%Y%m%d").date()


def asked_moment(query: Query, name: str, form: str) -> datetime:
    """Return the parameter *name*, written in *form*, in no zone; raises as `needed`."""
    try:
        return datetime.strptime(needed(query, name), form)  # noqa: DTZ007 - an exchange's own date or clock
    except ValueError:
        raise BadQuery(name) from None
