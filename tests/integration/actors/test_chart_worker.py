"""The chart actor with its real child process and analyst's real database."""

import asyncio
import contextlib
import io
import os
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from sqlalchemy import insert

from actors.chart.config import ChartConfig
from actors.chart.shell import run
from actors.runtime.store import open_store
from protocol.messages import Message, Picture
from protocol.tables.analyst import bars
from tests.support.actor import make_actor, make_settings
from tests.support.charts import ALERT, a_year_of_bars
from tests.support.clock import FakeClock
from tests.support.ports import FakePorts


class ChartPorts(FakePorts):
    """Tells when a picture has been sent."""

    def __init__(self) -> None:
        super().__init__()
        self.picture_sent = asyncio.Event()

    def send(self, message: Message) -> None:
        """Keep the picture."""
        super().send(message)
        self.picture_sent.set()


def children() -> set[str]:
    """Return the processes that this one has started."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="ascii").split())


@pytest.mark.timeout(120)
def test_a_wish_becomes_a_picture_and_the_child_ends_with_the_actor(tmp_path: Path) -> None:
    """From the doorbell to the PNG, as on a machine without Korean fonts."""

    async def play() -> Picture:
        settings = make_settings(tmp_path)
        rows = [{**msgspec.structs.asdict(bar), "symbol": ALERT.symbol, "source": "test"} for bar in a_year_of_bars()]
        store = open_store("analyst", settings)
        with store.begin() as connection:
            connection.execute(insert(bars), rows)
        store.dispose()
        ports = ChartPorts()
        actor = make_actor("chart", ChartConfig(), settings, ports=ports, clock=FakeClock(ALERT.traded_at))
        ports.deliver(ALERT)
        life = asyncio.create_task(run(actor))
        await ports.picture_sent.wait()
        ports.stop()
        with contextlib.suppress(asyncio.CancelledError):
            await life
        [picture] = ports.sent
        assert isinstance(picture, Picture)
        return picture

    before = children()
    picture = asyncio.run(play())

    assert picture.error == ""
    assert Image.open(io.BytesIO(picture.png)).size == (1000, 600)
    assert children() <= before
