"""Text generation: a causal language model learns the answers of conversations."""

import time
from dataclasses import dataclass, replace

from tuneyard.specs.job import JobPhase, TextGenerationSpec
from tuneyard.specs.text_generation import TextGenerationHyperparameters, minutes_to_teach
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.room import Room
from tuneyard_worker.stopping import Stopped
from tuneyard_worker.trainers.checkpoints import Checkpoints
from tuneyard_worker.trainers.compute import Compute, set_up
from tuneyard_worker.trainers.continuing import open_checkpoints
from tuneyard_worker.trainers.generation.aims import aim
from tuneyard_worker.trainers.generation.causal_models import (
    CausalModel,
    add_adapters,
    attend_fast,
    check,
    check_card,
    dtype_for,
    load,
)
from tuneyard_worker.trainers.generation.companions import companions
from tuneyard_worker.trainers.generation.exam import examine
from tuneyard_worker.trainers.generation.export import artifact_bytes, export, export_gguf
from tuneyard_worker.trainers.generation.lesson import Lesson, prepare
from tuneyard_worker.trainers.generation.likelihood import Score
from tuneyard_worker.trainers.generation.objectives import Objective
from tuneyard_worker.trainers.generation.packaging import package
from tuneyard_worker.trainers.generation.pens import Pens
from tuneyard_worker.trainers.generation.samples import Samples, samples
from tuneyard_worker.trainers.generation.tuning import Tuned, Tuning, tune
from tuneyard_worker.trainers.progress import Progress

STEPS_PER_METRIC = 5
# After so many steps the pace is known well enough to tell that less than this share of the rows will be read.
STEPS_OF_PACE, SHORT_OF_TIME = 5, 0.9
# Seconds of two cores for a token, by the parameters of the model: only the ratios matter.
TEACH_TOKEN, ANSWER_TOKEN = 25e-9, 10e-9
PREPARE, EXPORT, PACKAGE = 5.0, 5.0, 1.0


class TextGenerationTrainer:
    """Implements Trainer."""

    def run(self, spec: TextGenerationSpec, job: JobDirectory) -> None:
        """Prepare, teach, examine and package a model. Raises JobFailure with words for the user."""
        began = time.monotonic()
        compute = set_up(spec.budget.threads, spec.seed, spec.budget.batch_parts)
        progress = Progress(job)
        job.phase(JobPhase.PREPARING)
        check(spec.base_model)
        base = load_to_teach(spec, compute)
        lesson = prepare(spec, job, base)
        progress.plan(plan(lesson, spec.hyperparameters))
        progress.update("prepare", 1)
        prepared = time.monotonic() - began
        room = Room((job.root, *([spec.earlier] if spec.earlier else [])), spec.budget.disk_bytes)
        checkpoints = open_checkpoints(spec, job, room, progress)
        try:
            with job.stop.postponed():
                # It is of the budget too; an attempt that goes on has the deadline of the first.
                ready = float(checkpoints.part("ready").once(lambda: prepared))
                job.phase(JobPhase.TRAINING)
                untaught = checkpoints.part("teach").result() is None
                with companions(job, compute, needed=untaught) as ranks:
                    tuned = teach(spec, job, lesson, base, replace(compute, ranks=ranks), progress, checkpoints, ready)
                del base
                room.ensure(artifact_bytes(spec, tuned, lesson.parameters), "the model")
                job.phase(JobPhase.EVALUATING)
                exporting = checkpoints.seconds()
                exported = export(job.artifact, spec, tuned, lesson.chat.stop_ids)
                progress.update("export", 1)
                # The file for llama.cpp takes about as long, as it is as many numbers.
                packaging = 0.0 if spec.hyperparameters.gguf == "none" else checkpoints.seconds() - exporting
                pens = Pens(compute, spec.budget.threads, job, room)
                elsewhere = ready + packaging
                evaluation = examine(spec, job, lesson, tuned, exported, pens, checkpoints, progress, elsewhere)
                progress.update("exam", 1)
            job.phase(JobPhase.PACKAGING)
            export_gguf(spec, job, lesson.chat.stop_ids)
            package(spec, job, lesson, tuned, evaluation, compute, prepared + tuned.seconds)
        except Stopped:
            checkpoints.write_finished()
            raise
        progress.finish()


def load_to_teach(spec: TextGenerationSpec, compute: Compute) -> CausalModel:
    """The base model as it is taught. Raises JobFailure as load and check_card do."""
    tuning = spec.hyperparameters.tuning
    if tuning == "qlora":
        check_card(compute)
    quantised = compute.device if tuning == "qlora" else None
    base = load(spec.base_model.path, spec.base_model.name, dtype_for(compute, tuning), in_4_bits_on=quantised)
    attend_fast(base.model, min(spec.hyperparameters.max_length, base.longest), compute)
    return base


