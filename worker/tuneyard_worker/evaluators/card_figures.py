"""The table of figures on the card of a model that writes, each with its interval, in the marks of a language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tuneyard.specs.evaluation import Interval
from tuneyard.specs.generation_evaluation import AnswerScores, GenerationEvaluation, Likelihood
from tuneyard_worker.evaluators.findings import percent
from tuneyard_worker.evaluators.writing_en import number

Figures = tuple[Likelihood | None, AnswerScores]
Figure = tuple[Interval | None, Callable[[Interval], str]]


@dataclass(frozen=True)
class Marks:
    """How a language writes a percentage, and what it puts an interval in."""

    percent: str
    interval: str

    def share(self, found: Interval) -> str:
        return self._written(found, lambda value: percent(round(value, 3)), self.percent)

    def points(self, found: Interval) -> str:
        return self._written(found, lambda value: f"{value:.1f}", "")

    def number(self, found: Interval) -> str:
        return self._written(found, number, "")

    def _written(self, found: Interval, form: Callable[[float], str], unit: str) -> str:
        between = f"{form(found.low)}–{form(found.high)}{unit}"
        return f"{form(found.value)}{unit}{self.interval.format(between)}"


def table(evaluation: GenerationEvaluation, ways: Sequence[str], header: Sequence[str], marks: Marks) -> str:
    """Of this model and each baseline, called `ways`; the last of `header` is left out where no JSON is expected."""
    of_json = evaluation.answers.valid_json is not None
    header = header if of_json else header[:-1]
    found: list[Figures] = [(evaluation.likelihood, evaluation.answers)]
    found += [(each.likelihood, each.answers) for each in evaluation.baselines]
    rows = [[way, *_cells(*figures, marks=marks)[: len(header) - 1]] for way, figures in zip(ways, found, strict=True)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [header, ["---"] * len(header), *rows])


def _cells(likelihood: Likelihood | None, answers: AnswerScores, *, marks: Marks) -> list[str]:
    figures: list[Figure] = [
        (likelihood.perplexity if likelihood else None, marks.number),
        (likelihood.token_accuracy if likelihood else None, marks.share),
        (answers.chrf, marks.points),
        (answers.rouge_l, marks.points),
        (answers.exact_match, marks.share),
        (answers.valid_json, marks.share),
    ]
    return [write(found) if found else "–" for found, write in figures]
