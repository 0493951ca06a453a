"""A worker's child that does what it is told: `python -m tests.support.stand_in_worker`."""

import os
import signal

from msgspec import Struct

from actors.runtime.worker_child import serve

__all__ = ["Answer", "Task"]


class Task(Struct, frozen=True):
    """What to do: `echo`, `print`, `fail`, `die` or `hang`."""

    deed: str
    text: str = ""


class Answer(Struct, frozen=True):
    """The task's text, and who answered."""

    text: str
    pid: int


def answer(task: Task) -> Answer:
    """Do *task*."""
    match task.deed:
        case "print":
            os.write(1, b"005930 invalid symbol\n")
        case "fail":
            raise ValueError(task.text)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            signal.pause()
    return Answer(task.text, os.getpid())


if __name__ == "__main__":
    serve(answer, Task, expected=(ValueError,))
