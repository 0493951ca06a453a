"""What ten minutes of load are judged by."""

import pytest

from benchmarks.soak import MOST_DRIFT_MB, Soaked


def soaked(weights: list[float], *, lost_trades: int = 0, lost_alerts: int = 0) -> Soaked:
    """Return what came of a soak in which feed weighed so much after each slice."""
    weighings = [{"feed": weight} for weight in weights]
    return Soaked(trades=1, lost_trades=lost_trades, lost_alerts=lost_alerts, weighings=weighings)


def test_memories_that_fill_at_the_start_are_no_growth() -> None:
    """The replay ring alone is 16 MB, and it is meant to fill."""
    assert soaked([40.0, 52.0, 60.0, 60.0, 60.0, 60.0, 60.0, 60.0]).is_well


def test_what_goes_on_growing_is_not_well() -> None:
    """A megabyte a minute ends a month of running alone."""
    growing = soaked([40.0 + 2.0 * number for number in range(16)])

    assert growing.drift_mb == {"feed": pytest.approx(16.0)}
    assert growing.drift_mb["feed"] > MOST_DRIFT_MB
    assert not growing.is_well


@pytest.mark.parametrize("loss", [{"lost_trades": 1}, {"lost_alerts": 1}])
def test_one_loss_is_not_well(loss: dict[str, int]) -> None:
    """Flat memory is worth nothing if it is flat because things are thrown away."""
    assert not soaked([60.0] * 8, **loss).is_well
