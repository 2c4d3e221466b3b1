"""A decoder as an ONNX graph for serving: weights in 8 bits, adapters and the memory of earlier tokens as inputs.

Inputs: `input_ids` int64 (rows, tokens); `last_key` int32 (rows), the position of each row's last token; `keys` int32
(), how many positions the longest row has; `past.L.k` and `past.L.v` float32 (rows, kv_heads, room, head_size), into
which the layer writes where `present.L.k` and `present.L.v` are bound to the same memory; for every linear layer NAME
`NAME.A` (adapters, in, rank) and `NAME.B` (adapters, rank, out), with an adapter for each row, or one for all.
Output: `logits` float32 (rows, 1, vocabulary) of the last token.

The rows of a batch may stand at different positions if one token of each is given; several tokens at once are for one
row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from onnx import TensorProto

from tuneyard_worker.exporters.decoder_shape import DecoderShape
from tuneyard_worker.exporters.graph_builder import Array, GraphBuilder, Shape

MICROSOFT = "com.microsoft"
BLOCK = 32
"""Weights that share one scale."""
# Sums are computed in 8-bit integers, scale by scale.
IN_INTEGERS = 4
ZERO = 128
LOGITS = "logits"


class Weights(Protocol):
    """The tensors of a model folder as float32, by their names there."""

    def __getitem__(self, name: str) -> Array: ...

    def __contains__(self, name: str) -> bool: ...


@dataclass(frozen=True)
class Linear:
    """A linear layer of a decoder's layer."""

    name: str
    """As in `model.layers.0.self_attn.q_proj`, without what stands before `layers`."""
    inputs: int
    outputs: int


