"""What feed refuses before it begins."""

import asyncio
from pathlib import Path

import pytest

from actors.feed.config import FeedConfig
from actors.feed.shell import run
from actors.runtime.errors import ConfigError
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.market import NINE
from tests.support.ports import FakePorts


def test_a_second_feed_is_refused(tmp_path: Path) -> None:
    """Both would bring every trade, and KIS would close one session for the other."""
    settings = make_settings(tmp_path, '[sigmabell]\ninstances = { feed = ["1", "2"] }\n')
    actor = make_actor("feed", FeedConfig(), settings, ports=FakePorts(), clock=FakeClock(NINE))

    with pytest.raises(ConfigError, match="expected one feed, which has a session for each app key, found 2"):
        asyncio.run(run(actor))
