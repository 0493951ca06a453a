"""The words and figures in a picture, in its reader's language; without a Korean font they are English. Pure."""

from datetime import date

from actors.words.catalogue import LANGUAGES, Words, words_in
from protocol.messages import Venue

__all__ = ["axis_label", "date_labels", "title", "volume_label", "words_for"]

MOST_DATE_LABELS = 14
FEWEST_MONTHS = 3
# In Korean one counts in myriads.
UNITS = {"ko": (1e8, 1e4), "en": (1e9, 1e6, 1e3)}


def words_for(language: str, *, hangul: bool) -> Words:
    """Return the words of a picture: English without *hangul*, and where a newer telegram has one language more."""
    return words_in(language if hangul and language in LANGUAGES else "en", "chart", "fact")


def title(name: str, symbol: str, *, hangul: bool) -> str:
    """Return `KODEX 레버리지 (122630)`; the code alone where the name cannot be written."""
    return f"{name} ({symbol})" if name and name != symbol and (hangul or name.isascii()) else symbol


def axis_label(price: float, venue: Venue) -> str:
    """Return *price* without its currency, as it stands beside an axis."""
    return f"{price:,.0f}" if venue.is_korean else f"{price:,.2f}"


def volume_label(volume: float, words: Words) -> str:
    """Return *volume*, in shares, short enough for an axis."""
    for size, unit in zip(UNITS[words.language], words.say("chart.units").split(), strict=True):
        if volume >= size:
            return f"{volume / size:,.3g}{unit}" if volume < 1e3 * size else f"{volume / size:,.0f}{unit}"
    return f"{volume:,.0f}"


def date_labels(dates: list[date], words: Words) -> list[tuple[int, str]]:
    """Return which of *dates*, oldest first, are labelled, and how: the first session of each month, or single days."""
    spacing = len(dates) / MOST_DATE_LABELS
    months = [place for place in range(1, len(dates)) if dates[place].month != dates[place - 1].month]
    if len(months) < FEWEST_MONTHS:
        step = max(1, len(dates) // 6)
        return [(place, f"{dates[place]:%m-%d}") for place in range(0, len(dates), step)]
    names = words.say("fact.months").split()
    labels: list[tuple[int, str]] = []
    year = None
    for place in months:
        if labels and place - labels[-1][0] < spacing:
            continue
        month = names[dates[place].month - 1]
        labels.append((place, month if dates[place].year == year else f"{month}\n{dates[place].year}"))
        year = dates[place].year
    return labels
