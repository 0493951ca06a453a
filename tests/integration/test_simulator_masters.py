"""The simulated master files, fetched as analyst fetches them."""

import asyncio
from pathlib import Path

import pytest

from actors.kis.config import KisConfig
from actors.kis.downloads import MasterDownloads
from actors.kis.errors import MasterError
from actors.kis.masters import MASTER_FILES, Listing, parse_master
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Venue
from tests.support import kis_client as kis


def fetched(directory: Path, *names: str, fault: dict[str, object] | None = None) -> list[bytes]:
    """Return the files *names* of a world in which *fault* has been ordered."""

    async def fetch() -> list[bytes]:
        async with kis.world(directory) as simulator:
            if fault is not None:
                await kis.fault(simulator, **fault)
            downloads = MasterDownloads(KisConfig(masters_url=f"{simulator.rest_url}/common/master"), lambda: False)
            return [await asyncio.to_thread(downloads.fetch, name) for name in names]

    return asyncio.run(fetch())


def test_every_file_lists_what_is_traded_and_well_known_names(tmp_path: Path) -> None:
    """The demo's family looks for names, and each line must be laid out as KIS's own."""
    refused: list[MasterError] = []
    files = zip(MASTER_FILES, fetched(tmp_path, *MASTER_FILES), strict=True)
    listings: dict[str, Listing] = {
        listing.symbol: listing for name, content in files for listing in parse_master(name, content, refused)
    }

    assert refused == []
    leverage, soxl = listings["122630"], listings["SOXL"]
    assert (leverage.name, leverage.kind, leverage.base_price) == ("KODEX 레버리지", "etf", 72_665)
    assert (soxl.venue, soxl.key, soxl.base_price) == (Venue.AMEX, "DAMSSOXL", 41.27)
    assert "반도체" in soxl.name
    assert {"005935", "035420", "247540", "Q530031", "AAPL", "BRK/B"} <= set(listings)


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "rest", "status": 502},
        {"fault": "rest", "path": "/kospi_code.mst.zip", "status": 500, "code": "EGW00301"},
        {"fault": "rest", "cut": True},
        {"fault": "refuse", "what": "rest", "seconds": 60},
    ],
)
def test_a_file_that_cannot_be_had_is_a_temporary_failure(tmp_path: Path, fault: dict[str, object]) -> None:
    """An outage, whatever it looks like, is waited out."""
    with pytest.raises(TemporaryFailure, match=r"kospi_code\.mst\.zip"):
        fetched(tmp_path, "kospi_code.mst", fault=fault)


def test_a_file_that_is_not_there_is_a_temporary_failure(tmp_path: Path) -> None:
    """KIS has moved files before."""
    with pytest.raises(TemporaryFailure, match="HTTP 404"):
        fetched(tmp_path, "konex_code.mst")
