"""`sigmactl completion SHELL`: a script that lets the shell complete our commands.

For instance: sigmactl completion bash > ~/.local/share/bash-completion/completions/sigmactl
"""

import argparse

import shtab

from actors.ctl.arguments import build_parser
from actors.ctl.display import put

__all__ = ["show_script"]


def show_script(arguments: argparse.Namespace) -> int:
    """Print a script that completes our commands in that shell."""
    put(shtab.complete(build_parser(), arguments.shell))
    return 0
