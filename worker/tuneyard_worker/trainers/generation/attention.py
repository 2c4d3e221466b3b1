"""Attention within packed conversations: nothing is computed between those that must not see each other."""

import importlib
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel

NAME = "by_conversation"
# Shorter stretches take as long, as calling takes time too.
LEAST_TOKENS = 64


def attend_by_conversation(model: "PreTrainedModel") -> None:
    """Have the model attend by plain matrix products, stretch by stretch of whole conversations."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import eager_mask

    AttentionInterface.register(NAME, _attend)
    AttentionMaskInterface.register(NAME, eager_mask)
    model.set_attn_implementation(NAME)


def _attend(
    module: Any,
    queries: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    mask: torch.Tensor | None,
    *,
    position_ids: torch.Tensor | None = None,
    **rest: Any,
) -> tuple[torch.Tensor, None]:
    """An attention function of `transformers`: queries, keys and values (sequences, heads, tokens, dim).

    By the model's own plain one. The mask (sequences, 1, tokens, tokens), which `transformers` makes of the positions,
    is cut like the rest: within a stretch it still holds.
    """
    plain = importlib.import_module(type(module).__module__).eager_attention_forward
    lengths = stretches(position_ids, queries.shape[2])
    if mask is None or keys.shape[2] != queries.shape[2] or len(lengths) == 1:
        return plain(module, queries, keys, values, mask, **rest)[0], None
    found, start = [], 0
    parts = (torch.split(each, lengths, dim=2) for each in (queries, keys, values))
    for length, *some in zip(lengths, *parts, strict=True):
        end = start + length
        found.append(plain(module, *some, mask[:, :, start:end, start:end], **rest)[0])
        start = end
    return torch.cat(found, dim=1), None


def stretches(position_ids: torch.Tensor | None, tokens: int) -> list[int]:
    """Tokens of each stretch: it ends where a conversation begins in all sequences (sequences, tokens)."""
    if position_ids is None:
        return [tokens]
    found: list[int] = []
    start = 0
    for place in (position_ids == 0).all(0).nonzero().flatten().tolist():
        if place - start >= LEAST_TOKENS:
            found.append(place - start)
            start = place
    return [*found, tokens - start]
