"""Base models that can be taught: a table of families, and loading one from its folder."""

import copy
import importlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError

from tuneyard.specs.job import BaseModelRef
from tuneyard_worker.exporters.encoder_graph import ACTIVATIONS
from tuneyard_worker.exporters.layouts import LAYOUTS, Layout
from tuneyard_worker.failures import JobFailure

if TYPE_CHECKING:
    from transformers import PreTrainedModel

FILES = ("config.json", "model.safetensors", "tokenizer.json")


@dataclass(frozen=True)
class Family:
    """One kind of encoder. All of them share the layers of BERT."""

    module: str
    encoder_class: str
    layout: Layout


FAMILIES: dict[str, Family] = {
    "bert": Family("transformers.models.bert.modeling_bert", "BertModel", LAYOUTS["bert"]),
    "roberta": Family("transformers.models.roberta.modeling_roberta", "RobertaModel", LAYOUTS["roberta"]),
    "xlm-roberta": Family(
        "transformers.models.xlm_roberta.modeling_xlm_roberta", "XLMRobertaModel", LAYOUTS["xlm-roberta"]
    ),
}


@dataclass(frozen=True)
class BaseModel:
    """A loaded encoder and what is known about it."""

    folder: Path
    family: Family
    encoder: "PreTrainedModel"

    @property
    def tokenizer(self) -> Path:
        """Its tokenizer.json."""
        return self.folder / "tokenizer.json"

    @property
    def pad_token_id(self) -> int:
        return int(self.encoder.config.pad_token_id or 0)

    @property
    def longest(self) -> int:
        """Tokens of the longest text the position embeddings serve."""
        embeddings = int(self.encoder.config.max_position_embeddings)
        return embeddings - self.pad_token_id - 1 if self.family.layout.positions_after_padding else embeddings

    @property
    def depth(self) -> int:
        """Layers of the encoder."""
        return int(self.encoder.config.num_hidden_layers)

    def cut(self, depth: int) -> "BaseModel":
        """The same base model with its first `depth` layers only."""
        if depth == self.depth:
            return self
        encoder = copy.deepcopy(self.encoder)
        layers: Any = encoder.encoder
        layers.layer = layers.layer[:depth]
        encoder.config.num_hidden_layers = depth
        return self.with_encoder(encoder)

    def with_encoder(self, encoder: "PreTrainedModel") -> "BaseModel":
        """The same base model with other weights."""
        return BaseModel(self.folder, self.family, encoder)


def load(reference: BaseModelRef) -> BaseModel:
    """Load the encoder in float32. No code of the folder is run and only safetensors are read.

    Raises JobFailure: `base_model_incomplete`, `base_model_unsupported`, `base_model_unreadable`.
    """
    family = find_family(reference)
    transformers_class = getattr(importlib.import_module(family.module), family.encoder_class)
    _silence()
    try:
        encoder, found = transformers_class.from_pretrained(
            reference.path,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            add_pooling_layer=False,
            dtype=torch.float32,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise _unreadable(reference, str(error)) from error
    if found["missing_keys"]:
        # transformers fills them with random numbers and goes on.
        raise _unreadable(reference, f"its file lacks {len(found['missing_keys'])} of the weights")
    return BaseModel(reference.path, family, encoder.eval())


def find_family(reference: BaseModelRef) -> Family:
    """The family of a base model whose files are all there and which can be exported again."""
    missing = [name for name in FILES if not (reference.path / name).is_file()]
    if missing:
        raise JobFailure(
            "base_model_incomplete",
            f"The base model '{reference.name}' lacks the file {missing[0]}.",
            "Fetch it again, or choose another base model.",
            details={"model": reference.name, "file": missing[0]},
        )
    config: dict[str, Any] = json.loads((reference.path / "config.json").read_text(encoding="utf-8"))
    family = config.get("model_type")
    if family not in FAMILIES or config.get("hidden_act", "gelu") not in ACTIVATIONS:
        raise JobFailure(
            "base_model_unsupported",
            f"The base model '{reference.name}' is of a kind that can't be taught here: '{family}' with the activation "
            f"'{config.get('hidden_act')}'.",
            f"Choose a base model of one of these kinds: {', '.join(FAMILIES)}.",
            details={
                "model": reference.name,
                "family": str(family),
                "activation": str(config.get("hidden_act")),
                "families": list(FAMILIES),
            },
        )
    return FAMILIES[str(family)]


def _unreadable(reference: BaseModelRef, why: str) -> JobFailure:
    return JobFailure(
        "base_model_unreadable",
        f"The base model '{reference.name}' can't be loaded: {why}.",
        "Fetch it again, or choose another base model.",
        details={"model": reference.name, "cause": why},
    )


def _silence() -> None:
    """Progress bars and load reports go to the worker's log otherwise, where nobody can use them."""
    logging = importlib.import_module("transformers.utils.logging")
    logging.set_verbosity_error()
    logging.disable_progress_bar()
