"""A dead man's switch: the kernel kills this process unless it says in time that it is well.

Whoever watches the others has nobody to watch it, and a process that is stopped or stuck cannot help itself. A POSIX
timer can be told to send SIGKILL, which reaches even a process that was stopped (SIGSTOP); it costs no memory and no
thread. Source: timer_create(2), timer_settime(2), sigevent(7).
"""

import ctypes
import os
import signal
import time

__all__ = ["DeadMansSwitch"]

SIGEV_SIGNAL = 0
SIGEVENT_BYTES = 64


class _Sigevent(ctypes.Structure):
    _fields_ = (
        ("value", ctypes.c_void_p),
        ("signal", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("rest", ctypes.c_byte * (SIGEVENT_BYTES - ctypes.sizeof(ctypes.c_void_p) - 2 * ctypes.sizeof(ctypes.c_int))),
    )


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Timer(ctypes.Structure):
    _fields_ = (("interval", _Timespec), ("first", _Timespec))


class DeadMansSwitch:
    """Once `hold` has been called, it must be called again and again."""

    def __init__(self, limit_s: float) -> None:
        """Make the timer, armed by the first `hold`.

        Args:
            limit_s: seconds of silence after which the process is killed.

        Raises:
            OSError: the kernel has no such timer for us.
        """
        whole, part = divmod(limit_s, 1.0)
        self._setting = _Timer(_Timespec(0, 0), _Timespec(int(whole), int(part * 1e9)))
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._timer = ctypes.c_void_p()
        event = _Sigevent(signal=signal.SIGKILL, notify=SIGEV_SIGNAL)
        self._check(self._libc.timer_create(time.CLOCK_MONOTONIC, ctypes.byref(event), ctypes.byref(self._timer)))

    def hold(self) -> None:
        """Say that all is well: the time begins anew."""
        self._check(self._libc.timer_settime(self._timer, 0, ctypes.byref(self._setting), None))

    def release(self) -> None:
        """Let the process live on without `hold`."""
        self._check(self._libc.timer_delete(self._timer))

    def _check(self, result: int) -> None:
        if result != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
