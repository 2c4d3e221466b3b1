"""Confusion matrix, and precision, recall and F1 computed from it (the conventions of scikit-learn)."""

import numpy as np
from numpy.typing import NDArray

from tuneyard.specs.evaluation import Averages, ClassMetrics

Counts = NDArray[np.int64]


def confusion_matrix(truth: Counts, predicted: Counts, classes: int) -> Counts:
    """Counts (classes, classes); rows are the truth, columns the prediction."""
    flat = np.bincount(truth * classes + predicted, minlength=classes * classes)
    return flat.reshape(classes, classes).astype(np.int64)


def class_metrics(confusion: Counts, labels: list[str]) -> list[ClassMetrics]:
    """Metrics of each class, in the order of `labels`; what would divide by zero is 0."""
    precision, recall, f1 = _rates(confusion)
    mistakes = confusion - np.diag(np.diag(confusion))
    return [
        ClassMetrics(
            label=label,
            precision=float(precision[row]),
            recall=float(recall[row]),
            f1=float(f1[row]),
            support=int(confusion[row].sum()),
            most_confused_with=labels[int(mistakes[row].argmax())] if mistakes[row].any() else None,
        )
        for row, label in enumerate(labels)
    ]


def averages(confusion: Counts) -> tuple[Averages, Averages]:
    """Macro and weighted averages; a class that neither occurs nor is predicted counts in neither."""
    rates = np.stack(_rates(confusion))
    support = confusion.sum(axis=1)
    seen = (support + confusion.sum(axis=0)) > 0
    macro = rates[:, seen].mean(axis=1)
    weighted = (rates * support).sum(axis=1) / support.sum()
    return _averages(macro), _averages(weighted)


def macro_f1(truth: list[str], predicted: list[str]) -> float:
    """F1 averaged over the classes that occur or are predicted."""
    labels = sorted({*truth, *predicted})
    confusion = confusion_matrix(numbers(truth, labels), numbers(predicted, labels), len(labels))
    return averages(confusion)[0].f1


def numbers(values: list[str], labels: list[str]) -> Counts:
    """The position of each value in `labels`."""
    position = {label: number for number, label in enumerate(labels)}
    return np.array([position[value] for value in values], dtype=np.int64)


def _rates(confusion: Counts) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    right = np.diag(confusion).astype(np.float64)
    predicted, actual = confusion.sum(axis=0), confusion.sum(axis=1)
    precision = right / np.maximum(predicted, 1)
    recall = right / np.maximum(actual, 1)
    f1 = 2 * right / np.maximum(predicted + actual, 1)
    return precision, recall, f1


def _averages(values: NDArray[np.float64]) -> Averages:
    return Averages(precision=float(values[0]), recall=float(values[1]), f1=float(values[2]))
