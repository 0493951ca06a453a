"""A font with Hangul is found on a machine that has none, and a wrong one is not taken for right."""

import sys
from pathlib import Path

import matplotlib as mpl
import pytest

from actors.chart.fonts import register_hangul_font

LATIN_FONT = Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")


def test_a_font_with_hangul_is_there_after_an_installation() -> None:
    """It comes with the program: nobody needs to be root to read the name of a stock."""
    assert register_hangul_font() is not None


def test_the_package_that_brings_the_font_is_not_imported() -> None:
    """Its import fails on Python 3.12 and later."""
    register_hangul_font()

    assert "koreanize_matplotlib" not in sys.modules


@pytest.mark.parametrize("path", ["/nowhere/font.ttf", __file__, str(LATIN_FONT)])
def test_a_configured_file_that_is_no_korean_font_is_passed_over(path: str) -> None:
    """A slip of the hand in the settings must not turn all names into boxes."""
    assert register_hangul_font(path) == register_hangul_font()


def test_the_configured_font_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who names a font wants to see it."""
    monkeypatch.setattr("actors.chart.fonts.A_SYLLABLE", ord("A"))

    assert register_hangul_font(str(LATIN_FONT)) == "DejaVu Sans"


def test_without_any_font_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the picture does without Hangul, and the operator is told."""
    monkeypatch.setattr("actors.chart.fonts.SYSTEM_FAMILIES", ())
    monkeypatch.setattr("actors.chart.fonts.PACKAGE", "a_package_that_is_not_installed")

    assert register_hangul_font() is None
