"""An encoder of the BERT family and a classification head as ONNX graphs.

The pooling is written directly (mean, sum, LayerNorm) and not as the extra layer of the `transformers` model: the same
numbers for a seventh of the work. Definition: tuneyard_worker.trainers.features.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import TensorProto

from tuneyard_worker.exporters.graph_builder import Array, GraphBuilder

# How strongly the mean counts in the features; see trainers.features.
MEAN_WEIGHT = 32.0
# Added to the attention scores of padding: its share is then exactly 0.
MASKED = -1e9

FEATURES, MEAN = "features", "mean"
"""Names of the outputs."""

ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "gelu": ("Gelu", {}),
    "gelu_new": ("Gelu", {"approximate": "tanh"}),
    "gelu_pytorch_tanh": ("Gelu", {"approximate": "tanh"}),
    "relu": ("Relu", {}),
}


@dataclass(frozen=True)
class EncoderShape:
    """What the graph of an encoder needs to know besides its weights."""

    hidden_size: int
    layers: int
    heads: int
    epsilon: float
    activation: str
    mean_weight: float
    pad_token_id: int
    positions_after_padding: bool


def encoder_tensors(weights: dict[str, Array], shape: EncoderShape) -> dict[str, Array]:
    """The encoder's weights as the graph uses them: transposed, queries, keys and values as one matrix."""
    kinds = weights["embeddings.token_type_embeddings.weight"]
    tensors = {
        "word": weights["embeddings.word_embeddings.weight"],
        # All tokens of a single text are of the first kind, so it is made a part of every position.
        "position": weights["embeddings.position_embeddings.weight"] + kinds[:1],
        "embeddings.weight": weights["embeddings.LayerNorm.weight"],
        "embeddings.bias": weights["embeddings.LayerNorm.bias"],
    }
    for layer in range(shape.layers):
        tensors |= {f"{layer}.{name}": value for name, value in _layer_tensors(weights, layer, shape).items()}
    return tensors


