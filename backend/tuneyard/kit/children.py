"""Child processes that do not outlive the process that started them."""

import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def bound_to_this_process(niceness: int = 0) -> Callable[[], None]:
    """What a child does before it becomes another program; for a starter without threads."""
    parent = os.getpid()
    libc = ctypes.CDLL(None)

    def before_exec() -> None:
        # The kernel kills the child when its starter ends, however it ends. If that has happened already:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        os.nice(niceness)

    return before_exec
