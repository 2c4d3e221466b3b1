"""`encoder.onnx`: the graph of an encoder, the same bytes for the same weights, whoever writes it."""

from pathlib import Path

from onnx import TensorProto

from tuneyard_worker.exporters.encoder_graph import FEATURES, MEAN, EncoderShape, add_encoder
from tuneyard_worker.exporters.graph_builder import Array, GraphBuilder, Shape, WeightsFile

ENCODER = "encoder.onnx"
WEIGHTS = f"{ENCODER}.data"
TOKEN_INPUTS: dict[str, tuple[int, Shape]] = {
    "input_ids": (TensorProto.INT64, ["batch", "tokens"]),
    "attention_mask": (TensorProto.INT64, ["batch", "tokens"]),
}


def write_encoder(folder: Path, shape: EncoderShape, tensors: dict[str, Array], weights: WeightsFile) -> None:
    """Write the graph; `weights` has its tensors."""
    graph = GraphBuilder(weights)
    add_encoder(graph, tensors, shape)
    rows: Shape = ["batch", shape.hidden_size]
    graph.write(folder / ENCODER, TOKEN_INPUTS, {FEATURES: rows, MEAN: rows})
