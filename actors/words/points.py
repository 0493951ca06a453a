"""What buying points are called, in texts and in pictures alike."""

from actors.words.catalogue import Words

__all__ = ["line_name", "point_name"]


def point_name(level: float, words: Words) -> str:
    """Return what the buying point at *level* σ is called: by that number, which families know it by."""
    return words.say("fact.point", level=f"{level:g}")


def line_name(level: float, words: Words) -> str:
    """Return what a line in a picture is called: the buying point at *level* σ, or where that is 0 just a target."""
    return point_name(level, words) if level else words.say("chart.target")
