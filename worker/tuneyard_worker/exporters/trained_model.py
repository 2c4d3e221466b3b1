"""What a trainer hands to the exporters."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tuneyard_worker.exporters.layouts import Layout


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """logits = classifier · tanh(dense · LayerNorm(mean_weight · mean(hidden) + hidden of the first token))."""

    base: Path
    """Folder of the base model, for its tokenizer."""
    layout: Layout
    config: dict[str, Any]
    """The encoder's config with all its defaults."""
    encoder: dict[str, torch.Tensor]
    """Weights by the names of the family's encoder class."""
    head: dict[str, torch.Tensor]
    """`dense.weight`, `dense.bias`, `classifier.weight`, `classifier.bias`."""
    mean_weight: float
    labels: list[str]
    max_length: int
    pad_token_id: int
