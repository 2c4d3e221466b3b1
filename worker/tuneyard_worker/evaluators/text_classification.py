"""The evaluation of a text classifier on rows it never saw."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuneyard.specs.evaluation import Baseline, Evaluation
from tuneyard_worker.evaluators import baselines, metrics
from tuneyard_worker.evaluators.bootstrap import Right, accuracy_interval, difference_interval
from tuneyard_worker.evaluators.calibration import calibration
from tuneyard_worker.evaluators.verdict import verdict


@dataclass(frozen=True)
class HeldOut:
    """The held-out rows and what the exported model answered on them."""

    rows: list[int]
    """Row numbers in the dataset version; the first is 1."""
    texts: list[str]
    truth: list[str]
    scores: NDArray[np.floating]
    """Probabilities (rows, classes), in the order of the model's labels."""

    def predicted(self, labels: list[str]) -> list[str]:
        """The label of the highest score of each row."""
        return [labels[index] for index in self.scores.argmax(axis=1)]


def evaluate(
    *,
    held_out: HeldOut,
    train_texts: list[str],
    train_labels: list[str],
    labels: list[str],
    previous: Path | None,
    previous_name: str | None,
    seed: int,
    noun: str = "texts",
    threads: int = 1,
) -> Evaluation:
    """Score the answers in `held_out` and compare them with the baselines on the same rows.

    `labels` is the order of the scores. `previous` is the artifact of the version this one replaces. `noun` is what
    the rows are called in the verdict. Raises ValueError if there is no held-out row.
    """
    if not held_out.rows:
        raise ValueError("There is no held-out row to evaluate on.")
    predicted = held_out.predicted(labels)
    # A class that only the held-out rows have still belongs into the confusion matrix, as a row of mistakes.
    shown = [*labels, *sorted(set(held_out.truth) - set(labels))]
    confusion = metrics.confusion_matrix(
        metrics.numbers(held_out.truth, shown), metrics.numbers(predicted, shown), len(shown)
    )
    right = _right(held_out.truth, predicted)
    accuracy = accuracy_interval(right, seed)
    macro, weighted = metrics.averages(confusion)
    per_class = metrics.class_metrics(confusion, shown)
    others = _answers(
        held_out.texts,
        train_texts,
        train_labels,
        previous=previous,
        previous_name=previous_name,
        seed=seed,
        threads=threads,
    )
    compared = [_baseline(answers, held_out.truth, right, seed) for answers in others]
    return Evaluation(
        rows=len(held_out.rows),
        correct=int(right.sum()),
        accuracy=accuracy,
        macro=macro,
        weighted=weighted,
        per_class=per_class,
        labels=shown,
        confusion=confusion.tolist(),
        calibration=calibration(held_out.scores.max(axis=1), right),
        baselines=compared,
        verdict=verdict(accuracy, len(held_out.rows), per_class, compared, noun),
        seed=seed,
    )


def _answers(
    texts: list[str],
    train_texts: list[str],
    train_labels: list[str],
    *,
    previous: Path | None,
    previous_name: str | None,
    seed: int,
    threads: int,
) -> list[baselines.Answers]:
    found = [
        baselines.majority(train_labels, texts),
        baselines.word_counts(train_texts, train_labels, texts, seed),
    ]
    if previous is not None:
        name = previous_name or "the version before"
        found.append(baselines.previous_version(previous, name, texts, threads))
    return [answers for answers in found if answers is not None]


def _baseline(answers: baselines.Answers, truth: list[str], right: Right, seed: int) -> Baseline:
    other = _right(truth, answers.predicted)
    return Baseline(
        kind=answers.kind,
        name=answers.name,
        accuracy=accuracy_interval(other, seed),
        macro_f1=metrics.macro_f1(truth, answers.predicted),
        difference=difference_interval(right, other, seed),
        possibly_seen=answers.possibly_seen,
    )


def _right(truth: list[str], predicted: list[str]) -> Right:
    return np.array([a == b for a, b in zip(truth, predicted, strict=True)], dtype=np.bool_)
