"""A plain client of the simulated KIS, for tests: keys, requests as its documentation has them, frames split bare."""

import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import aiohttp
from websockets.asyncio.client import ClientConnection, connect

from simulator.config import SimulatorConfig
from simulator.world import Simulator, running_simulator

__all__ = [
    "APP_KEY",
    "APP_SECRET",
    "approval_key",
    "config",
    "fault",
    "frames",
    "frames_until_now",
    "headers",
    "records",
    "request",
    "socket",
    "subscribe",
    "world",
]

APP_KEY = "SIMULATED-APP-KEY"
APP_SECRET = "SIMULATED-APP-SECRET"


def config(**changes: object) -> SimulatorConfig:
    """Return a configuration with free ports and *changes*."""
    ports: dict[str, Any] = {"rest_port": 0, "ws_port": 0, "telegram_port": 0}
    return SimulatorConfig(**{**ports, **changes})


def world(directory: Path, life: str = "test", **changes: object) -> AbstractAsyncContextManager[Simulator]:
    """Return a simulator to enter, with *changes* to its configuration; file names in it count from this project."""
    return running_simulator(config(**changes), directory, life=life, root=Path(__file__).parents[2])


async def approval_key(simulator: Simulator, app_key: str = APP_KEY) -> str:
    """Return a new approval key."""
    body = {"grant_type": "client_credentials", "appkey": app_key, "secretkey": APP_SECRET}
    async with aiohttp.ClientSession() as http, http.post(f"{simulator.rest_url}/oauth2/Approval", json=body) as answer:
        return str((await answer.json())["approval_key"])


async def headers(simulator: Simulator, tr_id: str) -> dict[str, str]:
    """Return the headers of a REST call, with a token."""
    body = {"grant_type": "client_credentials", "appkey": APP_KEY, "appsecret": APP_SECRET}
    async with aiohttp.ClientSession() as http, http.post(f"{simulator.rest_url}/oauth2/tokenP", json=body) as answer:
        token = (await answer.json())["access_token"]
    return {
        "authorization": f"Bearer {token}",
        "appkey": APP_KEY,
        "appsecret": APP_SECRET,
        "tr_id": tr_id,
        "custtype": "P",
    }


def socket(simulator: Simulator, path: str = "") -> connect:
    """Return a connection to enter; it sends no pings of its own, as KIS dislikes them."""
    return connect(simulator.ws_url + path, ping_interval=None, close_timeout=0.2)


def request(key: str, code: str, *, tr_id: str = "H0STCNT0", tr_type: str = "1") -> str:
    """Return the text of a request."""
    header = {"approval_key": key, "custtype": "P", "tr_type": tr_type, "content-type": "utf-8"}
    return json.dumps({"header": header, "body": {"input": {"tr_id": tr_id, "tr_key": code}}})


async def subscribe(connection: ClientConnection, key: str, *codes: str, tr_id: str = "H0STCNT0") -> list[str]:
    """Register for *codes*; return the code of each answer. Frames that come in between are dropped."""
    answers = []
    for code in codes:
        await connection.send(request(key, code, tr_id=tr_id))
        while str(text := await connection.recv()).startswith("0|"):
            pass
        answers.append(str(json.loads(text)["body"]["msg_cd"]))
    return answers


async def frames(connection: ClientConnection, count: int) -> list[str]:
    """Return the next *count* data frames."""
    found: list[str] = []
    while len(found) < count:
        text = str(await connection.recv())
        if text.startswith("0|"):
            found.append(text)
    return found


async def frames_until_now(connection: ClientConnection, simulator: Simulator, code: str) -> list[str]:
    """Return the frames up to the first that tells of a trade in *code* which is not made yet."""
    day = simulator.exchange.instruments[code].day
    volume = day.volume if day else 0
    found: list[str] = []
    while True:
        found += await frames(connection, 1)
        if any(record[0] == code and int(record[13]) > volume for record in records(found[-1])):
            return found


def records(frame: str) -> list[list[str]]:
    """Return the records of *frame*, each as its fields."""
    _, _, count, payload = frame.split("|", 3)
    fields = payload.split("^")
    width = len(fields) // int(count)
    return [fields[start : start + width] for start in range(0, len(fields), width)]


async def fault(simulator: Simulator, **order: object) -> dict[str, Any]:
    """Order a fault; return the answer."""
    url = f"{simulator.rest_url}/simulator/fault"
    async with aiohttp.ClientSession() as http, http.post(url, json=order) as answer:
        found: dict[str, Any] = await answer.json()
        return found
