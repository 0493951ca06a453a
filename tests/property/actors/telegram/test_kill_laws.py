"""Kills at every step of the courier, on real databases, while Telegram goes wrong and people go to sleep."""

from pathlib import Path

from tests.support.killed_courier import Campaign
from tests.support.reaper import FAIL_POINTS

KILLS = 60
"""A slice; `python -m tests.support.killed_courier 300` is the whole."""
FEW = 10
"""Of less it would tell nothing."""


def test_no_kill_loses_an_alert_or_repeats_one_as_if_it_were_news(tmp_path: Path) -> None:
    """Nor is any told wrong, to another, or before one that came earlier."""
    campaign = Campaign(tmp_path, seed=1)
    campaign.kill(KILLS)

    assert campaign.mistakes() == []
    assert set(+campaign.kills) == set(FAIL_POINTS)
    assert all(count > FEW for count in campaign.figures.values())
