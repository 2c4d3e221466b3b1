"""A process that has loaded torch and transformers once and forks a trainer from itself whenever it is asked to.

`python -m tuneyard_worker.nursery`, with a socket as standard input: a job directory comes in, the id of the trainer
that works there goes out. The trainer is handed to the process that asked, which becomes its parent, so nothing
depends on this process once a trainer is there. It computes nothing itself: no thread pool of torch's is started and
no graphics card is touched before the fork.
"""

import contextlib
import ctypes
import gc
import importlib
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

from tuneyard_worker import runner
from tuneyard_worker.forked_trainer import LOST

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
ADOPTION_SECONDS = 10.0
POLL_SECONDS = 0.001
LONGEST_PATH_BYTES = 65_536
# Waiting costs 400 MB.
IDLE_SECONDS = 600.0
# Not ONNX Runtime and DuckDB: they start threads when they are loaded, and a fork copies none but its own.
PRELOADED = (
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
    "transformers.models.bert.modeling_bert",
    "transformers.models.llama.modeling_llama",
    "transformers.generation.utils",
    "peft",
)


def main() -> int:
    """Fork trainers for as long as somebody asks. The exit status, of a trainer its own."""
    supervisor = os.getppid()
    preload()
    with socket.socket(fileno=os.dup(0)) as line:
        while asked := hear(line):
            if fork(supervisor, line):
                break
        else:
            return 0
    directory = Path(os.fsdecode(asked))
    settle(directory)
    return runner.main(directory)


def hear(line: socket.socket) -> bytes:
    """The next job directory; nothing when there will be none, or was none for long."""
    line.settimeout(IDLE_SECONDS)
    try:
        return line.recv(LONGEST_PATH_BYTES)
    except TimeoutError:
        # From now on asking fails, and another nursery is started; what was asked just before is done.
        line.shutdown(socket.SHUT_RD)
        return line.recv(LONGEST_PATH_BYTES)


def preload() -> None:
    """Load what takes long."""
    for name in PRELOADED:
        # Whatever is wrong with it, a trainer that needs it says so in its own words.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    # What is here now is never collected, so trainers don't copy its pages by looking at it.
    gc.collect()
    gc.freeze()


def fork(supervisor: int, line: socket.socket) -> bool:
    """Whether this is the trainer: a child of `supervisor`, which knows of it, in a session of its own."""
    between = os.fork()
    if between:
        status = os.waitpid(between, 0)[1]
        if status:
            raise ChildProcessError(f"No trainer could be forked: status {status}.")
        return False
    if os.fork():
        # What a process leaves behind goes to the nearest ancestor that asked for it: the supervisor.
        os._exit(0)
    deadline = time.monotonic() + ADOPTION_SECONDS
    while os.getppid() != supervisor:
        if time.monotonic() > deadline:
            line.send(LOST)
            os._exit(1)
        time.sleep(POLL_SECONDS)
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:
        os._exit(1)
    libc.prctl(PR_SET_NAME, b"trainer")
    os.setsid()
    line.send(str(os.getpid()).encode())
    return True


def settle(directory: Path) -> None:
    """Be where a trainer that was started afresh would be: same folder, same files, same variables."""
    os.chdir(directory)
    os.environ["TMPDIR"] = str(directory / "tmp")
    # Whoever asked for it while loading would still write where the nursery may.
    tempfile.tempdir = None
    with Path(os.devnull).open("rb") as nothing, (directory / "runner.log").open("ab") as log:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    sys.argv[1:] = [str(directory)]


if __name__ == "__main__":
    sys.exit(main())
