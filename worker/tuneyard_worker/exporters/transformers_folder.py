"""`model/` of an artifact: loads with plain `transformers` and gives the same predictions."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from tuneyard_worker.exporters.onnx_folder import TOKENIZER, write_tokenizer
from tuneyard_worker.exporters.pooling_layer import pooling_layer
from tuneyard_worker.exporters.trained_model import TrainedModel

SPECIAL_TOKENS = ("cls_token", "sep_token", "pad_token", "unk_token", "mask_token", "bos_token", "eos_token")
# Of the base model's own history, or of code that would have to be run.
DROPPED = ("_name_or_path", "auto_map", "transformers_version", "torch_dtype", "dtype")


def write_transformers(artifact: Path, model: TrainedModel) -> None:
    """Write config, weights and tokenizer to `artifact/model`."""
    folder = artifact / "model"
    folder.mkdir(parents=True, exist_ok=True)
    save_file(classifier_weights(model), folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(folder / "config.json", classifier_config(model))
    write_tokenizer(model.base / TOKENIZER, folder / TOKENIZER)
    special = special_tokens(model)
    _write_json(folder / "special_tokens_map.json", special)
    _write_json(folder / "tokenizer_config.json", tokenizer_config(special, model.max_length))


def classifier_weights(model: TrainedModel) -> dict[str, torch.Tensor]:
    """The encoder, the layer that pools, and the head, by the names `transformers` gives them."""
    layout, config = model.layout, model.config
    weights = {f"{layout.prefix}{name}": tensor for name, tensor in model.encoder.items()}
    pooling = pooling_layer(config["hidden_size"], config["intermediate_size"], model.mean_weight)
    last = f"{layout.prefix}encoder.layer.{config['num_hidden_layers']}."
    weights |= {f"{last}{name}": tensor for name, tensor in pooling.items()}
    for kind in ("weight", "bias"):
        weights[f"{layout.dense}.{kind}"] = model.head[f"dense.{kind}"]
        weights[f"{layout.classifier}.{kind}"] = model.head[f"classifier.{kind}"]
    return {name: tensor.detach().float().contiguous() for name, tensor in weights.items()}


def classifier_config(model: TrainedModel) -> dict[str, Any]:
    """config.json of the classifier: one layer more than the base model, and the labels."""
    kept = {name: value for name, value in model.config.items() if name not in DROPPED}
    return kept | {
        "architectures": [model.layout.classifier_class],
        "num_hidden_layers": model.config["num_hidden_layers"] + 1,
        "problem_type": "single_label_classification",
        "id2label": {str(number): label for number, label in enumerate(model.labels)},
        "label2id": {label: number for number, label in enumerate(model.labels)},
    }


def special_tokens(model: TrainedModel) -> dict[str, str]:
    """Names of the special tokens, from the base model's files; the padding token in any case."""
    found: dict[str, str] = {}
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        path = model.base / name
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        for role in SPECIAL_TOKENS:
            value = known.get(role)
            token = value.get("content") if isinstance(value, dict) else value
            if isinstance(token, str):
                found[role] = token
    padding = Tokenizer.from_file(str(model.base / TOKENIZER)).id_to_token(model.pad_token_id)
    if padding is not None:
        found["pad_token"] = padding
    return found


def tokenizer_config(special: dict[str, str], max_length: int) -> dict[str, Any]:
    """A config that makes `transformers` follow tokenizer.json to the letter, instead of building its own."""
    return special | {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": max_length,
        "model_input_names": ["input_ids", "attention_mask"],
        "padding_side": "right",
        "truncation_side": "right",
        "clean_up_tokenization_spaces": False,
    }


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