def teach(
    spec: TextGenerationSpec,
    job: JobDirectory,
    lesson: Lesson,
    base: CausalModel,
    compute: Compute,
    progress: Progress,
    checkpoints: Checkpoints,
    ready: float = 0.0,
) -> Tuned:
    """Teach the model, or adapters on it, within the share of the time budget that is for teaching.

    So many seconds of it were needed to get `ready`; who teaches along need not know.
    """
    hyper = spec.hyperparameters
    model = base.model if hyper.tuning == "full" else add_adapters(base.model, hyper)
    learning = sum(each.numel() for each in model.parameters() if each.requires_grad)
    method, device = METHODS[hyper.tuning], compute.describe()
    job.log(
        "teaching_to_write",
        f"Teaching {method}: {learning:,} of {lesson.parameters:,} numbers learn ({device.message}).",
        "info",
        method=method,
        learning=learning,
        parameters=lesson.parameters,
        device=device.code,
        **device.details,
    )
    objective = aim(spec, job, lesson, model, compute, checkpoints, hyper.teaching_seconds)
    # Pairs of answers are weighed before the first step, which takes its time as well.
    weighed = float(checkpoints.part("weighed").once(checkpoints.seconds))
    tuned = tune(
        model,
        objective,
        hyper,
        compute,
        TeachingReport(job, progress, objective, samples(spec, job, lesson, replace(base, model=model), compute)),
        seed=spec.seed,
        seconds=hyper.teaching_seconds - ready - weighed,
        part=checkpoints.part("teach"),
        clock=checkpoints.seconds,
    )
    job.log(
        "taught_to_write",
        f"The weights of step {tuned.step} are kept, where the validation loss was {tuned.validation_loss:.3f}.",
        step=tuned.step,
        loss=f"{tuned.validation_loss:.3f}",
    )
    progress.update("teach", 1)
    return tuned


METHODS = {
    "lora": "LoRA adapters",
    "dora": "DoRA adapters",
    "rslora": "rank-stabilised LoRA adapters",
    "qlora": "LoRA adapters on a base model in 4 bits",
    "full": "the whole model",
}


@dataclass
class TeachingReport:
    """Implements Report for one job."""

    job: JobDirectory
    progress: Progress
    objective: Objective
    samples: Samples
    short_of_time: bool = False
    """Whether that was told."""

    def step(self, state: Tuning, seen: Score, seconds: float) -> None:
        """After each step of the optimizer."""
        share = min(state.step / state.total_steps, 0.999)
        self.progress.update("teach", share, step=state.step, total_steps=state.total_steps, epoch=state.epoch)
        if state.step % STEPS_PER_METRIC == 0 or state.step in (1, state.total_steps):
            values = {
                "train_loss": seen.loss,
                f"train_{self.objective.measure}_accuracy": round(seen.accuracy, 4),
                "learning_rate": state.optimizer.param_groups[0]["lr"],
                "tokens_per_second": round(state.tokens / max(seconds, 1e-6), 1),
            }
            self.job.metrics(values, step=state.step, epoch=state.epoch)
        if state.step >= STEPS_OF_PACE and not self.short_of_time:
            self._tell_if_short(state, seconds)

    def look(self, state: Tuning, seen: Score) -> None:
        """After each look at the validation rows."""
        measure = self.objective.measure
        values = {"validation_loss": seen.loss, f"validation_{measure}_accuracy": round(seen.accuracy, 4)}
        self.job.metrics(values, step=state.step, epoch=state.epoch)

    def sample(self, state: Tuning, seconds: float) -> None:
        """Before the first step, and after looks."""
        self.samples.take(state.step, seconds)

    def _tell_if_short(self, state: Tuning, seconds: float) -> None:
        share = self.objective.share * state.total_steps / state.steps_per_epoch
        if share >= SHORT_OF_TIME:
            return
        self.short_of_time = True
        percent = max(1, round(100 * share))
        minutes = minutes_to_teach(seconds / state.step * state.steps_per_epoch / self.objective.share)
        self.job.log(
            "rows_without_time",
            f"There is time to learn from about {percent} % of the rows. For all of them, give a time budget of about "
            f"{minutes:,} minutes.",
            "warning",
            percent=percent,
            minutes=minutes,
        )


def plan(lesson: Lesson, hyper: TextGenerationHyperparameters) -> dict[str, float]:
    """Expected seconds by stage."""
    tokens = sum(map(len, lesson.read(lesson.splits.train)))
    answers = min(hyper.exam_answers, len(lesson.splits.test))
    written = 2 * answers * hyper.answer_length * ANSWER_TOKEN * lesson.parameters
    most = hyper.teaching_seconds
    teaching = tokens * hyper.epochs * TEACH_TOKEN * lesson.parameters
    return {
        "prepare": PREPARE,
        "teach": min(most, teaching),
        "export": EXPORT,
        "exam": min(hyper.time_budget_seconds - most, written),
        "package": PACKAGE,
    }
