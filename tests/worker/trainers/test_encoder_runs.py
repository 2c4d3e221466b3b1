"""Runs of the encoder: which are planned, what the time allows, which is kept."""

import pytest
import torch

from tuneyard.specs.hyperparameters import TextClassificationHyperparameters
from tuneyard_worker.trainers.encoder_runs import Budget, planned_runs
from tuneyard_worker.trainers.souping import mean
from tuneyard_worker.trainers.training_set import Score


@pytest.mark.parametrize(
    ("tuning", "trials", "methods"),
    [
        ("full", 1, ["full"]),
        ("lora", 2, ["lora", "lora"]),
        ("auto", 1, ["full", "lora"]),
        ("auto", 3, ["full", "lora", "full", "full"]),
    ],
)
def test_trials_are_planned(tuning, trials, methods):
    runs = planned_runs(TextClassificationHyperparameters(tuning=tuning, trials=trials), seed=7)
    assert [run.method for run in runs] == methods
    assert len({(run.method, run.seed) for run in runs}) == len(runs)


def test_the_budget_gives_epochs_that_fit():
    now = [0.0]
    budget = Budget(100, 10, clock=lambda: now[0])
    assert budget.epochs(wanted=3, runs=2) == 3
    budget.measured(20)
    assert budget.epochs(wanted=3, runs=2) == 2
    now[0] = 90
    assert budget.epochs(wanted=3, runs=2) == 0


def test_more_right_answers_win_and_the_loss_decides_between_equals():
    assert Score(0.9, 1.0).beats(Score(0.8, 0.1))
    assert Score(0.9, 0.1).beats(Score(0.9, 0.2))
    assert not Score(0.9, 0.2).beats(Score(0.9, 0.2))


def test_the_mean_of_runs():
    runs = [{"a": torch.full((2,), value)} for value in (1.0, 4.0)]
    assert mean(runs)["a"].tolist() == [2.5, 2.5]
