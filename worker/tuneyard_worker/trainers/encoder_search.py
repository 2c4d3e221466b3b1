"""Whether teaching the encoder pays, and how: runs within the time budget, judged by the validation rows."""

import copy
from dataclasses import dataclass, field, replace
from functools import partial

import torch

from tuneyard.specs.job import TextClassificationSpec
from tuneyard.specs.manifest import Chosen
from tuneyard.specs.sayings import Remark
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.checkpoints import Checkpoints
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.encoder_runs import Budget, planned_runs
from tuneyard_worker.trainers.encoder_tuning import Tuned, TuningSettings, tune
from tuneyard_worker.trainers.head import Head, class_weights, fit_head
from tuneyard_worker.trainers.head_search import Features, HeadChoice, calibrated
from tuneyard_worker.trainers.head_training import teach_head
from tuneyard_worker.trainers.lesson import Lesson
from tuneyard_worker.trainers.outcome import Outcome
from tuneyard_worker.trainers.progress import Progress
from tuneyard_worker.trainers.run_report import RunReport
from tuneyard_worker.trainers.souping import average
from tuneyard_worker.trainers.training_set import Score, score

# A step of training (forward, backward, optimizer) by the time of the forward pass alone.
TRAINING_PER_EMBEDDING = 6.0
# The first trial leaves as much time for one final run on all rows.
TRIAL_AND_FINAL = 2.1
BROUGHT_NOTHING = Remark(
    code="encoder_brought_nothing",
    message="Teaching the encoder brought nothing over the head alone, so the head alone it is.",
)
WITHOUT_TIME = Remark(
    code="encoder_without_time",
    message="Teaching the encoder did not fit into the time budget, so the head alone it is.",
)


def tune_encoder(
    spec: TextClassificationSpec,
    job: JobDirectory,
    lesson: Lesson,
    features: Features,
    choice: HeadChoice,
    compute: Compute,
    progress: Progress,
    budget: Budget,
    checkpoints: Checkpoints,
) -> Outcome:
    """Try runs of the encoder and keep the best of them if it beats the head alone; else teach that head."""
    search = EncoderSearch(spec, job, lesson, features, choice, compute, budget, progress, checkpoints)
    search.try_runs()
    best = search.best
    if best is not None and best.score is not None and best.score.beats(search.frozen):
        outcome = search.final(best, best.score)
        progress.update("tune", 1)
        progress.update("head", 1)
        return outcome
    reason = BROUGHT_NOTHING if best else WITHOUT_TIME
    job.log(reason.code, reason.message)
    progress.update("tune", 1)
    return teach_head(spec, job, lesson, features, choice, progress, checkpoints.part("head"), [reason])


