"""The graph of a base model as it is, written without torch: what embeds texts in the serving process."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.numpy import load_file

from tuneyard_worker.exporters.encoder_file import ENCODER, WEIGHTS, write_encoder
from tuneyard_worker.exporters.encoder_graph import ACTIVATIONS, MEAN_WEIGHT, EncoderShape, encoder_tensors
from tuneyard_worker.exporters.graph_builder import Array, WeightsFile
from tuneyard_worker.exporters.layouts import LAYOUTS

WORDS = "embeddings.word_embeddings.weight"


class NoEncoder(Exception):
    """The folder holds no encoder that can be written as a graph; says why."""


@dataclass(frozen=True)
class BaseEncoder:
    """An encoder written as a graph."""

    graph: Path
    max_length: int
    pad_token_id: int


def write_base_encoder(source: Path, target: Path) -> BaseEncoder:
    """Write the encoder of a base model's folder to the folder `target`. Raises NoEncoder."""
    config: dict[str, Any] = json.loads((source / "config.json").read_text(encoding="utf-8"))
    layout = LAYOUTS.get(config.get("model_type", ""))
    if layout is None or config.get("hidden_act", "gelu") not in ACTIVATIONS:
        raise NoEncoder(f"it is of the kind '{config.get('model_type')}'")
    pad_token_id = int(config.get("pad_token_id") or 0)
    shape = EncoderShape(
        hidden_size=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        epsilon=config.get("layer_norm_eps", 1e-12),
        activation=config.get("hidden_act", "gelu"),
        mean_weight=MEAN_WEIGHT,
        pad_token_id=pad_token_id,
        positions_after_padding=layout.positions_after_padding,
    )
    tensors = encoder_tensors(_weights(source / "model.safetensors"), shape)
    weights = WeightsFile(target / WEIGHTS)
    weights.write(tensors.items())
    write_encoder(target, shape, tensors, weights)
    longest = config.get("max_position_embeddings", 512)
    return BaseEncoder(
        graph=target / ENCODER,
        max_length=longest - pad_token_id - 1 if layout.positions_after_padding else longest,
        pad_token_id=pad_token_id,
    )


def _weights(path: Path) -> dict[str, Array]:
    """Those of the encoder in float32, by the names of its own class."""
    try:
        found = load_file(path)
    except (OSError, SafetensorError, TypeError, KeyError) as error:
        raise NoEncoder(f"its weights can't be read: {error}") from error
    name = next((each for each in found if each.endswith(WORDS)), None)
    if name is None:
        raise NoEncoder("it has no word embeddings")
    prefix = name.removesuffix(WORDS)
    return {
        each.removeprefix(prefix): value.astype("float32") for each, value in found.items() if each.startswith(prefix)
    }
