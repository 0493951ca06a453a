"""What buying points are called, in texts and in pictures alike."""

from actors.words.catalogue import Words

__all__ = ["point_name"]


def point_name(level: float, words: Words) -> str:
    """Return what the buying point at *level* σ is called: by its number where it is a whole one."""
    return words.say("fact.point" if level.is_integer() else "fact.odd-point", level=f"{level:g}")
