"""`onnx/` of an artifact: graphs for the serving process and for plain ONNX Runtime."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from onnx import TensorProto
from tokenizers import Tokenizer

from tuneyard.specs.manifest import ServingEngine
from tuneyard_worker.exporters.encoder_file import ENCODER, TOKEN_INPUTS, WEIGHTS, write_encoder
from tuneyard_worker.exporters.encoder_graph import EncoderShape, add_encoder, add_head, encoder_tensors
from tuneyard_worker.exporters.graph_builder import Array, GraphBuilder, Shape, WeightsFile
from tuneyard_worker.exporters.trained_model import TrainedModel
from tuneyard_worker.job_directory import file_entry

HEAD, MODEL, TOKENIZER, LABELS = "head.onnx", "model.onnx", "tokenizer.json", "labels.json"


def write_onnx(artifact: Path, model: TrainedModel) -> ServingEngine:
    """Write the graphs, the tokenizer and the labels to `artifact/onnx`; how to run them.

    encoder.onnx and model.onnx share their weights in encoder.onnx.data. The same encoder gives the same bytes.
    """
    folder = artifact / "onnx"
    folder.mkdir(parents=True, exist_ok=True)
    shape = encoder_shape(model)
    tensors = encoder_tensors(arrays(model.encoder), shape)
    weights = WeightsFile(folder / WEIGHTS)
    weights.write(tensors.items())
    _write_graphs(folder, shape, tensors, weights, arrays(model.head))
    write_tokenizer(model.base / TOKENIZER, folder / TOKENIZER)
    (folder / LABELS).write_text(json.dumps(model.labels, ensure_ascii=False, indent=2), encoding="utf-8")
    return ServingEngine(
        encoder=f"onnx/{ENCODER}",
        encoder_sha256=file_entry(folder / ENCODER, folder).sha256,
        head=f"onnx/{HEAD}",
        head_sha256=file_entry(folder / HEAD, folder).sha256,
        tokenizer=f"onnx/{TOKENIZER}",
        max_length=model.max_length,
        pad_token_id=model.pad_token_id,
    )


def encoder_shape(model: TrainedModel) -> EncoderShape:
    """The shape of the encoder, from its config."""
    config = model.config
    return EncoderShape(
        hidden_size=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        epsilon=config["layer_norm_eps"],
        activation=config["hidden_act"],
        mean_weight=model.mean_weight,
        pad_token_id=model.pad_token_id,
        positions_after_padding=model.layout.positions_after_padding,
    )


def arrays(state: Mapping[str, torch.Tensor]) -> dict[str, Array]:
    """Tensors as float32 arrays of numpy."""
    return {name: tensor.detach().float().numpy() for name, tensor in state.items()}


def write_tokenizer(source: Path, target: Path) -> None:
    """Copy a tokenizer.json without its own cutting and padding, which depend on who uses it."""
    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(target))


def _write_graphs(
    folder: Path, shape: EncoderShape, tensors: dict[str, Array], weights: WeightsFile, head: dict[str, Array]
) -> None:
    classes = len(head["classifier.bias"])
    features: Shape = ["batch", shape.hidden_size]
    logits: Shape = ["batch", classes]
    write_encoder(folder, shape, tensors, weights)
    alone = GraphBuilder()
    add_head(alone, "features", head)
    alone.write(folder / HEAD, {"features": (TensorProto.FLOAT, features)}, {"logits": logits})
    whole = GraphBuilder(weights)
    add_head(whole, add_encoder(whole, tensors, shape), head)
    whole.write(folder / MODEL, TOKEN_INPUTS, {"logits": logits})
