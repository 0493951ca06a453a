"""`sigmactl demo phone`: what has arrived on the phones of the simulated world."""

import argparse

from actors.ctl.display import put, put_json
from actors.ctl.installation import find_settings
from simulator.phone import read_phone, render_phone

__all__ = ["show_phone"]


def show_phone(arguments: argparse.Namespace) -> int:
    """Print the chats, oldest message first; 1 while nothing has arrived."""
    settings = find_settings(arguments)
    messages = read_phone(settings.data_dir / "simulator", arguments.chat)
    if "json" in arguments:
        put_json(messages)
    else:
        put(render_phone(messages) or "nothing has arrived yet: look again in a few seconds\n")
    return 0 if messages else 1
