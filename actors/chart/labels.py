"""The words and figures in a picture; with `hangul` false they do without a Korean font. Pure."""

from datetime import date

from protocol.messages import Venue

__all__ = ["average_label", "axis_label", "date_labels", "price_label", "title", "volume_label"]

MOST_DATE_LABELS = 14
FEWEST_MONTHS = 3


def title(name: str, symbol: str, *, hangul: bool) -> str:
    """Return `KODEX 레버리지 (122630)`; the code alone where the name cannot be written."""
    return f"{name} ({symbol})" if name and name != symbol and (hangul or name.isascii()) else symbol


def price_label(price: float, venue: Venue, *, hangul: bool) -> str:
    """Return *price* with its currency: won without decimals, dollars with two."""
    if not venue.is_korean:
        return f"${price:,.2f}"
    return f"{price:,.0f}원" if hangul else f"{price:,.0f} KRW"


def axis_label(price: float, venue: Venue) -> str:
    """Return *price* without its currency, as it stands beside an axis."""
    return f"{price:,.0f}" if venue.is_korean else f"{price:,.2f}"


def volume_label(volume: float, *, hangul: bool) -> str:
    """Return *volume*, in shares, short enough for an axis."""
    units = ((1e8, "억"), (1e4, "만")) if hangul else ((1e9, "B"), (1e6, "M"), (1e3, "K"))
    for size, unit in units:
        if volume >= size:
            return f"{volume / size:,.3g}{unit}" if volume < 1e3 * size else f"{volume / size:,.0f}{unit}"
    return f"{volume:,.0f}"


def average_label(sessions: int, *, hangul: bool) -> str:
    """Name the average over so many *sessions*."""
    return f"{sessions}일선" if hangul else f"{sessions}d"


def date_labels(dates: list[date], *, hangul: bool) -> list[tuple[int, str]]:
    """Return which of *dates*, oldest first, are labelled, and how: the first session of each month, or single days."""
    spacing = len(dates) / MOST_DATE_LABELS
    months = [place for place in range(1, len(dates)) if dates[place].month != dates[place - 1].month]
    if len(months) < FEWEST_MONTHS:
        step = max(1, len(dates) // 6)
        return [(place, f"{dates[place]:%m-%d}") for place in range(0, len(dates), step)]
    labels: list[tuple[int, str]] = []
    year = None
    for place in months:
        if labels and place - labels[-1][0] < spacing:
            continue
        month = f"{dates[place].month}월" if hangul else f"{dates[place]:%b}"
        labels.append((place, month if dates[place].year == year else f"{month}\n{dates[place].year}"))
        year = dates[place].year
    return labels
