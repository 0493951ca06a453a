"""The simulator's program: `python -m simulator`, started by supervisord.

    0   disabled, or told to stop           78  the configuration is wrong: waits for the operator
    1   a broken invariant: a bug

It ends in good order when its parent is killed, too: it takes away run/clock.json, so that nobody who starts under the
next supervisord reads the time of this world.
"""

import asyncio
import ctypes
import signal
import sys

from actors.runtime.config import Settings, load_settings
from actors.runtime.errors import ConfigError
from actors.runtime.process import EXIT_CONFIG, PR_SET_PDEATHSIG, prepare_process
from simulator.config import SimulatorConfig
from simulator.errors import CannotPlay
from simulator.world import running_simulator


def main() -> int:
    """Play the world until SIGTERM; return the exit code."""
    try:
        settings = load_settings()
        config = settings.table("simulator", SimulatorConfig)
        if not config.enabled:
            return 0
        prepare_process(settings)
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        asyncio.run(_play(settings, config))
    except (ConfigError, CannotPlay) as error:
        sys.stderr.write(f"simulator: configuration error: {error}\n")
        return EXIT_CONFIG
    return 0


async def _play(settings: Settings, config: SimulatorConfig) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    directory = settings.data_dir / "simulator"
    async with running_simulator(
        config, directory, clock_path=settings.run_dir / "clock.json", root=settings.root
    ) as simulator:
        sys.stdout.write(f"simulator: {simulator.rest_url} {simulator.ws_url} {simulator.telegram_url}\n")
        sys.stdout.flush()
        told, crashed = asyncio.create_task(stopping.wait()), asyncio.create_task(simulator.wait())
        await asyncio.wait([told, crashed], return_when=asyncio.FIRST_COMPLETED)
        crashed.cancel()


if __name__ == "__main__":
    sys.exit(main())
