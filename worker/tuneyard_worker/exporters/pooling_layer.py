"""The extra layer of the exported `transformers` model: it brings the mean of the hidden states to the first token."""

import torch


def pooling_layer(hidden_size: int, intermediate_size: int, mean_weight: float) -> dict[str, torch.Tensor]:
    """Weights by their name inside a layer of BERT.

    Queries and keys are 0, so that attention is uniform over the tokens that are not padding; values are the hidden
    states; the output is `mean_weight` times their mean, and the layer's residual adds the first token's own state. The
    feed-forward part is 0.
    """
    zeros, identity = torch.zeros(hidden_size, hidden_size), torch.eye(hidden_size)
    nothing, ones = torch.zeros(hidden_size), torch.ones(hidden_size)
    shared = {
        "attention.self.query.weight": zeros,
        "attention.self.query.bias": nothing,
        "attention.self.key.weight": zeros,
        "attention.self.key.bias": nothing,
        "attention.self.value.weight": identity,
        "attention.self.value.bias": nothing,
        "attention.output.dense.weight": mean_weight * identity,
        "attention.output.dense.bias": nothing,
        "attention.output.LayerNorm.weight": ones,
        "attention.output.LayerNorm.bias": nothing,
        "intermediate.dense.weight": torch.zeros(intermediate_size, hidden_size),
        "intermediate.dense.bias": torch.zeros(intermediate_size),
        "output.dense.weight": torch.zeros(hidden_size, intermediate_size),
        "output.dense.bias": nothing,
        "output.LayerNorm.weight": ones,
        "output.LayerNorm.bias": nothing,
    }
    # Files of tensors refuse memory that two of them share.
    return {name: tensor.clone() for name, tensor in shared.items()}
