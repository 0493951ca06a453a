"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import settings

WHOLE_SYSTEMS = {"integration", "chaos"}

# How long one example takes says more about who else uses the machine than about the code.
# Hypothesis brings a profile of its own for CI, which has no deadline either.
settings.register_profile("house", deadline=None)
if settings.get_current_profile_name() == "default":
    settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that start whole systems follow each other in one worker: two at once would starve each other."""
    folder = Path(__file__).parent
    for item in items:
        if item.path.relative_to(folder).parts[0] in WHOLE_SYSTEMS:
            item.add_marker(pytest.mark.xdist_group("whole-systems"))
