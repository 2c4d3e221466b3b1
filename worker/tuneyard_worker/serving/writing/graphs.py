"""Graphs of decoders, made once for each set of weights and kept on this machine."""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

import structlog

from tuneyard.kit.limited_process import KEPT_VARIABLES
from tuneyard_worker.exporters.decoder_files import FACTS, graph_place, made_graph
from tuneyard_worker.exporters.decoder_folder import UNKNOWN
from tuneyard_worker.serving.errors import BrokenArtifact, NotWritable

log = structlog.get_logger()

PROGRAM = "tuneyard_worker.exporters.decoder_folder"
LONGEST_SECONDS = 1800
MAKING = ".making-"
GOING = ".going-"
UNUSED_SECONDS = 3600
"""So long a graph stays after its last use, whoever needs it: somebody may be about to open it."""


class Graphs:
    """Belongs to the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # What an earlier process did not live to finish.
        for left in [*folder.glob(f"{MAKING}*"), *folder.glob(f"{GOING}*")]:
            shutil.rmtree(left, ignore_errors=True)
        self._alone = asyncio.Lock()

    async def of(self, model: Path, sha256: str) -> Path:
        """The folder with the graph of a model folder with such weights. Raises NotWritable, BrokenArtifact."""
        target = graph_place(self._folder, sha256)
        if not (target / FACTS).is_file():
            async with self._alone:
                if not (target / FACTS).is_file():
                    await self._make(model, target)
        os.utime(target)
        return target

    def has(self, sha256: str) -> bool:
        """Whether the graph of such weights is there."""
        return made_graph(self._folder, sha256) is not None

    async def keep_only(self, sha256s: Collection[str]) -> None:
        """Remove the graphs of other weights, and those of an older program."""
        kept, before = {graph_place(self._folder, each) for each in sha256s}, time.time() - UNUSED_SECONDS
        unused = [each for each in self._folder.glob("[!.]*") if each not in kept and each.stat().st_mtime < before]
        for graph in unused:
            # At once, so that nobody finds a part of it.
            going = graph.rename(graph.with_name(f"{GOING}{graph.name}"))
            await asyncio.to_thread(shutil.rmtree, going, ignore_errors=True)
            log.info("graph.removed", graph=graph.name)

    async def _make(self, model: Path, target: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=MAKING, dir=self._folder))
        try:
            log.info("graph.making", model=model.name)
            await _run(model, made)
            shutil.rmtree(target, ignore_errors=True)
            made.replace(target)
        finally:
            shutil.rmtree(made, ignore_errors=True)


async def _run(model: Path, made: Path) -> None:
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", PROGRAM, str(model), str(made), stderr=asyncio.subprocess.PIPE, env=environment
    )
    try:
        _, told = await asyncio.wait_for(process.communicate(), LONGEST_SECONDS)
    except TimeoutError as error:
        raise BrokenArtifact("To make the model ready to serve takes too long.") from error
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode == UNKNOWN:
        raise NotWritable(f"The serving process knows no {told.decode(errors='replace').strip()}.")
    if process.returncode:
        last = (told.decode(errors="replace").strip().splitlines() or [f"exit status {process.returncode}"])[-1]
        raise BrokenArtifact(f"The model can't be made ready to serve: {last[:300]}.")