def _layer_tensors(weights: dict[str, Array], layer: int, shape: EncoderShape) -> dict[str, Array]:
    source = f"encoder.layer.{layer}."
    scale = np.float32(1 / math.sqrt(shape.hidden_size // shape.heads))
    attention = {
        kind: np.concatenate(
            [
                weights[f"{source}attention.self.query.{kind}"] * scale,
                weights[f"{source}attention.self.key.{kind}"],
                weights[f"{source}attention.self.value.{kind}"],
            ]
        )
        for kind in ("weight", "bias")
    }
    return {
        "qkv.weight": attention["weight"].T,
        "qkv.bias": attention["bias"],
        "mixed.weight": weights[f"{source}attention.output.dense.weight"].T,
        "mixed.bias": weights[f"{source}attention.output.dense.bias"],
        "attended.weight": weights[f"{source}attention.output.LayerNorm.weight"],
        "attended.bias": weights[f"{source}attention.output.LayerNorm.bias"],
        "wide.weight": weights[f"{source}intermediate.dense.weight"].T,
        "wide.bias": weights[f"{source}intermediate.dense.bias"],
        "narrow.weight": weights[f"{source}output.dense.weight"].T,
        "narrow.bias": weights[f"{source}output.dense.bias"],
        "state.weight": weights[f"{source}output.LayerNorm.weight"],
        "state.bias": weights[f"{source}output.LayerNorm.bias"],
    }


def add_encoder(graph: GraphBuilder, tensors: dict[str, Array], shape: EncoderShape) -> str:
    """Add everything from `input_ids` and `attention_mask` to `features` and `mean`."""
    mask = graph.add("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    bias = _attention_bias(graph, mask)
    state = _embeddings(graph, tensors, shape)
    for layer in range(shape.layers):
        state = _layer(graph, tensors, shape, layer, state, bias)
    return _pool(graph, shape, state, mask)


def add_head(graph: GraphBuilder, features: str, head: dict[str, Array]) -> str:
    """Add everything from features to `logits`."""
    hidden = graph.linear(features, "dense", head["dense.weight"].T, head["dense.bias"])
    activated = graph.add("Tanh", [hidden], "activated")
    product = graph.add(
        "MatMul", [activated, graph.constant("classifier.weight", head["classifier.weight"].T)], "classifier.product"
    )
    return graph.add("Add", [product, graph.constant("classifier.bias", head["classifier.bias"])], "logits")


def _attention_bias(graph: GraphBuilder, mask: str) -> str:
    missing = graph.add("Sub", [graph.number("one", 1), mask], "missing")
    scaled = graph.add("Mul", [missing, graph.number("masked", MASKED)], "scaled")
    return graph.add("Unsqueeze", [scaled, graph.constant("axes_heads", np.array([1, 2]))], "attention_bias")


def _embeddings(graph: GraphBuilder, tensors: dict[str, Array], shape: EncoderShape) -> str:
    words = graph.add("Gather", [graph.constant("word", tensors["word"]), "input_ids"], "words")
    table = graph.constant("position", tensors["position"])
    after_padding = shape.positions_after_padding
    positions = _positions_after_padding(graph, shape, table) if after_padding else _positions(graph, table)
    summed = graph.add("Add", [words, positions], "embedded")
    return graph.layer_norm(
        summed, "embeddings", tensors["embeddings.weight"], tensors["embeddings.bias"], shape.epsilon
    )


def _positions(graph: GraphBuilder, table: str) -> str:
    length = graph.add("Shape", ["input_ids"], "length", start=1, end=2)
    return graph.add("Slice", [table, graph.constant("from", np.array([0])), length], "positions")


def _positions_after_padding(graph: GraphBuilder, shape: EncoderShape, table: str) -> str:
    padding = graph.number("pad_token_id", shape.pad_token_id, np.int64)
    real = graph.add("Not", [graph.add("Equal", ["input_ids", padding], "is_padding")], "is_real")
    ones = graph.add("Cast", [real], "ones", to=TensorProto.INT64)
    counted = graph.add("CumSum", [ones, graph.number("axis", 1, np.int64)], "counted")
    places = graph.add("Add", [graph.add("Mul", [counted, ones], "numbered"), padding], "places")
    return graph.add("Gather", [table, places], "positions")


def _layer(
    graph: GraphBuilder, tensors: dict[str, Array], shape: EncoderShape, layer: int, state: str, bias: str
) -> str:
    def linear(source: str, name: str) -> str:
        name = f"{layer}.{name}"
        return graph.linear(source, name, tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    def norm(first: str, second: str, name: str) -> str:
        name = f"{layer}.{name}"
        summed = graph.add("Add", [first, second], f"{name}.sum")
        return graph.layer_norm(summed, name, tensors[f"{name}.weight"], tensors[f"{name}.bias"], shape.epsilon)

    mixed = linear(_attention(graph, shape, layer, linear(state, "qkv"), bias), "mixed")
    attended = norm(mixed, state, "attended")
    operator, attributes = ACTIVATIONS[shape.activation]
    wide = graph.add(operator, [linear(attended, "wide")], f"{layer}.activated", **attributes)
    return norm(linear(wide, "narrow"), attended, "state")


def _attention(graph: GraphBuilder, shape: EncoderShape, layer: int, qkv: str, bias: str) -> str:
    size = shape.hidden_size // shape.heads
    apart = graph.constant("shape_heads", np.array([0, 0, shape.heads, size]))
    parts = graph.split(qkv, [f"{layer}.{name}" for name in ("query", "key", "value")], axis=-1)
    orders = ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
    query, key, value = (
        graph.add("Transpose", [graph.add("Reshape", [part, apart], f"{part}.apart")], f"{part}.heads", perm=order)
        for part, order in zip(parts, orders, strict=True)
    )
    scores = graph.add("Add", [graph.add("MatMul", [query, key], f"{layer}.raw"), bias], f"{layer}.scores")
    shares = graph.add("Softmax", [scores], f"{layer}.shares", axis=-1)
    heads = graph.add("MatMul", [shares, value], f"{layer}.heads")
    turned = graph.add("Transpose", [heads], f"{layer}.turned", perm=[0, 2, 1, 3])
    together = graph.constant("shape_together", np.array([0, 0, shape.hidden_size]))
    return graph.add("Reshape", [turned, together], f"{layer}.together")


def _pool(graph: GraphBuilder, shape: EncoderShape, state: str, mask: str) -> str:
    """LayerNorm(mean_weight * mean + first); the mean is a product with the mask, so padding counts nothing.

    The mean itself is there too, under its name: it is the embedding of a text.
    """
    row = graph.add("Unsqueeze", [mask, graph.constant("axis_row", np.array([1]))], "mask_row")
    summed = graph.add("MatMul", [row, state], "summed")
    counts = graph.add("ReduceSum", [row, graph.constant("axis_tokens", np.array([2]))], "counts", keepdims=1)
    row_mean = graph.add("Div", [summed, counts], "row_mean")
    mean = graph.add("Squeeze", [row_mean, graph.constant("axis_row", np.array([1]))], MEAN)
    strong = graph.add("Mul", [mean, graph.number("mean_weight", shape.mean_weight)], "strong_mean")
    first = graph.add("Gather", [state, graph.number("zero_index", 0, np.int64)], "first", axis=1)
    pooled = graph.add("Add", [strong, first], "pooled")
    ones, nothing = np.ones(shape.hidden_size, np.float32), np.zeros(shape.hidden_size, np.float32)
    return graph.layer_norm(pooled, "features", ones, nothing, shape.epsilon)
