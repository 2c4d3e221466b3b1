"""`tuneyard up` in the background: started in a session of its own, waited for until it is ready."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tuneyard.embedded import run_file
from tuneyard.embedded.data_directory import private_folder
from tuneyard.embedded.errors import PartFailed
from tuneyard.embedded.run_file import RunState

LOOK_SECONDS = 0.1


def start(data_dir: Path, arguments: Sequence[str]) -> RunState:
    """Run `tuneyard up` with these arguments in the background; return once every part is ready.

    Raises PartFailed with what it said if it ends before that.
    """
    output = private_folder(data_dir / "logs") / "up.log"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tuneyard.cli", "up", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
    try:
        while process.poll() is None:
            state = run_file.read(data_dir)
            if state is not None and state.ready and state.supervisor.pid == process.pid:
                return state
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        process.send_signal(signal.SIGTERM)
        process.wait()
        raise
    raise PartFailed(output.read_text(errors="replace").strip() or f"It ended with exit code {process.returncode}.")
