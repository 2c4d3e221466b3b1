"""A real artifact of a text classifier, made without torch in milliseconds."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from tuneyard.specs.hyperparameters import Preset, TextClassificationHyperparameters
from tuneyard.specs.manifest import (
    BaseModelLineage,
    Chosen,
    DatasetLineage,
    ModelManifest,
    ServingEngine,
    SplitCounts,
)
from tuneyard.specs.sayings import Saying
from tuneyard.specs.tasks import Role, Task
from tuneyard_worker.evaluators.model_card import write_model_card
from tuneyard_worker.evaluators.report import write_evaluation
from tuneyard_worker.evaluators.text_classification import HeldOut, evaluate
from tuneyard_worker.job_directory import file_entry
from tuneyard_worker.serving.engines.onnx_classifier import OnnxClassifier

LABELS = ["billing", "other", "refund"]
# The words that speak for each class; a text of none of them leaves the model undecided.
WORDS = {
    "billing": ["invoice", "charged", "card"],
    "other": ["hello", "thanks", "office"],
    "refund": ["refund", "back"],
}
FILLERS = ["the", "my", "please", "was", "twice", "money", "is"]
DIMENSIONS = 16

MakeArtifact = Callable[..., Path]


@pytest.fixture
def make_artifact(tmp_path: Path) -> MakeArtifact:
    """Make an artifact folder; same `encoder_seed`, same encoder; `ballast` bytes are added to the encoder."""
    numbers: Iterator[int] = iter(range(1000))

    def make(path: Path | None = None, *, encoder_seed: int = 0, head_seed: int = 0, ballast: int = 0) -> Path:
        folder = path or tmp_path / f"artifact-{next(numbers)}"
        return write_artifact(folder, encoder_seed, head_seed, ballast)

    return make


def write_artifact(folder: Path, encoder_seed: int, head_seed: int, ballast: int) -> Path:
    (folder / "onnx").mkdir(parents=True)
    vocabulary = write_tokenizer(folder / "onnx" / "tokenizer.json")
    write_encoder(folder / "onnx" / "encoder.onnx", vocabulary, encoder_seed, ballast)
    write_head(folder / "onnx" / "head.onnx", head_seed)
    engine = ServingEngine(
        encoder="onnx/encoder.onnx",
        encoder_sha256=file_entry(folder / "onnx" / "encoder.onnx", folder).sha256,
        head="onnx/head.onnx",
        head_sha256=file_entry(folder / "onnx" / "head.onnx", folder).sha256,
        tokenizer="onnx/tokenizer.json",
        max_length=32,
        pad_token_id=0,
    )
    held_out = hold_out(folder, engine)
    evaluation = evaluate(
        held_out=held_out,
        train_texts=held_out.texts,
        train_labels=held_out.truth,
        labels=LABELS,
        previous=None,
        previous_name=None,
        seed=1,
    )
    write_evaluation(folder / "evaluation", evaluation, held_out, LABELS)
    manifest = manifest_of(engine)
    write_model_card(folder, manifest, evaluation)
    files = [file_entry(path, folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    manifest = manifest.model_copy(update={"files": files})
    (folder / "manifest.json").write_text(manifest.model_dump_json(by_alias=True), encoding="utf-8")
    return folder


def write_tokenizer(path: Path) -> dict[str, int]:
    words = ["[PAD]", "[UNK]", "[CLS]", *(word for words in WORDS.values() for word in words), *FILLERS]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A", special_tokens=[("[CLS]", 2)])
    tokenizer.save(str(path))
    return vocabulary


def write_encoder(path: Path, vocabulary: dict[str, int], seed: int, ballast: int) -> None:
    """Mean of the word vectors; the first dimensions say which class a word speaks for."""
    table = np.random.default_rng(seed).normal(0, 0.05, (len(vocabulary) + ballast // (4 * DIMENSIONS), DIMENSIONS))
    for column, label in enumerate(LABELS):
        for word in WORDS[label]:
            table[vocabulary[word], column] += 3
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["vectors"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["vectors", "column"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "tokens"], ["sum"], keepdims=0),
        helper.make_node("ReduceSum", ["column", "tokens"], ["count"], keepdims=0),
        helper.make_node("Div", ["sum", "count"], ["features"]),
    ]
    constants = [
        numpy_helper.from_array(table.astype(np.float32), "table"),
        numpy_helper.from_array(np.array([-1], dtype=np.int64), "last"),
        numpy_helper.from_array(np.array([1], dtype=np.int64), "tokens"),
    ]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "t"]) for name in INPUTS]
    outputs = [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["b", DIMENSIONS])]
    save(path, helper.make_graph(nodes, "encoder", inputs, outputs, constants))


INPUTS = ("input_ids", "attention_mask")


def write_head(path: Path, seed: int) -> None:
    weights = np.random.default_rng(seed).normal(0, 0.2, (DIMENSIONS, len(LABELS)))
    weights[: len(LABELS), :] += 4 * np.eye(len(LABELS))
    constants = [numpy_helper.from_array(weights.astype(np.float32), "weights")]
    nodes = [helper.make_node("MatMul", ["features", "weights"], ["logits"])]
    inputs = [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["b", DIMENSIONS])]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", len(LABELS)])]
    save(path, helper.make_graph(nodes, "head", inputs, outputs, constants))


def save(path: Path, graph: onnx.GraphProto) -> None:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def hold_out(folder: Path, engine: ServingEngine) -> HeldOut:
    """60 texts, of which every tenth has the wrong label, as real data would."""
    draw = np.random.default_rng(7)
    texts, truth = [], []
    for number in range(60):
        label = LABELS[number % 3]
        texts.append(" ".join([*draw.choice(FILLERS, 3), str(draw.choice(WORDS[label]))]))
        truth.append(label if number % 10 else LABELS[(number + 1) % 3])
    scores = OnnxClassifier.load(folder, engine, LABELS, threads=1).scores(texts)
    return HeldOut(rows=list(range(1, 61)), texts=texts, truth=truth, scores=scores)


def manifest_of(engine: ServingEngine) -> ModelManifest:
    return ModelManifest(
        job_id="job_1",
        created_at=datetime.now(UTC),
        task=Task.TEXT_CLASSIFICATION,
        columns={Role.TEXT: "text", Role.LABEL: "label"},
        labels=LABELS,
        dataset=DatasetLineage(version_id="dsv_1", name="tickets", number=1, rows=300, sha256="0" * 64),
        base_model=BaseModelLineage(
            id="tiny", name="tiny", sha256="1" * 64, licence="Apache-2.0", source="local:/models/tiny"
        ),
        preset=Preset.FAST,
        hyperparameters=TextClassificationHyperparameters(),
        seed=1,
        splits=SplitCounts(
            train=216,
            validation=24,
            test=60,
            how="20 % of the rows, evenly from every class",
            how_saying=Saying(code="evenly", details={"share": "20 %"}),
        ),
        chosen=Chosen(tuning="head", reason="It was asked for.", validation_accuracy=0.9, epochs=30),
        metrics={"accuracy": 0.9},
        device="cpu, 1 thread, float32",
        libraries={"numpy": np.__version__},
        serving=engine,
        files=[],
    )


@pytest.fixture
def rewrite_manifest() -> Callable[[Path], None]:
    """Make the manifest fit the files as they are now, as somebody who alters an artifact on purpose would."""

    def rewrite(folder: Path) -> None:
        path = folder / "manifest.json"
        manifest = ModelManifest.model_validate_json(path.read_bytes())
        engine = manifest.serving
        changes = {
            "encoder_sha256": file_entry(folder / engine.encoder, folder).sha256,
            "head_sha256": file_entry(folder / engine.head, folder).sha256,
        }
        files = [file_entry(folder / entry.path, folder) for entry in manifest.files]
        manifest = manifest.model_copy(update={"serving": engine.model_copy(update=changes), "files": files})
        path.write_text(manifest.model_dump_json(by_alias=True), encoding="utf-8")

    return rewrite
