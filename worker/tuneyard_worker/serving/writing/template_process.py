"""Chat templates of strangers, each in a process of its own that has little time and memory."""

import json
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jinja2 import TemplateError

from tuneyard.kit.limited_process import KEPT_VARIABLES

PROGRAM = "tuneyard.base_models.template_process"
LONGEST_SECONDS = 2.0
START_SECONDS = 30.0
CHUNK = 2**16


class TemplateProcess:
    """Writes one conversation after the other. The process runs from the first on, and ends with this object."""

    def __init__(self, template: str) -> None:
        self._template = template
        self._process: subprocess.Popen[bytes] | None = None
        self._alone = threading.Lock()
        # Those who wait for a slow template must not take the threads that others need.
        self.thread = ThreadPoolExecutor(1, "template")

    def write(self, messages: Sequence[Mapping[str, str]], *, ask: bool, special_tokens: Mapping[str, str]) -> str:
        """As `chat_writing.write`; raises TemplateError also where that takes too much time or memory."""
        with self._alone:
            try:
                process = self._running()
                _tell(process, {"messages": messages, "ask": ask, "special_tokens": special_tokens})
                told = _heard(process, LONGEST_SECONDS)
            except OSError as error:
                if self._process is not None:
                    _end(self._process)
                slow = isinstance(error, TimeoutError)
                why = (
                    f"does not come to an end in {LONGEST_SECONDS:g} seconds"
                    if slow
                    else "takes too much time or memory"
                )
                raise TemplateError(f"it {why}") from error
        if "error" in told:
            raise TemplateError(told["error"])
        return str(told["text"])

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", PROGRAM],
                env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
            weakref.finalize(self, _end, self._process)
            _tell(self._process, self._template)
            # What it takes to load is not the template's fault.
            _heard(self._process, START_SECONDS)
        return self._process


def _heard(process: subprocess.Popen[bytes], seconds: float) -> dict[str, str]:
    """The next line. Raises TimeoutError, and OSError if the process has ended."""
    deadline = time.monotonic() + seconds
    assert process.stdout is not None  # noqa: S101 - a pipe
    told = b""
    poll = select.poll()
    poll.register(process.stdout, select.POLLIN)
    while not told.endswith(b"\n"):
        if not poll.poll(max(0.0, 1000 * (deadline - time.monotonic()))):
            raise TimeoutError
        more = os.read(process.stdout.fileno(), CHUNK)
        if not more:
            raise BrokenPipeError
        told += more
    found: dict[str, str] = json.loads(told)
    return found


def _tell(process: subprocess.Popen[bytes], what: Any) -> None:
    assert process.stdin is not None  # noqa: S101 - a pipe
    process.stdin.write(json.dumps(what).encode() + b"\n")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
