"""Writing ONNX graphs node by node: quick, and the same bytes for the same weights.

`torch.onnx.export` takes many seconds for an encoder and names things after its own internals; the few layers that are
needed here are written directly.
"""

import hashlib
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


@dataclass
class WeightsFile:
    """Tensors written one after another, for graphs that refer to them by offset."""

    path: Path
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    sha256: str = ""

    def write(self, tensors: dict[str, Array]) -> None:
        """Write all tensors; afterwards `places` has the offset and length of each."""
        digest = hashlib.sha256()
        offset = 0
        with self.path.open("wb") as stream:
            for name, tensor in tensors.items():
                content = np.ascontiguousarray(tensor).tobytes()
                padded = content + bytes(-len(content) % PAGE)
                stream.write(padded)
                digest.update(padded)
                self.places[name] = (offset, len(content))
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
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def split(self, source: str, outputs: list[str], axis: int) -> list[str]:
        """Cut a tensor into equal parts."""
        self.nodes.append(
            helper.make_node("Split", [source], outputs, name=outputs[0], axis=axis, num_outputs=len(outputs))
        )
        return outputs

    def constant(self, name: str, value: Array) -> str:
        """A weight or a small fixed tensor."""
        place = self.weights.places.get(name) if self.weights else None
        if self.weights is None or place is None:
            self.constants[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
            return name
        tensor = TensorProto(
            name=name,
            dims=value.shape,
            data_type=helper.np_dtype_to_tensor_dtype(value.dtype),
            data_location=TensorProto.EXTERNAL,
        )
        offset, length = place
        for key, entry in (("location", self.weights.path.name), ("offset", str(offset)), ("length", str(length))):
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
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        model.producer_name = "tuneyard"
        if self.weights is not None:
            # The graph's own checksum then covers the weights beside it too.
            model.metadata_props.add(key="weights_sha256", value=self.weights.sha256)
        path.write_bytes(model.SerializeToString(deterministic=True))
