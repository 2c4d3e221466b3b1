"""The classification head."""

import pytest
import torch

from tuneyard_worker.failures import JobFailure
from tuneyard_worker.trainers.head import (
    LARGEST_BATCH,
    SMALLEST_BATCH,
    HeadSettings,
    batch_size,
    check_number,
    class_weights,
    fit_head,
    temperature,
)

CLASSES, DIM = 4, 16


@pytest.fixture(scope="module")
def points():
    """Features that tell the classes apart."""
    torch.manual_seed(0)
    targets = torch.arange(200) % CLASSES
    return torch.randn(CLASSES, DIM)[targets] + 0.3 * torch.randn(200, DIM), targets


def settings(shape="hidden", **changes):
    usual = {"epochs": 15, "learning_rate": 5e-3, "dropout": 0.1, "weight_decay": 0.01, "label_smoothing": 0.1}
    return HeadSettings(name=shape, shape=shape, **(usual | changes))


@pytest.mark.parametrize("shape", ["linear", "hidden"])
def test_a_head_learns(points, shape):
    features, targets = points
    head = fit_head(features, targets, CLASSES, settings(shape), weights=None, seed=1)
    assert (head(features).argmax(1) == targets).float().mean() > 0.97


@pytest.mark.parametrize("shape", ["linear", "hidden"])
def test_folding_keeps_the_answers_and_applies_the_temperature(points, shape):
    features, targets = points
    head = fit_head(features, targets, CLASSES, settings(shape), weights=None, seed=1)
    before = head(features).detach()
    torch.testing.assert_close(head.fold(0.5)(features), before / 0.5, atol=1e-4, rtol=1e-4)
    assert all(parameter.requires_grad for parameter in head.parameters())


def test_the_seed_decides(points):
    features, targets = points
    first, second, third = (
        fit_head(features, targets, CLASSES, settings(epochs=2), weights=None, seed=seed) for seed in (1, 1, 2)
    )
    torch.testing.assert_close(first(features), second(features), rtol=0, atol=0)
    assert not torch.equal(first(features), third(features))


def test_a_loss_that_is_not_a_number_ends_training(points):
    features, targets = points
    with pytest.raises(JobFailure) as failure:
        fit_head(features * float("inf"), targets, CLASSES, settings(), weights=None, seed=1)
    assert failure.value.error.code == "training_diverged"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_are_checked(value):
    check_number(1.5, "loss")
    with pytest.raises(JobFailure, match="the loss is not a number"):
        check_number(value, "loss")


def test_balanced_weights_make_classes_count_equally():
    targets = torch.tensor([0] * 90 + [1] * 10)
    weights = class_weights(targets, 2, "balanced")
    assert weights is not None
    assert 90 * weights[0] == pytest.approx(10 * weights[1])
    assert class_weights(targets, 2, "none") is None


def test_balanced_weights_help_a_rare_class():
    torch.manual_seed(0)
    targets = torch.tensor([0] * 190 + [1] * 10)
    features = torch.randn(200, DIM) + 0.7 * targets[:, None]
    rare = targets == 1
    plain, weighted = (
        fit_head(features, targets, 2, settings("linear"), weights=class_weights(targets, 2, how), seed=1)
        for how in ("none", "balanced")
    )
    found = [int((head(features).argmax(1)[rare] == 1).sum()) for head in (plain, weighted)]
    assert found[1] > found[0]


def test_the_temperature_corrects_scores_that_are_too_low():
    torch.manual_seed(0)
    targets = torch.randint(0, 3, (500,))
    logits = torch.nn.functional.one_hot(targets, 3).float()
    assert temperature(logits, targets) < 0.5


def test_batches_grow_with_the_rows():
    assert [batch_size(rows) for rows in (20, 400, 4096, 10**6)] == [SMALLEST_BATCH, 50, 64, LARGEST_BATCH]
