"""Lists that may be longer than a message. Pure."""

__all__ = ["cut_listing"]

LONGEST_LISTING = 3_800
"""Characters; Telegram takes 4,096 in a message."""


def cut_listing(text: str, how_to_see_more: str, between: str = "\n") -> str:
    """Return as much of *text* as fits into a message, and how the others are seen.

    Args:
        text: the whole list.
        how_to_see_more: what is said below one that was cut.
        between: what stands between two of its entries, of which none is cut in two.
    """
    if len(text) <= LONGEST_LISTING:
        return text
    return f"{text[:LONGEST_LISTING].rpartition(between)[0]}\n\n{how_to_see_more}"
