"""Tells what happens in the runs of the encoder: progress and metrics."""

from dataclasses import dataclass

from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.encoder_tuning import Tuning
from tuneyard_worker.trainers.progress import Progress
from tuneyard_worker.trainers.training_set import Score

STEPS_PER_METRIC = 10


@dataclass
class RunReport:
    """Implements Report for one job."""

    job: JobDirectory
    progress: Progress
    runs: int
    """How many are planned."""
    done: int = 0

    def step(self, state: Tuning, loss: float) -> None:
        """After each step of the optimizer."""
        epoch = state.step / state.steps_per_epoch
        share = (self.done + state.step / state.total_steps) / self.runs
        self.progress.update(
            "tune", min(share, 0.999), step=state.step, total_steps=state.total_steps, epoch=round(epoch, 3)
        )
        if state.step % STEPS_PER_METRIC == 0 or state.step == state.total_steps:
            rate = state.optimizer.param_groups[0]["lr"]
            self.job.metrics({"train_loss": loss, "learning_rate": rate}, step=state.step, epoch=round(epoch, 3))

    def epoch(self, state: Tuning, score: Score | None) -> None:
        """After each epoch."""
        if score is not None:
            values = {"validation_loss": score.loss, "validation_accuracy": score.accuracy}
            self.job.metrics(values, step=state.step, epoch=state.epoch)