@dataclass
class EncoderSearch:
    """The runs of one job. What the clock decides is decided once, so that an interrupted job decides alike."""

    spec: TextClassificationSpec
    job: JobDirectory
    lesson: Lesson
    features: Features
    choice: HeadChoice
    compute: Compute
    budget: Budget
    progress: Progress
    checkpoints: Checkpoints
    tried: list[Tuned] = field(default_factory=list)
    plan: list[TuningSettings] = field(init=False)
    report: RunReport = field(init=False)
    head: Head = field(init=False)
    frozen: Score = field(init=False)

    def __post_init__(self) -> None:
        hyper = self.spec.hyperparameters
        self.plan = planned_runs(hyper, self.spec.seed)
        self.report = RunReport(self.job, self.progress, len(self.plan) + hyper.trials)
        rows, best = self.lesson.rows, self.choice.best
        alone = self._fit_head(rows.train, best.depth, "frozen")
        logits, _ = calibrated(alone, self.features[best.depth], rows)
        self.frozen = score(logits, rows.targets[rows.validation])
        # All layers are taught, also where a frozen encoder does better without the last ones.
        deepest = self.lesson.base.depth
        self.head = alone if best.depth == deepest else self._fit_head(rows.train, deepest, "first")
        right = percent(self.frozen.accuracy)
        self.job.log("head_alone", f"The head alone answers {right} of the validation rows rightly.", right=right)

    @property
    def best(self) -> Tuned | None:
        """The run with the best score; the first of equals."""
        found: Tuned | None = None
        for each in self.tried:
            if each.score and (found is None or found.score is None or each.score.beats(found.score)):
                found = each
        return found

    def try_runs(self) -> None:
        """Run the trials that the budget allows, keeping time for the final run."""
        for number, settings in enumerate(self.plan, start=1):
            part = f"trial-{number}"
            epochs = self.checkpoints.part(f"{part}-epochs").once(partial(self._epochs, settings.epochs))
            if epochs < 1:
                self.job.log(
                    "trial_without_time",
                    f"No time is left for trial {number} of {len(self.plan)}, {settings.name}.",
                    number=number,
                    trials=len(self.plan),
                    method=settings.name,
                )
                return
            self._try(replace(settings, epochs=epochs), part)

    def _epochs(self, wanted: int) -> int:
        """How many epochs the next trial may have; 0 for none."""
        if not self.tried:
            # Better one run without a final one than none.
            return self.budget.epochs(wanted, TRIAL_AND_FINAL) or self.budget.epochs(wanted, 1)
        # Final runs help more than further trials, and each of them is as long as the trials.
        same = self.tried[0].settings.epochs
        return same if self.budget.epochs(same, 1 + self.spec.hyperparameters.trials) == same else 0

    def final(self, best: Tuned, score: Score) -> Outcome:
        """The best run again on all rows that are not held out, where the time allows, else as it is."""
        finals = self._final_runs(best)
        if len(finals) > 1:
            self.job.log("mean_of_runs", f"The result is the mean of {len(finals)} runs.", runs=len(finals))
        if not finals:
            self.job.log(
                "final_run_without_time",
                "No time is left to teach again with the validation rows; the best run is kept as it is.",
            )
        return self._outcome(best, score, average(finals) if finals else best, len(finals))

    def _try(self, settings: TuningSettings, part: str) -> None:
        epochs = "1 epoch" if settings.epochs == 1 else f"{settings.epochs} epochs"
        rate = f"{settings.learning_rate:g}"
        self.job.log(
            "teaching_encoder",
            f"Teaching {settings.name}: {epochs}, learning rate {rate}.",
            method=settings.name,
            epochs=settings.epochs,
            rate=rate,
        )
        # What is left for later is for a final run of the same length.
        seconds = self.budget.left / TRIAL_AND_FINAL
        tuned = self._tune(settings, self.lesson.rows.train, self.head, seconds, part, validate=True)
        self.budget.measured(tuned.epoch_seconds)
        self.tried.append(tuned)
        if tuned.score:
            right = percent(tuned.score.accuracy)
            self.job.log(
                "encoder_taught",
                f"After epoch {tuned.epochs} it answers {right} of the validation rows rightly.",
                epoch=tuned.epochs,
                right=right,
            )

    def _final_runs(self, best: Tuned) -> list[Tuned]:
        """As many runs on all rows, from different seeds, as trials are wanted and time is left for."""
        everything = torch.arange(len(self.lesson.rows))
        longer = len(everything) / len(self.lesson.rows.train)
        head: Head | None = None
        finals: list[Tuned] = []
        for number in range(self.spec.hyperparameters.trials):
            # The first may be cut short, to a half at most; more of them only help at full length.
            least = best.epochs if finals else -(-best.epochs // 2)
            part = f"final-{number + 1}"
            epochs = self.checkpoints.part(f"{part}-epochs").once(partial(self.budget.epochs, best.epochs, longer))
            if epochs < least:
                break
            # Runs that start from the same weights can be averaged.
            head = head or self._fit_head(everything, self.lesson.base.depth, "last")
            settings = replace(best.settings, epochs=epochs, seed=best.settings.seed + number)
            self.job.log(
                "teaching_again",
                f"Teaching {settings.name} from all {len(everything):,} rows that are not held out.",
                method=settings.name,
                rows=len(everything),
            )
            finals.append(self._tune(settings, everything, head, self.budget.left, part, validate=False))
        return finals

    def _tune(
        self, settings: TuningSettings, learn: torch.Tensor, head: Head, seconds: float, part: str, *, validate: bool
    ) -> Tuned:
        rows = self.lesson.rows
        tuned = tune(
            self.lesson.base.encoder,
            head,
            rows,
            learn,
            settings,
            self.compute,
            self.report,
            weights=self._weights(learn),
            validate=validate,
            seconds=seconds,
            part=self.checkpoints.part(part),
            clock=self.checkpoints.seconds,
        )
        self.report.done += 1
        return tuned

    def _fit_head(self, learn: torch.Tensor, depth: int, name: str) -> Head:
        rows, weights, settings = self.lesson.rows, self._weights(learn), self.choice.best.settings
        features, targets, part = (
            self.features[depth][learn],
            rows.targets[learn],
            self.checkpoints.part(f"head-{name}"),
        )
        head = fit_head(features, targets, rows.classes, settings, weights=weights, seed=self.spec.seed, part=part)
        return head.fold()

    def _weights(self, learn: torch.Tensor) -> torch.Tensor | None:
        rows = self.lesson.rows
        return class_weights(rows.targets[learn], rows.classes, self.spec.hyperparameters.class_weights)

    def _outcome(self, best: Tuned, score: Score, taught: Tuned, finals: int) -> Outcome:
        encoder = copy.deepcopy(self.lesson.base.encoder)
        encoder.load_state_dict(taught.encoder)
        head = copy.deepcopy(self.head)
        head.load_state_dict(taught.head)
        right, before = percent(score.accuracy), percent(self.frozen.accuracy)
        reason = Remark(
            code="encoder_better",
            message=f"On the validation rows teaching {best.settings.name} was right {right} of the time, "
            f"the head alone {before}.",
            details={"method": best.settings.name, "right": right, "before": before},
        )
        chosen = Chosen(
            tuning=best.settings.method,
            reason=reason.message,
            reasons=[reason.apart],
            validation_accuracy=score.accuracy,
            epochs=best.epochs,
            details={
                "head": self.choice.best.settings.name,
                "learning_rate": best.settings.learning_rate,
                "runs_tried": len(self.tried),
                "final_runs": finals,
                "temperature": round(best.temperature, 4),
            },
        )
        return Outcome(self.lesson.base.with_encoder(encoder.train(False)), head.fold(best.temperature), chosen)


def percent(share: float) -> str:
    """As `93.7 %`."""
    return f"{100 * share:.1f} %"
