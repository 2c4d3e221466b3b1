"""The features a head sees: LayerNorm(MEAN_WEIGHT * mean of the hidden states + hidden state of the first token).

Sentence encoders put the meaning of a text into the mean of its hidden states, while the sequence classifiers of
`transformers` look at the first token only. One more layer of the encoder brings the mean there: its attention is
uniform (queries and keys are 0), its values are the hidden states themselves and its output is multiplied by
MEAN_WEIGHT; the residual adds the first token's own state, and the layer ends in its LayerNorm. Features are defined as
just this sum, so training, the serving graph and the exported `transformers` model compute the same numbers.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from tuneyard_worker.exporters.encoder_graph import MEAN_WEIGHT
from tuneyard_worker.trainers.checkpoints import UNKEPT, Part
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.tokens import Tokens

if TYPE_CHECKING:
    from transformers import PreTrainedModel

ROWS_PER_BATCH = 128
TOKENS_PER_BATCH = 4096


def pool(hidden: torch.Tensor, attention_mask: torch.Tensor, epsilon: float) -> torch.Tensor:
    """Features (batch, dim) of hidden states (batch, tokens, dim)."""
    hidden = hidden.float()
    weights = attention_mask.unsqueeze(-1).float()
    mean = (hidden * weights).sum(1) / weights.sum(1)
    return functional.layer_norm(MEAN_WEIGHT * mean + hidden[:, 0], (hidden.shape[-1],), eps=epsilon)


def encode(encoder: "PreTrainedModel", input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
    """Features of one batch on the encoder's device, with gradients where the encoder has them."""
    input_ids, attention_mask = input_ids.to(encoder.device), attention_mask.to(encoder.device)
    hidden = encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
    return pool(hidden, attention_mask, encoder.config.layer_norm_eps)


def embed(encoder: "PreTrainedModel", tokens: Tokens, compute: Compute) -> torch.Tensor:
    """Features of all texts from the last layer, float32 (texts, dim)."""
    depth = int(encoder.config.num_hidden_layers)
    return embed_depths(encoder, tokens, [depth], compute)[depth]


def embed_depths(
    encoder: "PreTrainedModel",
    tokens: Tokens,
    depths: Sequence[int],
    compute: Compute,
    tell: Callable[[float], None] = lambda _: None,
    part: Part = UNKEPT,
) -> dict[int, torch.Tensor]:
    """Features of all texts, in main memory, by the number of layers they come from: one reading gives all of them.

    The encoder is moved to the device that computes.

    `tell` hears the share of the tokens that is done.
    """
    encoder.to(compute.device)  # type: ignore[arg-type]
    encoder.train(False)
    kept = part.result()
    if kept is not None:
        return dict(kept)
    features = {depth: torch.zeros(len(tokens), encoder.config.hidden_size) for depth in depths}
    read = torch.zeros(len(tokens), dtype=torch.bool)
    if (state := part.state()) is not None:
        features, read = state["features"], state["read"]
    lengths = torch.tensor(tokens.lengths)
    with torch.no_grad(), compute.precision():
        batches = tokens.by_length(ROWS_PER_BATCH // compute.batch_parts, TOKENS_PER_BATCH // compute.batch_parts)
        for number, rows in enumerate(batches, start=1):
            if bool(read[rows].all()):
                continue
            input_ids, mask = (each.to(compute.device) for each in tokens.padded(rows))
            states = encoder(input_ids=input_ids, attention_mask=mask, output_hidden_states=True).hidden_states
            for depth in depths:
                features[depth][rows] = pool(states[depth], mask, encoder.config.layer_norm_eps).cpu()
            read[rows] = True
            tell(int(lengths[read].sum()) / int(lengths.sum()))
            part.reached(number, lambda: {"features": features, "read": read})
    part.finish(features)
    return features
