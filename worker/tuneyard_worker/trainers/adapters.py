"""LoRA adapters (Hu et al. 2021) on every linear layer of an encoder, by `peft`."""

import warnings
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from transformers import PreTrainedModel

TARGETS = ["query", "key", "value", "dense"]
DROPOUT = 0.05


def add_lora(encoder: "PreTrainedModel", rank: int) -> "PreTrainedModel":
    """The encoder with adapters that learn; everything else is frozen."""
    # peft takes a second to import, and most jobs never need it.
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=DROPOUT, target_modules=TARGETS)
    with warnings.catch_warnings():
        # peft asks transformers for a name that is about to go; nobody here can do anything about it.
        warnings.simplefilter("ignore", FutureWarning)
        return cast("PreTrainedModel", get_peft_model(encoder, config))


def merge(encoder: "PreTrainedModel") -> "PreTrainedModel":
    """A plain encoder whose weights include what the adapters learnt."""
    return cast("PreTrainedModel", encoder.merge_and_unload())  # type: ignore[operator]
