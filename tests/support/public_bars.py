"""A daily series that anybody can have: GOOG from its first day, 2004-08-19, to 2008-10-14, 1,047 sessions.

Source: `mpl-data/sample_data/goog.npz` of matplotlib, which is installed anyway, under matplotlib's own licence.
"""

import functools
from pathlib import Path

import matplotlib as mpl
import numpy as np

from actors.market.backtest import Bar

__all__ = ["public_bars"]


@functools.cache
def public_bars() -> tuple[Bar, ...]:
    """Return the series, oldest first."""
    with np.load(Path(mpl.get_data_path()) / "sample_data" / "goog.npz") as archive:
        rows = archive["price_data"].tolist()
    return tuple(
        Bar(session_date=on, open=opened, high=high, low=low, close=close, volume=volume)
        for on, opened, high, low, close, volume, _ in rows
    )
