"""Work that is finished though whoever waits for it is cancelled: half of it would be done again, or never."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ["finish"]

ResultT = TypeVar("ResultT")


async def finish(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Return what *work* comes to; who is cancelled meanwhile is so when it is done."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
