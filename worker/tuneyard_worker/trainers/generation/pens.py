"""Who writes the answers of the exam: on a processor the engine that will serve the model, elsewhere `transformers`."""

import json
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from tuneyard_worker.exporters.decoder_files import FACTS
from tuneyard_worker.exporters.decoder_folder import write_decoder
from tuneyard_worker.exporters.decoder_graph import graph_bytes
from tuneyard_worker.exporters.decoder_shape import UnknownDecoder, shape_of
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.room import Room
from tuneyard_worker.trainers.compute import CPU, Compute
from tuneyard_worker.trainers.generation.answering import Asked, answer
from tuneyard_worker.trainers.generation.causal_models import CausalModel
from tuneyard_worker.trainers.generation.engine_pen import EnginePen

PROMPTS_AT_ONCE = 8
LEAST_SECONDS = 1.0
"""For the first answers: less would be none."""


class Pen(Protocol):
    """Writes answers, always with the token that is held for the likeliest."""

    def answer(self, asked: Asked) -> int:
        """Answer prompts in their order, as long as there are seconds left.

        Where there is no time for the first of them, and they may be cut, their answers end where they are: after how
        many tokens comes back, else `asked.how.longest`. Whatever `asked.add` raises ends it.
        """
        ...


@dataclass(frozen=True)
class TransformersPen:
    """Implements Pen: a few at once, the next ones when the longest of them is finished."""

    base: CausalModel
    compute: Compute

    def answer(self, asked: Asked) -> int:
        done = 0
        while done < len(asked.prompts):
            before = asked.left()
            some = asked.prompts[done:][:PROMPTS_AT_ONCE]
            found = answer(self.base, some, replace(asked.how, seconds=max(LEAST_SECONDS, before)), self.compute)
            if found.cut and (done or not asked.may_cut):
                break
            asked.add(found.given)
            done += len(some)
            if found.cut:
                return found.tokens
            if before - asked.left() > asked.left():
                break
        return asked.how.longest


@dataclass(frozen=True)
class Served:
    """Where a model lies as the engine takes it: a folder of `transformers`, and adapters on top of it."""

    weights: Path
    adapter: Path | None = None


@dataclass(frozen=True)
class Pens:
    """Gives out what writes with a model."""

    compute: Compute
    threads: int
    job: JobDirectory
    room: Room
    _made: dict[Path, Path | None] = field(default_factory=dict)

    def of(self, base: CausalModel, served: Served) -> Pen:
        """For a model that is loaded already, and lies at `served`."""
        if served.weights not in self._made:
            self._made[served.weights] = self._graph(served.weights) if self.compute.device == CPU else None
        graph = self._made[served.weights]
        if graph is None:
            return TransformersPen(base, self.compute)
        return EnginePen(graph, served.adapter, base.tokenizer, self.threads)

    def put_away(self) -> None:
        """The exam is over: graphs are no longer needed."""
        shutil.rmtree(self._graphs, ignore_errors=True)

    @property
    def _graphs(self) -> Path:
        return self.job.root / "graphs"

    def _graph(self, weights: Path) -> Path | None:
        """None for a model that the engine does not know, or without room for it."""
        folder = self._graphs / weights.name
        if (folder / FACTS).is_file():
            return folder
        try:
            shape = shape_of(json.loads((weights / "config.json").read_text(encoding="utf-8")))
            self.room.ensure(graph_bytes(shape), "the model as it is run")
            write_decoder(weights, folder)
        except (UnknownDecoder, JobFailure) as reason:
            message = "The exam's answers are written without the engine that serves models, which takes longer"
            self.job.log("exam_without_engine", f"{message}: {reason}", "warning", cause=str(reason))
            return None
        return folder
