"""The search for a head: depth and shape are chosen by the validation rows."""

import pytest
import torch

from tuneyard.specs.hyperparameters import TextClassificationHyperparameters
from tuneyard_worker.trainers.head_search import MOST_ROWS_FOR_DEPTHS, SEARCH_ROWS, depths_of, sample, search
from tuneyard_worker.trainers.tokens import Tokens
from tuneyard_worker.trainers.training_set import TrainingSet

DIM = 16


@pytest.fixture(scope="module")
def rows():
    targets = torch.arange(300) % 3
    return TrainingSet(Tokens([], 0), targets, torch.arange(240), torch.arange(240, 300), classes=3)


def noise(seed):
    return torch.randn(300, DIM, generator=torch.Generator().manual_seed(seed))


def found(features, rows):
    return search(features, rows, TextClassificationHyperparameters(head_epochs=8), seed=1)


def test_the_depth_that_tells_classes_apart_is_chosen(rows):
    signal = torch.nn.functional.one_hot(rows.targets, DIM).float() * 4
    choice = found({6: noise(1), 5: noise(2) + signal, 4: noise(3)}, rows)
    assert choice.best.depth == 5
    assert choice.best.score.accuracy > 0.9
    assert choice.reasons()[1].message.startswith("The first 5 of the base model's 6 layers")


def test_all_layers_are_kept_where_fewer_are_no_better(rows):
    features = noise(1)
    assert found({6: features, 5: features + 0.001 * noise(2)}, rows).best.depth == 6


def test_a_hidden_layer_is_chosen_where_classes_are_not_linear(rows):
    points = 3 * noise(1) * (torch.arange(DIM) < 2)
    hyper = TextClassificationHyperparameters(head_epochs=60, head_learning_rate=1e-2)
    targets = ((points[:, 0] > 0) ^ (points[:, 1] > 0)).long()
    twisted = TrainingSet(rows.tokens, targets, rows.train, rows.validation, classes=2)
    choice = search({6: points}, twisted, hyper, seed=1)
    assert choice.best.settings.shape == "hidden"
    assert len(choice.reasons()) == 1


def test_depths_to_choose_from():
    assert depths_of(6, 1000) == [6, 5, 4]
    assert depths_of(12, 1000) == [12, 10, 8]
    assert depths_of(1, 1000) == [1]
    assert depths_of(6, MOST_ROWS_FOR_DEPTHS + 1) == [6]


def test_large_sets_are_searched_by_a_sample():
    assert len(sample(torch.arange(SEARCH_ROWS + 5), seed=1)) == SEARCH_ROWS
