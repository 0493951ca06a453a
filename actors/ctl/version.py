"""`sigmactl version`."""

import argparse
import platform
from importlib.metadata import PackageNotFoundError, version

from actors.ctl.display import put, put_json

__all__ = ["show_version"]


def show_version(arguments: argparse.Namespace) -> int:
    """Print the release and the Python that runs it."""
    try:
        release = version("sigmabell")
    except PackageNotFoundError:
        release = "not installed"
    if "json" in arguments:
        put_json({"version": release, "python": platform.python_version()})
    else:
        put(f"sigmabell {release}, Python {platform.python_version()}\n")
    return 0
