"""How long fine-tunes take here: by rules of thumb, until earlier ones tell it better."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tuneyard.base_models.entries import BaseModelEntry
from tuneyard.base_models.machines import Machine
from tuneyard.jobs.planning import Plan
from tuneyard.jobs.repository import FinishedFineTune
from tuneyard.specs.hyperparameters import Hyperparameters
from tuneyard.specs.sayings import Remark
from tuneyard.specs.text_generation import TextGenerationHyperparameters, minutes_to_teach

RULE_THREADS = 2
# Over the time budget of a classifier goes what is not teaching: preparing, the exam, packaging.
OVER_BUDGET = 1.2
RULE_OF_THUMB = Remark(code="rule_of_thumb", message="a rule of thumb; it gets better with every job")
JOBS_LIKE_THIS = Remark(code="jobs_like_this", message="earlier jobs like this one")
JOBS_HERE = Remark(code="jobs_here", message="earlier jobs on this machine")
# Nobody is told that the last few rows may not be learnt from: that is how far such a forecast is off.
SHORT_OF_TIME = 0.9


@dataclass(frozen=True)
class Pace:
    """Seconds of start-up and per million characters of text."""

    start: float
    per_million: float


# Rules of thumb with the default base model on two cores without bfloat16; jobs that have run correct them.
FAST, BALANCED, BEST = Pace(15, 60), Pace(60, 500), Pace(120, 1800)
# Of text generation: for each epoch, and for each answer of the exam, by a model of so many parameters.
WRITING, WRITING_ANSWER, WRITING_PARAMETERS = Pace(30, 1800), 3, 135e6
# How much sooner the same is done where bfloat16 is multiplied as such.
BF16 = 2.0


@dataclass(frozen=True)
class Forecast:
    """What is known before a fine-tune about the time it will take."""

    plan: Plan
    entry: BaseModelEntry
    """Its base model."""
    machine: Machine
    """Where it will run."""
    threads: int
    past: Sequence[FinishedFineTune]
    """Earlier fine-tunes of the base model."""

    @property
    def seconds(self) -> tuple[float, Remark]:
        """About how long it takes, and where that comes from.

        Corrected by how far earlier jobs were off: those that taught the same way if there are any, else all.
        """
        factor, basis = RULE_THREADS / self.threads, RULE_OF_THUMB
        if self.past:
            off = [job.seconds / self._rule(job.hyperparameters, job.characters) for job in self._alike or self.past]
            factor, basis = statistics.median(off), JOBS_LIKE_THIS if self._alike else JOBS_HERE
        expected = factor * self._rule(self.plan.hyperparameters, self.plan.characters)
        return min(expected, most_seconds(self.plan.hyperparameters)), basis

    @property
    def rows_without_time(self) -> list[Remark]:
        """That a model that writes won't have read all rows when its time is over; empty if it will, or nobody knows.

        Pairs of answers are weighed first: how many there is time for is told by the job.
        """
        hyper, one_pass = self.plan.hyperparameters, self._one_pass
        if not isinstance(hyper, TextGenerationHyperparameters) or self.plan.unwanted or not one_pass:
            return []
        share = hyper.teaching_seconds / one_pass
        if share >= SHORT_OF_TIME:
            return []
        percent, minutes = max(1, round(100 * share)), minutes_to_teach(one_pass)
        message = (
            f"There is time to learn from about {percent} % of the rows. For all of them, give a time budget of about "
            f"{minutes:,} minutes."
        )
        return [Remark(code="rows_without_time", message=message, details={"percent": percent, "minutes": minutes})]

    @property
    def _one_pass(self) -> float | None:
        """Seconds in which all of the text is learnt from once; None where nobody knows."""
        told = [job.seconds_per_character for job in self._alike if job.seconds_per_character]
        if told:
            return statistics.median(told) * self.plan.characters
        # No rule says how fast a card is.
        if self.machine.card:
            return None
        return self._work * WRITING.per_million * self.plan.characters / 1e6 * RULE_THREADS / self.threads

    @property
    def _alike(self) -> list[FinishedFineTune]:
        return [job for job in self.past if _way(job.hyperparameters) == _way(self.plan.hyperparameters)]

    @property
    def _work(self) -> float:
        """How much longer it takes than with the model that the rules of writing were made with."""
        return self.entry.parameters / WRITING_PARAMETERS / (BF16 if self.machine.fast_bf16 else 1.0)

    def _rule(self, hyper: Hyperparameters, characters: int) -> float:
        """Seconds of a job on the machine that the rules were made for."""
        if isinstance(hyper, TextGenerationHyperparameters):
            taught = WRITING.per_million * hyper.epochs * characters / 1e6
            expected = WRITING.start + self._work * (taught + WRITING_ANSWER * hyper.exam_answers)
        else:
            pace = FAST if hyper.tuning == "head" else BALANCED if hyper.trials == 1 else BEST
            expected = pace.start + pace.per_million * characters / 1e6
        return min(expected, most_seconds(hyper))


def most_seconds(hyper: Hyperparameters) -> float:
    """What a fine-tune takes at most, by its time budget."""
    writes = isinstance(hyper, TextGenerationHyperparameters)
    return hyper.time_budget_seconds * (1.0 if writes else OVER_BUDGET)


def _way(hyper: Hyperparameters) -> tuple[str, int]:
    """Jobs that agree in it take about as long as their rule of thumb says, times one factor."""
    return hyper.tuning, 1 if isinstance(hyper, TextGenerationHyperparameters) else hyper.trials
