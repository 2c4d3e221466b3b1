"""The exported forms of one model answer alike: ONNX graphs, plain transformers, and the modules that were trained."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

from tuneyard.specs.job import BaseModelRef
from tuneyard_worker.exporters.base_encoder import write_base_encoder
from tuneyard_worker.exporters.encoder_graph import MEAN_WEIGHT
from tuneyard_worker.exporters.onnx_folder import write_onnx
from tuneyard_worker.exporters.trained_model import TrainedModel
from tuneyard_worker.exporters.transformers_folder import write_transformers
from tuneyard_worker.job_directory import file_entry
from tuneyard_worker.serving.engines.onnx_classifier import OnnxClassifier
from tuneyard_worker.trainers.base_models import load
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.features import embed
from tuneyard_worker.trainers.head import Head
from tuneyard_worker.trainers.tokens import tokenise

LABELS = ["billing", "refund", "001", "null", "Größe"]
TEXTS = [
    "my card was charged",
    "please refund the money back to my card please refund the money back",
    "hello",
    "",
    "thanks office unknownword",
]
LONGEST = 12
CLOSE = 2e-5


@pytest.fixture(params=["tiny_bert", "tiny_roberta", "minilm"])
def model(request) -> TrainedModel:
    return trained(request.getfixturevalue(request.param))


@pytest.fixture
def tiny(tiny_bert) -> TrainedModel:
    return trained(tiny_bert)


def trained(folder: Path, seed: int = 3) -> TrainedModel:
    """A model with a random head."""
    base = load(BaseModelRef(id="base", name="base", sha256="", licence="Apache-2.0", source="local:base", path=folder))
    torch.manual_seed(seed)
    head = Head(base.encoder.config.hidden_size, len(LABELS), 0.1)
    torch.nn.init.normal_(head.classifier.weight)
    return TrainedModel(
        base=base.folder,
        layout=base.family.layout,
        config=base.encoder.config.to_dict(),
        encoder=dict(base.encoder.state_dict()),
        head=dict(head.fold().state_dict()),
        mean_weight=MEAN_WEIGHT,
        labels=LABELS,
        max_length=LONGEST,
        pad_token_id=base.pad_token_id,
    )


def run_graph(path: Path, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, dict(inputs))[0]


def batch(model: TrainedModel) -> dict[str, np.ndarray]:
    tokens = tokenise(model.base / "tokenizer.json", TEXTS, LONGEST, model.pad_token_id)
    ids, mask = tokens.padded(range(len(TEXTS)))
    return {"input_ids": ids.numpy(), "attention_mask": mask.numpy()}


def test_the_graphs_compute_what_was_trained(model, tmp_path):
    write_onnx(tmp_path, model)
    base = load(BaseModelRef(id="b", name="b", sha256="", licence="", source="", path=model.base))
    tokens = tokenise(base.tokenizer, TEXTS, LONGEST, base.pad_token_id)
    features = embed(base.encoder, tokens, Compute(threads=1, bf16=False))
    found = run_graph(tmp_path / "onnx" / "encoder.onnx", batch(model))
    np.testing.assert_allclose(found, features.numpy(), atol=CLOSE * 10)
    head = Head(features.shape[1], len(LABELS), 0.0)
    head.load_state_dict(model.head)
    logits = head.eval()(features).detach().numpy()
    np.testing.assert_allclose(run_graph(tmp_path / "onnx" / "head.onnx", {"features": found}), logits, atol=1e-3)
    np.testing.assert_allclose(run_graph(tmp_path / "onnx" / "model.onnx", batch(model)), logits, atol=1e-3)


def test_plain_transformers_gives_the_same_scores(model, tmp_path):
    engine = write_onnx(tmp_path, model)
    write_transformers(tmp_path, model)
    served = OnnxClassifier.load(tmp_path, engine, LABELS, threads=1).scores(TEXTS)
    classifier, info = AutoModelForSequenceClassification.from_pretrained(
        tmp_path / "model", output_loading_info=True, local_files_only=True
    )
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    encoded = tokenizer(TEXTS, padding=True, truncation=True, return_tensors="pt")
    assert encoded["input_ids"].shape[1] <= LONGEST
    with torch.no_grad():
        scores = classifier.eval()(**encoded).logits.softmax(-1).numpy()
    np.testing.assert_allclose(scores, served, atol=CLOSE)


def test_the_pipeline_of_transformers_names_the_labels(model, tmp_path):
    engine = write_onnx(tmp_path, model)
    write_transformers(tmp_path, model)
    served = OnnxClassifier.load(tmp_path, engine, LABELS, threads=1).scores(TEXTS)
    answers = pipeline("text-classification", model=str(tmp_path / "model"))(TEXTS, truncation=True)
    assert [answer["label"] for answer in answers] == [LABELS[best] for best in served.argmax(1)]
    np.testing.assert_allclose([answer["score"] for answer in answers], served.max(1), atol=CLOSE)


def test_graphs_are_valid_onnx(tiny, tmp_path):
    write_onnx(tmp_path, tiny)
    for name in ("encoder", "head", "model"):
        onnx.checker.check_model(str(tmp_path / "onnx" / f"{name}.onnx"), full_check=True)


def test_a_base_model_is_written_without_torch_in_the_same_bytes(tiny, tmp_path):
    engine = write_onnx(tmp_path, tiny)
    alone = tmp_path / "alone"
    alone.mkdir()
    written = write_base_encoder(tiny.base, alone)
    assert hashlib.sha256(written.graph.read_bytes()).hexdigest() == engine.encoder_sha256
    assert (alone / "encoder.onnx.data").read_bytes() == (tmp_path / "onnx" / "encoder.onnx.data").read_bytes()


def test_the_same_encoder_gives_the_same_bytes(tiny_bert, tmp_path):
    first, second = (write_onnx(tmp_path / str(seed), trained(tiny_bert, seed)) for seed in (1, 2))
    assert first.encoder_sha256 == second.encoder_sha256
    assert first.head_sha256 != second.head_sha256


def test_another_encoder_changes_the_checksum_of_the_graph(tiny, tmp_path):
    before = write_onnx(tmp_path / "before", tiny)
    tiny.encoder["encoder.layer.0.output.dense.bias"][0] += 1e-3
    after = write_onnx(tmp_path / "after", tiny)
    graph = (tmp_path / "after" / after.encoder).read_bytes()
    assert before.encoder_sha256 != after.encoder_sha256
    assert file_entry(tmp_path / "after" / "onnx" / "encoder.onnx.data", tmp_path).sha256.encode() in graph


def test_weights_are_kept_once(tiny, tmp_path):
    write_onnx(tmp_path, tiny)
    graphs = [onnx.load(tmp_path / "onnx" / f"{name}.onnx", load_external_data=False) for name in ("encoder", "model")]
    places = [
        {entry.value for tensor in graph.graph.initializer for entry in tensor.external_data if entry.key == "location"}
        for graph in graphs
    ]
    assert places == [{"encoder.onnx.data"}, {"encoder.onnx.data"}]


def test_the_tokenizer_neither_cuts_nor_pads(tiny, tmp_path):
    write_onnx(tmp_path, tiny)
    tokenizer = Tokenizer.from_file(str(tmp_path / "onnx" / "tokenizer.json"))
    assert (tokenizer.truncation, tokenizer.padding) == (None, None)


def test_labels_are_kept_as_they_are(tiny, tmp_path):
    write_onnx(tmp_path, tiny)
    write_transformers(tmp_path, tiny)
    assert json.loads((tmp_path / "onnx" / "labels.json").read_text(encoding="utf-8")) == LABELS
    config = json.loads((tmp_path / "model" / "config.json").read_text(encoding="utf-8"))
    assert list(config["id2label"].values()) == LABELS
    assert config["label2id"]["001"] == 2
