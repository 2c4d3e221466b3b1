"""The process of vLLM that holds one base model: how it is started, watched and ended. Never run on a card so far.

Flags and variables are those of vLLM 0.33.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import structlog

from tuneyard.embedded.ports import free_port
from tuneyard_worker.serving.engines import guarded
from tuneyard_worker.serving.errors import VersionNotReady

log = structlog.get_logger()

HOST = "127.0.0.1"
PROGRAM = "vllm.entrypoints.cli.main"
BASE = "base"
"""What the model without an adapter is called."""
MOST_RANK = 64
ADAPTERS_AT_ONCE, ADAPTERS_IN_MEMORY = 8, 64
TEXTS_AT_ONCE = 64
# The memory for earlier tokens is told in bytes; of the card, so much must be free at least, or vLLM does not start.
LEAST_FREE = 0.05
STRUCTURED = {"backend": "guidance", "disable_any_whitespace": True}
ENVIRONMENT = {
    "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
}
# Secrets are among them, and where this process finds its own packages.
OURS = ("TUNEYARD_", "PYTHONPATH", "PYTHONHOME")
# Reading the weights and capturing graphs of a large model takes minutes.
LONGEST_SECONDS = 1800
LOOK_SECONDS = 0.5
ASK_SECONDS = 60
GRACE_SECONDS = 20
CHUNK = 2**16


@dataclass(frozen=True)
class Launch:
    """What it is to hold."""

    python: Path
    """Of the environment that vLLM is installed in."""
    folder: Path
    """With config.json, tokenizer and weights."""
    room: int
    """Tokens of a text."""
    cache_bytes: int
    """What earlier tokens of all texts may take on the card."""
    most_waiting: int

    def command(self, port: int) -> list[str]:
        """Program and arguments."""
        flags = {
            "--served-model-name": BASE,
            "--host": HOST,
            "--port": port,
            "--max-model-len": self.room,
            "--max-num-seqs": TEXTS_AT_ONCE,
            "--max-num-queued-reqs": TEXTS_AT_ONCE + self.most_waiting,
            "--kv-cache-memory-bytes": self.cache_bytes,
            "--gpu-memory-utilization": LEAST_FREE,
            "--max-lora-rank": MOST_RANK,
            "--max-loras": ADAPTERS_AT_ONCE,
            "--max-cpu-loras": ADAPTERS_IN_MEMORY,
            # What a folder's generation_config.json wishes is not what the caller does.
            "--generation-config": "vllm",
            "--structured-outputs-config": json.dumps(STRUCTURED),
        }
        switches = ["--enable-lora", "--disable-uvicorn-access-log"]
        options = [str(part) for pair in flags.items() for part in pair]
        return [str(self.python), "-m", PROGRAM, "serve", str(self.folder), *switches, *options]


def has_vllm(python: Path) -> bool:
    """Whether the package is there for that Python."""
    look = "import importlib.util, sys; sys.exit(importlib.util.find_spec('vllm') is None)"
    try:
        return subprocess.run([python, "-c", look], timeout=ASK_SECONDS, check=False).returncode == 0
    except (subprocess.SubprocessError, OSError):
        return False


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """Its variables, from those of this process."""
    return {name: value for name, value in own.items() if not name.startswith(OURS)} | ENVIRONMENT


class VllmServer:
    """Starts on demand, and again when it has ended. Belongs to the event loop."""

    def __init__(self, command: Callable[[int], list[str]]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._alone = asyncio.Lock()
        self._said: deque[str] = deque(maxlen=1)
        self.url = ""
        self.starts = 0
        """What it was told before the last start it does not know any more."""

    async def ready(self) -> None:
        """Have it answer at `url`. Raises VersionNotReady if it does not start."""
        async with self._alone:
            if self._process is None or self._process.returncode is not None:
                await self._start()

    async def stop(self) -> None:
        """End it and what it has started."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), GRACE_SECONDS)
        # It leads a session: what is left of its group ends with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        log.info("vllm.stopped", process=process.pid)

    async def _start(self) -> None:
        await self.stop()
        port = free_port(HOST)
        self.url = f"http://{HOST}:{port}"
        self._said.clear()
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            guarded.MODULE,
            str(os.getpid()),
            *self._command(port),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=environment(os.environ),
            start_new_session=True,
        )
        log.info("vllm.starting", process=process.pid, port=port)
        self._reading = asyncio.create_task(self._read(process))
        answers = False
        try:
            with contextlib.suppress(TimeoutError):
                answers = await asyncio.wait_for(self._answers(process), LONGEST_SECONDS)
        finally:
            if not answers:
                await self.stop()
        if not answers:
            last = self._said[-1] if self._said else "it said nothing"
            raise VersionNotReady(f"vLLM did not start: {last[:300]}", hint="The log of the serving process says more.")
        self.starts += 1
        log.info("vllm.ready", process=process.pid)

    async def _answers(self, process: asyncio.subprocess.Process) -> bool:
        """Wait until it does; False if it ends instead."""
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
            while process.returncode is None:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get("/health")).is_success:
                        return True
                await asyncio.sleep(LOOK_SECONDS)
        return False

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """What it says goes into the log of this process."""
        rest = ""
        while process.stdout and (chunk := await process.stdout.read(CHUNK)):
            *lines, rest = (rest + chunk.decode(errors="replace")).split("\n")
            for line in filter(str.strip, lines):
                self._said.append(line.strip())
                log.info("vllm.said", line=line)
