"""Checkpoints: what an interrupted job needs to go on, in another process and on another machine.

A training is a row of parts with names: each is done once, and between its steps it may be written down. A checkpoint
holds the results of the finished parts, the state of the one in progress, the random states and the time worked. What
the parts are is the trainer's business, and what a state is made of that of its StateFiles.
"""

import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tuneyard.specs.checkpoint import FORMAT, CheckpointFile, CheckpointManifest
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.room import Room, disk_full, says_full
from tuneyard_worker.trainers import checkpoint_folders
from tuneyard_worker.trainers.checkpoint_folders import State, StateFiles

T = TypeVar("T")

# Of the time of training, the most that writing may cost: with all of supervision, a job takes 3 % longer at most.
LARGEST_SHARE = 0.02
# Until the first was written: a guess of what it costs.
FIRST_COST_SECONDS = 0.1
# The newest, and the one before in case the newest is damaged.
KEPT = 2
# Names and types beside the numbers of a state.
OVERHEAD_BYTES = 2**18


class Part:
    """One part of the work. This one remembers nothing; those of `Checkpoints` do."""

    def result(self) -> State | None:
        """What came out, if an earlier attempt finished it."""
        return None

    def finish(self, result: State) -> None:
        """It is done. Raises Stopped."""

    def state(self) -> State | None:
        """Where an earlier attempt was, if it was in this part; the random sources are put back to that moment."""
        return None

    def reached(self, step: int, state: Callable[[], State]) -> None:
        """A point from which one can go on by `state`, which is written down when it is time. Raises Stopped."""

    def once(self, work: Callable[[], T]) -> T:
        """The result of `work`, or what came out when it was done before."""
        kept = self.result()
        if kept is None:
            kept = {"result": work()}
            self.finish(kept)
        return kept["result"]  # type: ignore[no-any-return]


UNKEPT = Part()


class KeptPart(Part):
    """A part of a training with checkpoints."""

    def __init__(self, checkpoints: "Checkpoints", name: str) -> None:
        self._checkpoints = checkpoints
        self._name = name

    def result(self) -> State | None:
        return self._checkpoints.result(self._name)

    def finish(self, result: State) -> None:
        self._checkpoints.finish(self._name, result)

    def state(self) -> State | None:
        return self._checkpoints.state(self._name)

    def reached(self, step: int, state: Callable[[], State]) -> None:
        self._checkpoints.reached(self._name, step, state)


class Checkpoints:
    """Those of one job: read from `earlier` and from the job directory, written to the job directory."""

    def __init__(
        self,
        job: JobDirectory,
        room: Room,
        files: StateFiles,
        *,
        earlier: Path | None = None,
        least_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Between two checkpoints pass at least `least_seconds`, and more where writing would cost too much."""
        self._job, self._room, self._files = job, room, files
        self._clock, self._least_seconds = clock, least_seconds
        self._roots = [job.checkpoints, *([earlier] if earlier else [])]
        self._pause = max(least_seconds, _pause_after(FIRST_COST_SECONDS))
        self._unwritten: dict[str, State] = {}
        found = checkpoint_folders.newest(self._roots, self._tell_damaged)
        self._kept = [found] if found else []
        self.newest = found[1] if found else None
        self._finished = {file.part: file for file in self.newest.finished} if self.newest else {}
        self._sequence = self.newest.sequence if self.newest else 0
        self._step = self.newest.step if self.newest else 0
        self._begun = self._last = clock()
        self.written, self.seconds_writing = 0, 0.0

    def part(self, name: str) -> Part:
        """The part of this name, which becomes the name of a file."""
        return KeptPart(self, name)

    def seconds(self) -> float:
        """Time worked so far, over all attempts; what was lost with an attempt does not count."""
        return (self.newest.seconds if self.newest else 0.0) + self._clock() - self._begun

    def result(self, name: str) -> State | None:
        """See Part."""
        if name in self._unwritten:
            return self._unwritten[name]
        file = self._finished.get(name)
        return checkpoint_folders.load(self._roots, file, self._files) if file else None

    def keep(self, name: str, result: State) -> None:
        """A part is done, which is written down with the next checkpoint."""
        self._unwritten[name] = result

    def finish(self, name: str, result: State) -> None:
        """See Part."""
        self.keep(name, result)
        if self._wanted():
            self.write_finished()
        self._job.stop.obey()

    def state(self, name: str) -> State | None:
        """See Part."""
        file = self.newest.in_progress if self.newest else None
        if file is None or file.part != name:
            return None
        kept = checkpoint_folders.load(self._roots, file, self._files)
        self._files.draw_on(kept["random"])
        return kept["state"]

    def reached(self, name: str, step: int, state: Callable[[], State]) -> None:
        """See Part."""
        self._step = step
        if self._wanted():
            self._write({name: {"state": state(), "random": self._files.drawn()}}, in_progress=name)
        self._job.stop.obey()

    def write_finished(self) -> None:
        """Write down the finished parts that were not written yet, if there are any."""
        if self._unwritten:
            self._write({})

    def _tell_damaged(self, name: str) -> None:
        words = f"The checkpoint {name} is damaged; the one before it is looked at."
        self._job.log("checkpoint_damaged", words, "warning", name=name)

    def _wanted(self) -> bool:
        return self._job.stop.asked or self._clock() - self._last >= self._pause

    def _write(self, states: dict[str, State], in_progress: str | None = None) -> None:
        began = self._clock()
        states = self._unwritten | states
        self._room.ensure(sum(map(self._files.size, states.values())) + OVERHEAD_BYTES, "a checkpoint")
        name = f"{self._sequence + 1:08d}-{secrets.token_hex(4)}"

        def manifest(written: list[CheckpointFile]) -> CheckpointManifest:
            files = self._finished | {file.part: file for file in written}
            return CheckpointManifest(
                format=FORMAT,
                sequence=self._sequence + 1,
                step=self._step,
                seconds=self.seconds(),
                in_progress=files.pop(in_progress) if in_progress else None,
                finished=list(files.values()),
            )

        try:
            kept = checkpoint_folders.write(self._job.checkpoints, name, states, self._files, manifest)
        except Exception as error:
            if not says_full(error):
                raise
            raise disk_full("There is no room for a checkpoint on the server's disk.") from error
        self._finished = {file.part: file for file in kept.finished}
        self._unwritten.clear()
        self._sequence = kept.sequence
        self._kept = [*self._kept, (name, kept)][-KEPT:]
        self._prune()
        self._count(began)

    def _prune(self) -> None:
        """Remove those that the kept ones do without, where nobody has taken them away."""
        needed = {name for name, _ in self._kept}.union(*(manifest.folders for _, manifest in self._kept))
        for folder in self._job.checkpoints.iterdir():
            if folder.name not in needed:
                shutil.rmtree(folder, ignore_errors=True)

    def _count(self, began: float) -> None:
        self._last = self._clock()
        took = self._last - began
        self._pause = max(self._least_seconds, _pause_after(took))
        self.written += 1
        self.seconds_writing += took


def _pause_after(cost: float) -> float:
    """Seconds of training before the next checkpoint, so that writing stays within its share."""
    return cost * (1 / LARGEST_SHARE - 1)
