"""The entrance of `sigmactl`: read the arguments, load the one module that is needed, turn errors into exit codes."""

import importlib
import os
import sys

from actors.ctl.arguments import build_parser

__all__ = ["main"]

OK = 0
NOT_OK = 1
USAGE = 2
EXIT_CONFIG = 78


def main(words: list[str] | None = None) -> int:
    """Carry out one command line, by default the process's own, and return the exit code."""
    arguments = build_parser().parse_args(words)
    # Imported only now: `sigmactl --help` and wrong usage need none of it.
    from actors.runtime.errors import ActorError, ConfigError, Unanswered  # noqa: PLC0415

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal of any encoding must do
    module, _, function = arguments.run.partition(":")
    try:
        code: int = getattr(importlib.import_module(module), function)(arguments)
        sys.stdout.flush()
    except ConfigError as error:
        sys.stderr.write(f"sigmactl: {error}\n")
        return EXIT_CONFIG
    except ActorError as error:
        from actors.ctl import installation  # noqa: PLC0415 - as above

        if isinstance(error, installation.WrongUsage):
            sys.stderr.write(f"sigmactl: {error}\n")
            return USAGE
        if isinstance(error, Unanswered) and installation.does_nothing_run(installation.find_settings(arguments)):
            sys.stderr.write(f"sigmactl: {installation.NOTHING_RUNS}\n")
        else:
            sys.stderr.write(f"sigmactl: {error}\n")
        return NOT_OK
    except KeyboardInterrupt:
        return OK if arguments.endless else NOT_OK
    except BrokenPipeError:
        # Whoever read us (`head`) has gone; what Python still wants to write at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_OK
    return code


if __name__ == "__main__":
    sys.exit(main())
