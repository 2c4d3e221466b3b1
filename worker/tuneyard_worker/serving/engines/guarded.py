"""`python -m … PARENT PROGRAM ARG…`: becomes `PROGRAM ARG…`, which the kernel ends with its parent."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
MODULE = "tuneyard_worker.serving.engines.guarded"


def main(parent: int, command: list[str]) -> None:
    """Become the program; end at once if the parent has ended already."""
    # Not SIGKILL: it would leave behind the processes that this one has started.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - our own arguments, and no shell


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
