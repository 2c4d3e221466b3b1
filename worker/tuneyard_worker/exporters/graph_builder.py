"""Writing ONNX graphs node by node: quick, and the same bytes for the same weights.

`torch.onnx.export` takes many seconds for an encoder and names things after its own internals; the few layers that are
needed here are written directly.
"""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[Any]
Shape = list[str | int]
"""Sizes by axis; a name where any size will do."""

OPSET = 20
IR_VERSION = 9
# Tensors that start on a page can be mapped from the file instead of being read.
PAGE = 4096
SMALLEST_EXTERNAL = 1024


@dataclass(frozen=True)
class Place:
    """Where a tensor lies in a file of weights, and what it is."""

    offset: int
    length: int
    shape: tuple[int, ...]
    kind: int
    """Of TensorProto.DataType."""


@dataclass
class WeightsFile:
    """Tensors written one after another, for graphs that refer to them by offset."""

    path: Path
    places: dict[str, Place] = field(default_factory=dict)
    sha256: str = ""

    def write(self, tensors: Iterable[tuple[str, Array]]) -> None:
        """Write all tensors, one after the other; afterwards `places` has the place of each."""
        digest = hashlib.sha256()
        offset = 0
        with self.path.open("wb") as stream:
            for name, tensor in tensors:
                content = np.ascontiguousarray(tensor).tobytes()
                padded = content + bytes(-len(content) % PAGE)
                stream.write(padded)
                digest.update(padded)
                kind = helper.np_dtype_to_tensor_dtype(tensor.dtype)
                self.places[name] = Place(offset, len(content), tensor.shape, kind)
                offset += len(padded)
        self.sha256 = digest.hexdigest()


@dataclass
class GraphBuilder:
    """Collects nodes and their constants; every method that adds a node returns the name of its output."""

    weights: WeightsFile | None = None
    """Constants found there are referred to; all others are kept inside the graph."""
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, onnx.TensorProto] = field(default_factory=dict)

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add one node with one output."""
        return self.add_all(operator, inputs, [output], **attributes)[0]

    def add_all(self, operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> list[str]:
        """Add one node with several outputs."""
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=outputs[0], **attributes))
        return outputs

    def split(self, source: str, outputs: list[str], axis: int) -> list[str]:
        """Cut a tensor into equal parts."""
        return self.add_all("Split", [source], outputs, axis=axis, num_outputs=len(outputs))

    def constant(self, name: str, value: Array) -> str:
        """A weight or a small fixed tensor."""
        if self.has(name):
            return self.stored(name, name)
        self.constants[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def has(self, name: str) -> bool:
        """Whether a tensor lies in the file of weights."""
        return self.weights is not None and name in self.weights.places

    def stored(self, name: str, source: str, shape: tuple[int, ...] | None = None) -> str:
        """The tensor `source` of the file of weights, under a name and perhaps in another shape (-1: what is left)."""
        assert self.weights is not None  # noqa: S101 - whoever refers to a file has given one
        place = self.weights.places[source]
        sizes = shape or place.shape
        left = math.prod(place.shape) // math.prod(size for size in sizes if size != -1)
        sizes = tuple(left if size == -1 else size for size in sizes)
        location = TensorProto.EXTERNAL
        tensor = TensorProto(name=name, dims=sizes, data_type=place.kind, data_location=location)
        entries = {"location": self.weights.path.name, "offset": str(place.offset), "length": str(place.length)}
        for key, entry in entries.items():
            tensor.external_data.add(key=key, value=entry)
        self.constants[name] = tensor
        return name

    def number(self, name: str, value: float, kind: type[np.generic] = np.float32) -> str:
        """A single fixed number."""
        return self.constant(name, np.array(value, dtype=kind))

    def linear(self, source: str, name: str, weight: Array, bias: Array) -> str:
        """`source` times `weight` (in, out) plus `bias`."""
        product = self.add("MatMul", [source, self.constant(f"{name}.weight", weight)], f"{name}.product")
        return self.add("Add", [product, self.constant(f"{name}.bias", bias)], name)

    def layer_norm(self, source: str, name: str, weight: Array, bias: Array, epsilon: float) -> str:
        """Normalise over the last axis."""
        constants = [self.constant(f"{name}.weight", weight), self.constant(f"{name}.bias", bias)]
        return self.add("LayerNormalization", [source, *constants], name, axis=-1, epsilon=epsilon)

    def write(self, path: Path, inputs: dict[str, tuple[int, Shape]], outputs: dict[str, Shape]) -> None:
        """Write the graph; inputs give type and shape, outputs the shape of float32 tensors."""
        graph = helper.make_graph(
            self.nodes,
            path.stem,
            [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in inputs.items()],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
            list(self.constants.values()),
        )
        domains = {"": OPSET} | {node.domain: 1 for node in self.nodes if node.domain}
        opsets = [helper.make_opsetid(domain, number) for domain, number in domains.items()]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        model.producer_name = "tuneyard"
        if self.weights is not None:
            # The graph's own checksum then covers the weights beside it too.
            model.metadata_props.add(key="weights_sha256", value=self.weights.sha256)
        path.write_bytes(model.SerializeToString(deterministic=True))
