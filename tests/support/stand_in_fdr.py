"""A child process in FinanceDataReader's place, which behaves as that does: `python -m tests.support.stand_in_fdr`."""

import math
import os
import signal

from actors.fdr.worker import UPSTREAM_ERRORS, Row, Rows, RowsWanted
from actors.runtime.worker_child import serve

__all__: list[str] = []


def answer(wanted: RowsWanted) -> Rows:
    """Answer by the code: what it must not do to us, a library can do in several ways."""
    match wanted.code:
        case "NAVER:000000":
            os.write(1, b'"000000" invalid symbol or has no data\n')
            return Rows([])
        case "NAVER:111111":
            signal.pause()
        case "YAHOO:GONE":
            message = "timestamp"
            raise KeyError(message)
    good = Row(wanted.first, 10.0, 11.0, 9.0, 10.5, 1_000.0)
    suspended = Row(wanted.last, 0.0, 0.0, 0.0, 10.5, math.nan)
    return Rows([good, suspended])


if __name__ == "__main__":
    serve(answer, RowsWanted, expected=UPSTREAM_ERRORS)
