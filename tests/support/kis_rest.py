"""A plain caller of the simulated KIS's REST, for tests."""

from datetime import date, timedelta
from typing import Any

import aiohttp

from simulator.world import Simulator

__all__ = ["DAILY", "OF_LEVERAGE", "Caller"]

DAILY = ("/uapi/domestic-stock/v1/quotations/inquire-daily-itemchartprice", "FHKST03010100")
OF_LEVERAGE = {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "122630"}


class Caller:
    """Calls REST with one token."""

    def __init__(self, simulator: Simulator, headers: dict[str, str]) -> None:
        self._url = simulator.rest_url
        self.headers = headers

    async def ask(self, call: tuple[str, str], query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Return status and body of the answer to *call*, a path and its tr_id."""
        headers = {**self.headers, "tr_id": call[1]}
        async with (
            aiohttp.ClientSession() as http,
            http.get(self._url + call[0], headers=headers, params=query) as answer,
        ):
            return answer.status, await answer.json()

    async def days(self, since: date, until: date, code: str = "122630") -> list[dict[str, str]]:
        """Return the daily bars of *code*, page by page as the documentation says, newest first."""
        rows: list[dict[str, str]] = []
        while True:
            query = {**OF_LEVERAGE, "FID_INPUT_ISCD": code, "FID_INPUT_DATE_1": f"{since:%Y%m%d}"}
            query |= {"FID_INPUT_DATE_2": f"{until:%Y%m%d}", "FID_PERIOD_DIV_CODE": "D", "FID_ORG_ADJ_PRC": "0"}
            _, answer = await self.ask(DAILY, query)
            page = answer["output2"]
            rows += page
            assert len(page) <= 100
            if len(page) < 100:
                return rows
            until = date.fromisoformat(page[-1]["stck_bsop_date"]) - timedelta(days=1)
