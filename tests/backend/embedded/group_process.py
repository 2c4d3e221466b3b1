"""Starts fake_platform.py as a process of its own, and looks at what it leaves."""

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

from tuneyard.embedded import run_file
from tuneyard.embedded.run_file import RunningPart, RunState

SCRIPT = Path(__file__).with_name("fake_platform.py")
BACKEND = Path(__file__).parents[3] / "backend"
NOBODY = 65534


class GroupProcess:
    """One run of the script."""

    def __init__(self, data_dir: Path, *arguments: str, python: str = sys.executable, uid: int | None = None) -> None:
        self._data_dir = data_dir
        paths = [str(BACKEND), sysconfig.get_path("purelib")]
        self.popen = subprocess.Popen(
            [python, str(SCRIPT), str(data_dir), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"},
            **({} if uid is None else {"user": uid, "group": uid, "extra_groups": []}),
        )

    def wait_until_ready(self) -> None:
        assert self.popen.stdout
        assert self.popen.stdout.readline().strip() == "ready", self.popen.communicate()[1]

    def end(self, number: int) -> int:
        """Send a signal and wait for the exit code."""
        self.popen.send_signal(number)
        self.popen.communicate(timeout=30)
        return self.popen.returncode

    @property
    def state(self) -> RunState:
        state = run_file.read(self._data_dir)
        assert state
        return state

    def part(self, name: str) -> RunningPart:
        return next(part for part in self.state.parts if part.name == name)


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def python_for_anybody() -> str | None:
    """A Python like this one that an ordinary user may run; root's own may be in a closed home directory."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(version, path="/usr/bin:/usr/local/bin")):
        if python and _runs_for_nobody(python):
            return python
    return None


def _runs_for_nobody(python: str) -> bool:
    check = f"import sys; sys.path.insert(0, {sysconfig.get_path('purelib')!r}); import psycopg, pydantic, sqlalchemy"
    try:
        made = subprocess.run(
            [python, "-c", check], user=NOBODY, group=NOBODY, extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except PermissionError:
        return False
    return made.returncode == 0
