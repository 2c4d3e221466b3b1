"""What the graph of a decoder needs to know besides its weights, from the config.json of `transformers`."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuneyard_worker.exporters.graph_builder import Array

KINDS = ("gemma3_text", "llama", "mistral", "phi3", "qwen2", "qwen3")
ACTIVATIONS = {"silu", "gelu_pytorch_tanh"}
EVERYTHING = -1
LONGROPE = "longrope"
# ONNX Runtime turns queries and keys in pieces of so many numbers.
HEAD_UNIT = 16


class UnknownDecoder(ValueError):
    """Nothing here can write the graph of such a model; the message says what about it is not known."""


@dataclass(frozen=True)
class Rotation:
    """How a layer turns queries and keys by their positions."""

    frequencies: tuple[float, ...]
    """Radians a position, of each pair of numbers."""
    scale: float = 1.0

    def tables(self, positions: int) -> tuple[Array, Array]:
        """Cosines and sines, float32 (positions, pairs)."""
        angles = np.outer(np.arange(positions), np.array(self.frequencies))
        return (np.cos(angles) * self.scale).astype(np.float32), (np.sin(angles) * self.scale).astype(np.float32)


@dataclass(frozen=True)
class DecoderShape:
    """Sizes and habits of a decoder."""

    kind: str
    layers: int
    hidden_size: int
    inner_size: int
    """Between the two halves of a feed-forward block."""
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    longest: int
    """Positions it was made for."""
    epsilon: float
    activation: str
    tied: bool
    """The embeddings are the last layer too."""
    windows: tuple[int, ...]
    """Tokens each layer looks back, itself included; -1 for all of them."""
    rotations: tuple[Rotation, ...]
    """Of each layer."""
    attention_scale: float

    @property
    def gemma(self) -> bool:
        """Norms count from one, embeddings are scaled, and what a block adds is normalised once more."""
        return self.kind == "gemma3_text"

    @property
    def norms_heads(self) -> bool:
        """Each head's queries and keys are normalised."""
        return self.kind in ("gemma3_text", "qwen3")


def shape_of(config: dict[str, Any]) -> DecoderShape:
    """The shape that a config.json describes. Raises UnknownDecoder."""
    try:
        return _described(config)
    except KeyError as missing:
        raise UnknownDecoder(f"models whose config lacks {missing}") from missing


def _described(config: dict[str, Any]) -> DecoderShape:
    kind = str(config.get("model_type"))
    if kind not in KINDS:
        raise UnknownDecoder(f"models of the kind '{kind}'")
    activation = str(config.get("hidden_activation") or config.get("hidden_act"))
    if activation not in ACTIVATIONS:
        raise UnknownDecoder(f"the activation '{activation}'")
    heads, layers = int(config["num_attention_heads"]), int(config["num_hidden_layers"])
    size = int(config.get("head_dim") or config["hidden_size"] // heads)
    if size % HEAD_UNIT:
        raise UnknownDecoder(f"heads of {size} numbers")
    scaled_by = float(config.get("query_pre_attn_scalar") or size)
    return DecoderShape(
        kind=kind,
        layers=layers,
        hidden_size=int(config["hidden_size"]),
        inner_size=int(config["intermediate_size"]),
        heads=heads,
        kv_heads=int(config.get("num_key_value_heads") or heads),
        head_size=size,
        vocabulary=int(config["vocab_size"]),
        longest=_longest(config),
        epsilon=float(config["rms_norm_eps"]),
        activation=activation,
        tied=bool(config.get("tie_word_embeddings", kind == "gemma3_text")),
        windows=tuple(_window(config, layer) for layer in range(layers)),
        rotations=tuple(_rotation(config, layer, size) for layer in range(layers)),
        attention_scale=scaled_by**-0.5,
    )


def _slides(config: dict[str, Any], layer: int) -> bool:
    kinds = config.get("layer_types")
    if kinds:
        return bool(kinds[layer] == "sliding_attention")
    if config["model_type"].startswith("gemma3"):
        return bool((layer + 1) % int(config.get("sliding_window_pattern", 6)))
    return bool(config["model_type"] in ("mistral", "phi3"))


def _window(config: dict[str, Any], layer: int) -> int:
    window = config.get("sliding_window")
    return int(window) if window and _slides(config, layer) else EVERYTHING


def _rotation(config: dict[str, Any], layer: int, size: int) -> Rotation:
    parameters = _rope(config, layer)
    theta = float(parameters["rope_theta"])
    turned = int(size * float(parameters.get("partial_rotary_factor") or config.get("partial_rotary_factor") or 1))
    frequencies = theta ** (-np.arange(0, turned, 2) / turned)
    kind, scale = _kind(parameters), 1.0
    if kind == "linear":
        frequencies = frequencies / float(parameters["factor"])
    elif kind == "llama3":
        frequencies = _llama3(frequencies, parameters)
    elif kind == LONGROPE:
        # Behind its original length every text would be turned otherwise, from its beginning on.
        frequencies = frequencies / np.array(parameters["short_factor"])
        scale = _longrope_scale(config, parameters)
    elif kind != "default":
        raise UnknownDecoder(f"positions of the kind '{kind}'")
    return Rotation(tuple(frequencies.tolist()), scale)


def _kind(parameters: dict[str, Any]) -> str:
    return str(parameters.get("rope_type") or parameters.get("type") or "default")


def _longest(config: dict[str, Any]) -> int:
    longest, parameters = int(config["max_position_embeddings"]), _rope(config, 0)
    return min(longest, _original_length(config, parameters)) if _kind(parameters) == LONGROPE else longest


def _original_length(config: dict[str, Any], parameters: dict[str, Any]) -> int:
    found = parameters.get("original_max_position_embeddings") or config.get("original_max_position_embeddings")
    return int(found or config["max_position_embeddings"])


def _longrope_scale(config: dict[str, Any], parameters: dict[str, Any]) -> float:
    """LongRoPE's own rule (Ding et al. 2024)."""
    original = _original_length(config, parameters)
    factor = parameters.get("factor") or config["max_position_embeddings"] / original
    own = 1.0 if factor <= 1 else math.sqrt(1 + math.log2(factor) / math.log2(original))
    return float(parameters.get("attention_factor") or own)


def _rope(config: dict[str, Any], layer: int) -> dict[str, Any]:
    """Parameters of a layer's positions: of all layers alike, or by their kinds; older files have them apart."""
    parameters = dict(config.get("rope_parameters") or config.get("rope_scaling") or {})
    by_kind = {name: value for name, value in parameters.items() if name.endswith("_attention")}
    if by_kind:
        return dict(by_kind["sliding_attention" if _slides(config, layer) else "full_attention"])
    if config["model_type"].startswith("gemma3") and _slides(config, layer) and "rope_local_base_freq" in config:
        return {"rope_theta": config["rope_local_base_freq"]}
    return {"rope_theta": config.get("rope_theta", 10000.0)} | parameters


def _llama3(frequencies: Array, parameters: dict[str, Any]) -> Array:
    """Slow turns are slowed down further, so that more positions fit; Llama 3.1's own rule."""
    factor, original = float(parameters["factor"]), float(parameters["original_max_position_embeddings"])
    low, high = float(parameters["low_freq_factor"]), float(parameters["high_freq_factor"])
    turns = original * frequencies / (2 * math.pi)
    share = np.clip((turns - low) / (high - low), 0, 1)
    found: Array = (1 - share) * frequencies / factor + share * frequencies
    return found
