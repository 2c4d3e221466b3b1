"""The mean of several runs, which often does better than each of them (Wortsman et al. 2022, "Model soups")."""

from collections.abc import Sequence
from dataclasses import replace

import torch

from tuneyard_worker.trainers.encoder_tuning import Tuned

Weights = dict[str, torch.Tensor]


def average(runs: Sequence[Tuned]) -> Tuned:
    """One run whose weights are the mean; the runs must have started from the same weights."""
    return replace(
        runs[0], encoder=mean([each.encoder for each in runs]), head=mean([each.head for each in runs]), score=None
    )


def mean(weights: Sequence[Weights]) -> Weights:
    """Mean of each tensor by name."""
    return {name: torch.stack([each[name].float() for each in weights]).mean(0) for name in weights[0]}
