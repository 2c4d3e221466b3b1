"""Numbers against scikit-learn and against formulas."""

import numpy as np
import pytest
from sklearn.metrics import classification_report, confusion_matrix

from tuneyard_worker.evaluators import metrics
from tuneyard_worker.evaluators.bootstrap import accuracy_interval, difference_interval
from tuneyard_worker.evaluators.calibration import calibration


@pytest.fixture
def answers():
    draw = np.random.default_rng(3)
    truth = draw.integers(0, 5, 400)
    predicted = np.where(draw.random(400) < 0.7, truth, draw.integers(0, 4, 400))
    labels = ["a", "b", "c", "d", "e", "never"]
    return [labels[row] for row in truth], [labels[row] for row in predicted], labels


def test_metrics_are_those_of_scikit_learn(answers):
    truth, predicted, labels = answers
    confusion = metrics.confusion_matrix(
        metrics.numbers(truth, labels), metrics.numbers(predicted, labels), len(labels)
    )
    expected = classification_report(truth, predicted, output_dict=True, zero_division=0)
    np.testing.assert_array_equal(confusion, confusion_matrix(truth, predicted, labels=labels))
    for found in metrics.class_metrics(confusion, labels)[:5]:
        assert found.precision == pytest.approx(expected[found.label]["precision"])
        assert found.recall == pytest.approx(expected[found.label]["recall"])
        assert found.f1 == pytest.approx(expected[found.label]["f1-score"])
    macro, weighted = metrics.averages(confusion)
    assert macro.f1 == pytest.approx(expected["macro avg"]["f1-score"])
    assert weighted.precision == pytest.approx(expected["weighted avg"]["precision"])


def test_most_confused_with():
    confusion = np.array([[5, 1, 3], [0, 4, 0], [2, 2, 0]])
    found = metrics.class_metrics(confusion, ["a", "b", "c"])
    assert [each.most_confused_with for each in found] == ["c", None, "a"]


def test_accuracy_interval_is_the_binomial_one():
    right = np.arange(1000) < 900
    interval = accuracy_interval(right, seed=1)
    width = 1.96 * (0.9 * 0.1 / 1000) ** 0.5
    assert interval.value == pytest.approx(0.9)
    assert interval.low == pytest.approx(0.9 - width, abs=0.002)
    assert interval.high == pytest.approx(0.9 + width, abs=0.002)
    assert accuracy_interval(right, seed=1) == interval


def test_interval_is_that_of_resampled_rows():
    draw = np.random.default_rng(0)
    right, other = draw.random(300) < 0.8, draw.random(300) < 0.7
    rows = draw.integers(0, 300, (4000, 300))
    low, high = np.percentile(right[rows].mean(axis=1) - other[rows].mean(axis=1), [2.5, 97.5])
    interval = difference_interval(right, other, seed=5)
    assert interval.low == pytest.approx(low, abs=0.01)
    assert interval.high == pytest.approx(high, abs=0.01)


def test_pairing_makes_a_consistent_difference_certain():
    """One model right wherever the other is, and on 30 rows more: the pairs show what two intervals would not."""
    right, other = np.arange(1000) < 830, np.arange(1000) < 800
    assert difference_interval(right, other, seed=1).low > 0.015
    assert accuracy_interval(other, seed=1).high > accuracy_interval(right, seed=1).low


def test_calibration_error():
    confidence = np.array([0.9] * 10 + [0.6] * 10)
    right = np.array([True] * 5 + [False] * 5 + [True] * 6 + [False] * 4)
    found = calibration(confidence, right)
    assert found.expected_error == pytest.approx(0.2)
    assert [(each.count, each.accuracy) for each in found.bins] == [(10, 0.6), (10, 0.5)]
    assert all(each.lower < each.confidence <= each.upper for each in found.bins)
    assert calibration(np.array([1.0, 0.0]), np.array([True, False])).expected_error == 0
