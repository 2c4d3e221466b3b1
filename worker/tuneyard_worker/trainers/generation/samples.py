"""Sample answers: what the model writes to the same few questions at each moment of its training."""

from dataclasses import dataclass, replace

from tuneyard.specs.events import SampleAnswer
from tuneyard.specs.job import TextGenerationSpec
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.answering import Answering, answer, answering
from tuneyard_worker.trainers.generation.causal_models import CausalModel
from tuneyard_worker.trainers.generation.lesson import Lesson, Written

QUESTIONS = 3
LONGEST_ANSWER = 96
"""Tokens: enough to see what it learns."""
LONGEST_TEXT = 2000
"""Characters of a question or an answer: they are told again and again."""


@dataclass(frozen=True)
class Samples:
    """Who is asked what, and who hears the answers."""

    job: JobDirectory
    base: CausalModel
    rows: list[Written]
    how: Answering
    compute: Compute

    def take(self, step: int, seconds: float) -> None:
        """Answer the questions in so many seconds, and tell it. The model must not be learning meanwhile."""
        prompts = [row.prompt_ids for row in self.rows]
        answers = answer(self.base, prompts, replace(self.how, seconds=seconds), self.compute).given
        told = [
            SampleAnswer(
                row=row.conversation.row,
                prompt=_short(row.conversation.asked),
                expected=_short(row.conversation.answer),
                answer=_short(each.text),
            )
            for row, each in zip(self.rows, answers, strict=True)
        ]
        self.job.samples(told, step=step)


def samples(
    spec: TextGenerationSpec, job: JobDirectory, lesson: Lesson, base: CausalModel, compute: Compute
) -> Samples:
    """Questions of the first validation rows; of the rows to learn from, where there are no others."""
    rows = lesson.side((lesson.splits.validation or lesson.splits.train)[:QUESTIONS])
    how = answering(spec, lesson)
    return Samples(job, base, rows, replace(how, longest=min(how.longest, LONGEST_ANSWER)), compute)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"