@dataclass
class DecoderGraph:
    """Writes the tensors and nodes of a decoder."""

    shape: DecoderShape
    graph: GraphBuilder = field(default_factory=GraphBuilder)

    @property
    def linears(self) -> list[Linear]:
        """Those that an adapter may change."""
        return [linear for layer in range(self.shape.layers) for linear in layer_linears(self.shape, layer)]

    def tensors(self, weights: Weights, positions: int) -> Iterator[tuple[str, Array]]:
        """Everything that is kept beside the graph, one by one, so that a large model is never in memory whole."""
        yield from quantised("embeddings", weights["model.embed_tokens.weight"])
        for layer in range(self.shape.layers):
            for linear in layer_linears(self.shape, layer):
                yield from quantised(linear.name, weights[f"model.{linear.name}.weight"])
                if f"model.{linear.name}.bias" in weights:
                    yield f"{linear.name}.bias", weights[f"model.{linear.name}.bias"]
            for name in self._norms(layer):
                yield name, self._norm_weight(weights, name)
        yield "norm", self._norm_weight(weights, "norm")
        if not self.shape.tied:
            yield from quantised("lm_head", weights["lm_head.weight"])
        for number, rotation in enumerate(dict.fromkeys(self.shape.rotations)):
            cosines, sines = rotation.tables(positions)
            yield f"cosines.{number}", cosines
            yield f"sines.{number}", sines

    def add(self) -> None:
        """Add all nodes; the graph's weights file has the tensors already."""
        shape, graph = self.shape, self.graph
        state = self._embedded()
        for layer in range(shape.layers):
            state = self._layer(layer, state)
        last = graph.add("Gather", [state, graph.constant("last_place", np.array([-1]))], "last", axis=1)
        head = "embeddings" if shape.tied else "lm_head"
        self._multiply(self._norm(last, "norm", "normed"), head, shape.hidden_size, shape.vocabulary, LOGITS)

    def inputs(self) -> dict[str, tuple[int, Shape]]:
        """Type and shape by name."""
        found: dict[str, tuple[int, Shape]] = {
            "input_ids": (TensorProto.INT64, ["rows", "tokens"]),
            "last_key": (TensorProto.INT32, ["rows"]),
            "keys": (TensorProto.INT32, []),
        }
        for layer in range(self.shape.layers):
            for kind in "kv":
                found[f"past.{layer}.{kind}"] = (TensorProto.FLOAT, self._memory("room"))
        for linear in self.linears:
            found[f"{linear.name}.A"] = (TensorProto.FLOAT, ["adapters", linear.inputs, "rank"])
            found[f"{linear.name}.B"] = (TensorProto.FLOAT, ["adapters", "rank", linear.outputs])
        return found

    def outputs(self) -> dict[str, Shape]:
        """Shape by name."""
        memory = self._memory("reached")
        kept = {f"present.{layer}.{kind}": memory for layer in range(self.shape.layers) for kind in "kv"}
        logits: Shape = ["rows", 1, self.shape.vocabulary]
        return {LOGITS: logits} | kept

    def _memory(self, room: str) -> Shape:
        return ["rows", self.shape.kv_heads, room, self.shape.head_size]

    def _norms(self, layer: int) -> list[str]:
        names = ["input_layernorm", "post_attention_layernorm"]
        if self.shape.gemma:
            names += ["pre_feedforward_layernorm", "post_feedforward_layernorm"]
        if self.shape.norms_heads:
            names += ["self_attn.q_norm", "self_attn.k_norm"]
        return [f"layers.{layer}.{name}" for name in names]

    def _norm_weight(self, weights: Weights, name: str) -> Array:
        weight = weights[f"model.{name}.weight"]
        return weight + np.float32(1) if self.shape.gemma else weight

    def _embedded(self) -> str:
        graph = self.graph
        table = graph.stored("embeddings.table", "embeddings.whole", (self.shape.vocabulary, self.shape.hidden_size))
        scales = graph.stored("embeddings.table_scales", "embeddings.scales", (self.shape.vocabulary, -1))
        words = graph.add(
            "GatherBlockQuantized",
            [table, "input_ids", scales],
            "words",
            domain=MICROSOFT,
            bits=8,
            block_size=BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )
        if not self.shape.gemma:
            return words
        return graph.add("Mul", [words, graph.number("words_scale", self.shape.hidden_size**0.5)], "embedded")

    def _layer(self, layer: int, state: str) -> str:
        name = f"layers.{layer}"
        attended = self._attention(layer, self._norm(state, f"{name}.input_layernorm"))
        if self.shape.gemma:
            attended = self._norm(attended, f"{name}.post_attention_layernorm")
        state = self.graph.add("Add", [state, attended], f"{name}.attended")
        before = "pre_feedforward_layernorm" if self.shape.gemma else "post_attention_layernorm"
        added = self._feed_forward(layer, self._norm(state, f"{name}.{before}"))
        if self.shape.gemma:
            added = self._norm(added, f"{name}.post_feedforward_layernorm")
        return self.graph.add("Add", [state, added], f"{name}.state")

    def _attention(self, layer: int, state: str) -> str:
        shape, graph, name = self.shape, self.graph, f"layers.{layer}.self_attn"
        if shape.kind == "phi3":
            packed, key, value = self._linear(state, layer, "self_attn.qkv_proj"), "", ""
        else:
            packed, key, value = (self._linear(state, layer, f"self_attn.{each}_proj") for each in "qkv")
        if shape.norms_heads:
            packed, key = (self._norm_heads(each, f"{name}.{side}_norm") for each, side in ((packed, "q"), (key, "k")))
        number = list(dict.fromkeys(shape.rotations)).index(shape.rotations[layer])
        inputs = [packed, key, value, f"past.{layer}.k", f"past.{layer}.v", "last_key", "keys"]
        inputs += [graph.stored(f"{table}.{number}", f"{table}.{number}") for table in ("cosines", "sines")]
        graph.add_all(
            "GroupQueryAttention",
            inputs,
            [f"{name}.heads", f"present.{layer}.k", f"present.{layer}.v"],
            domain=MICROSOFT,
            num_heads=shape.heads,
            kv_num_heads=shape.kv_heads,
            do_rotary=1,
            scale=shape.attention_scale,
            local_window_size=shape.windows[layer],
        )
        return self._linear(f"{name}.heads", layer, "self_attn.o_proj")

    def _norm_heads(self, source: str, name: str) -> str:
        apart = self.graph.constant("heads_apart", np.array([0, 0, -1, self.shape.head_size]))
        together = self.graph.constant("heads_together", np.array([0, 0, -1]))
        heads = self.graph.add("Reshape", [source, apart], f"{name}.apart")
        return self.graph.add("Reshape", [self._norm(heads, name), together], f"{name}.together")

    def _feed_forward(self, layer: int, state: str) -> str:
        graph, name = self.graph, f"layers.{layer}.mlp"
        if self.shape.kind == "phi3":
            both = self._linear(state, layer, "mlp.gate_up_proj")
            gate, up = graph.split(both, [f"{name}.gate", f"{name}.up"], axis=-1)
        else:
            gate, up = (self._linear(state, layer, f"mlp.{each}_proj") for each in ("gate", "up"))
        if self.shape.activation == "silu":
            opened = graph.add("Mul", [gate, graph.add("Sigmoid", [gate], f"{name}.open")], f"{name}.opened")
        else:
            opened = graph.add("Gelu", [gate], f"{name}.opened", approximate="tanh")
        return self._linear(graph.add("Mul", [opened, up], f"{name}.wide"), layer, "mlp.down_proj")

    def _linear(self, source: str, layer: int, short: str) -> str:
        """The layer's own product and, added to it, that of the adapters."""
        name, graph = f"layers.{layer}.{short}", self.graph
        linear = next(each for each in layer_linears(self.shape, layer) if each.name == name)
        product = self._multiply(source, name, linear.inputs, linear.outputs, f"{name}.product")
        if graph.has(f"{name}.bias"):
            product = graph.add("Add", [product, graph.stored(f"{name}.bias", f"{name}.bias")], f"{name}.shifted")
        narrow = graph.add("MatMul", [source, f"{name}.A"], f"{name}.narrow")
        learnt = graph.add("MatMul", [narrow, f"{name}.B"], f"{name}.learnt")
        return graph.add("Add", [product, learnt], f"{name}.sum")

    def _multiply(self, source: str, name: str, inputs: int, outputs: int, output: str) -> str:
        blocks = -(-inputs // BLOCK)
        weight = self.graph.stored(f"{name}.blocks", f"{name}.whole", (outputs, blocks, BLOCK))
        scales = self.graph.stored(f"{name}.scales", f"{name}.scales", (outputs, blocks))
        return self.graph.add(
            "MatMulNBits",
            [source, weight, scales],
            output,
            domain=MICROSOFT,
            K=inputs,
            N=outputs,
            bits=8,
            block_size=BLOCK,
            accuracy_level=IN_INTEGERS,
        )

    def _norm(self, source: str, name: str, output: str | None = None) -> str:
        weight = self.graph.stored(name, name)
        return self.graph.add(
            "SimplifiedLayerNormalization",
            [source, weight],
            output or f"{name}.normed",
            axis=-1,
            epsilon=self.shape.epsilon,
            stash_type=1,
        )


def layer_linears(shape: DecoderShape, layer: int) -> list[Linear]:
    """The linear layers of one layer, by their names in a model folder."""
    hidden, inner = shape.hidden_size, shape.inner_size
    queries, keys = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    if shape.kind == "phi3":
        sizes = {"self_attn.qkv_proj": (hidden, queries + 2 * keys), "mlp.gate_up_proj": (hidden, 2 * inner)}
    else:
        sizes = {
            "self_attn.q_proj": (hidden, queries),
            "self_attn.k_proj": (hidden, keys),
            "self_attn.v_proj": (hidden, keys),
            "mlp.gate_proj": (hidden, inner),
            "mlp.up_proj": (hidden, inner),
        }
    sizes |= {"self_attn.o_proj": (queries, hidden), "mlp.down_proj": (inner, hidden)}
    return [Linear(f"layers.{layer}.{name}", *size) for name, size in sizes.items()]


def quantised(name: str, weight: Array) -> Iterator[tuple[str, Array]]:
    """A weight (out, in) in 8 bits, each 32 numbers of a row with a scale of their own (as llama.cpp's Q8_0)."""
    outputs, inputs = weight.shape
    padded = np.zeros((outputs, -(-inputs // BLOCK), BLOCK), np.float32)
    padded.reshape(outputs, -1)[:, :inputs] = weight
    scales = np.abs(padded).max(axis=-1) / np.float32(127)
    scales[scales == 0] = 1
    yield f"{name}.whole", (np.rint(padded / scales[..., None]) + ZERO).astype(np.uint8)
    yield f"{name}.scales", scales


def weight_count(shape: DecoderShape) -> int:
    """About how many numbers the weights are."""
    numbers = sum(
        linear.inputs * linear.outputs for layer in range(shape.layers) for linear in layer_linears(shape, layer)
    )
    return numbers + shape.vocabulary * shape.hidden_size * (1 if shape.tied else 2)


def graph_bytes(shape: DecoderShape) -> int:
    """About the size of the graph with its weights."""
    numbers = weight_count(shape)
    return numbers + 4 * numbers // BLOCK
