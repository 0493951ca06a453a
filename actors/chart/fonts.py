"""A font with Hangul, on a machine that may have none.

Looked for in this order: the file named in the settings, a Nanum or Noto font of the system, the Nanum font of the
`koreanize-matplotlib` distribution. That package is found and never imported: importing it fails since Python 3.12.
"""

import importlib.util
from pathlib import Path

from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font

__all__ = ["register_hangul_font"]

SYSTEM_FAMILIES = ("NanumGothic", "NanumBarunGothic", "Noto Sans KR", "Noto Sans CJK KR", "Noto Sans CJK JP")
PACKAGE = "koreanize_matplotlib"
PACKAGED_FONT = Path("fonts", "NanumGothic.ttf")
A_SYLLABLE = ord("가")


def register_hangul_font(configured_path: str = "") -> str | None:
    """Return the name of a font family with Hangul that matplotlib knows from now on; None if there is none at all."""
    if configured_path and (family := _register(Path(configured_path))):
        return family
    known = {entry.name for entry in fontManager.ttflist}
    for family in SYSTEM_FAMILIES:
        if family in known:
            return family
    package = importlib.util.find_spec(PACKAGE)
    for folder in (package.submodule_search_locations or []) if package else []:
        if family := _register(folder / PACKAGED_FONT):
            return family
    return None


def _register(path: Path) -> str | None:
    """Make the font in *path* known and return its family; None if it is no font, or one without Hangul."""
    try:
        if not FT2Font(str(path)).get_char_index(A_SYLLABLE):
            return None
    except (OSError, RuntimeError):
        return None
    fontManager.addfont(path)
    return FontProperties(fname=path).get_name()
