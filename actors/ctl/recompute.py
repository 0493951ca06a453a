"""`sigmactl recompute`: daily bars read again and targets made anew, with a bar that shows how far it has come."""

import argparse
import asyncio
import sys

import msgspec

from actors.ctl.control import meant_symbol
from actors.ctl.display import put, put_json
from actors.ctl.installation import find_address, find_settings
from actors.runtime.clock import SystemClock
from actors.runtime.errors import Unanswered
from actors.runtime.visitor import Visitor

__all__ = ["recompute"]

PATIENCE_S = 1_800.0
"""For a hundred symbols of a source that is slow."""
LOOK_S = 0.2


def recompute(arguments: argparse.Namespace) -> int:
    """Have it done and wait for the end; 1 if a symbol has no targets then.

    Raises:
        CommandRefused, Unanswered: as `meant_symbol`; nobody watches it, or it takes too long.
    """
    from tqdm import tqdm  # noqa: PLC0415 - only here, and slow to import

    settings = find_settings(arguments)
    analyst = find_address("analyst")
    question: dict[str, object] = {"symbol": meant_symbol(arguments)} if arguments.code else {}
    clock = SystemClock()
    with Visitor(settings) as visitor:
        symbols = _texts(visitor.ask(analyst, "recompute", question)["symbols"])
        deadline = clock.monotonic() + PATIENCE_S
        # On a terminal alone, and wiped away in the end.
        with tqdm(total=len(symbols), unit="symbol", disable=not sys.stderr.isatty(), leave=False) as bar:
            while waiting := symbols & _texts((answer := visitor.ask(analyst, "targets"))["pending"]):
                bar.update(len(symbols) - len(waiting) - bar.n)
                if clock.monotonic() > deadline:
                    message = f"expected the targets of {len(symbols)} symbols, {len(waiting)} of them are not made yet"
                    raise Unanswered(message)
                asyncio.run(clock.sleep(LOOK_S))
    found = msgspec.convert(answer["reasons"], dict[str, str])
    reasons = {symbol: reason for symbol, reason in found.items() if symbol in symbols}
    if "json" in arguments:
        put_json({"symbols": sorted(symbols), "reasons": reasons})
    else:
        put(f"targets made anew: {len(symbols) - len(reasons)} of {len(symbols)}\n")
        put("".join(f"{symbol}: {reason}\n" for symbol, reason in reasons.items()))
    return 1 if reasons else 0


def _texts(found: object) -> set[str]:
    return msgspec.convert(found, set[str])
