"""Published model versions for tests: small files, everything else as the worker leaves it."""

import functools
import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from workspaces import WorkspaceUnderTest, services

from tuneyard.evaluations import service as evaluations
from tuneyard.jobs import service as jobs
from tuneyard.kit.queue import Queue
from tuneyard.registry import service as registry
from tuneyard.specs.evaluation import Evaluation
from tuneyard.specs.generation_evaluation import GenerationEvaluation
from tuneyard.specs.hyperparameters import Preset, TextClassificationHyperparameters
from tuneyard.specs.job import JobKind
from tuneyard.specs.manifest import (
    BaseModelLineage,
    Chosen,
    DatasetLineage,
    FileEntry,
    ModelManifest,
    ServingEngine,
    SplitCounts,
)
from tuneyard.specs.tasks import Role, Task

LABELS = ["billing", "refund", "shipping"]
Prediction = tuple[int, str, str, str, float]
# Row, text, label, predicted, score.
HELD_OUT: list[Prediction] = [
    (3, "Where is my invoice?", "billing", "billing", 0.99),
    (7, "I want my money back", "refund", "refund", 0.91),
    (9, "You charged me twice", "refund", "billing", 0.62),
    (12, "My invoice shows a refund", "refund", "billing", 0.88),
    (15, "The parcel is late", "shipping", "shipping", 0.75),
    (21, "Refund the parcel", "shipping", "refund", 0.55),
]
METRICS = {"accuracy": 0.5, "macro_f1": 0.5, "held_out_rows": 6.0}


@dataclass(frozen=True)
class PublishedVersion:
    """A version in the database and the store."""

    id: str
    model_id: str
    number: int
    job_id: str
    path: Path

    @property
    def url(self) -> str:
        return f"/api/v1/models/{self.model_id}/versions/{self.number}"


Deploy = Callable[..., PublishedVersion]


def publish(
    workspace: WorkspaceUnderTest,
    name: str = "tickets",
    *,
    columns: list[str] | None = None,
    weights: bytes = b"weights",
    evaluated: bool = True,
    held_out: list[Prediction] = HELD_OUT,
) -> PublishedVersion:
    """The next version of the model `name`."""

    def write(folder: Path, job_id: str) -> ModelManifest:
        return write_artifact(folder, job_id, columns or ["body"], weights, held_out)

    return publish_artifact(workspace, name, write, evaluation() if evaluated else None)


def publish_artifact(
    workspace: WorkspaceUnderTest,
    name: str,
    write: Callable[[Path, str], ModelManifest],
    found: Evaluation | GenerationEvaluation | None,
) -> PublishedVersion:
    """What `write` leaves in a folder for the id of a job, as the next version of the model."""
    own = services(workspace.app)
    with own.database.workspace(workspace.id) as session:
        job = jobs.submit(
            session,
            own.doorbell,
            workspace_id=workspace.id,
            kind=JobKind.FINE_TUNE,
            name=name,
            spec={},
            queue=Queue.TRAIN,
        )
        key = f"models/{workspace.id}/{job.id}-1"
        folder = own.store.path(key)
        manifest = write(folder, job.id)
        version = registry.publish_version(
            session,
            workspace_id=workspace.id,
            model_name=name,
            job_id=job.id,
            storage_key=key,
            manifest=manifest,
            manifest_sha256=sha256(folder / "manifest.json"),
        )
        if found is not None:
            evaluations.record(session, workspace_id=workspace.id, model_version_id=version.id, evaluation=found)
    return PublishedVersion(version.id, version.model_id, version.number, job.id, folder)


def write_artifact(
    folder: Path, job_id: str, columns: list[str], weights: bytes, held_out: list[Prediction]
) -> ModelManifest:
    """Every file that an artifact has; the weights are not a model's."""
    contents = {
        "model/config.json": b"{}",
        "model/model.safetensors": weights,
        "model/tokenizer.json": b'{"tokenizer": 1}',
        "onnx/model.onnx": b"graph",
        "onnx/encoder.onnx": b"encoder",
        "onnx/encoder.onnx.data": b"encoder weights",
        "onnx/head.onnx": b"head",
        "onnx/tokenizer.json": b'{"tokenizer": 1}',
        "onnx/labels.json": json.dumps(LABELS).encode(),
        "evaluation/evaluation.json": evaluation().model_dump_json(by_alias=True).encode(),
        "README.md": "# tickets – modèle\n".encode(),
        "README.zh-CN.md": "# 工单\n".encode(),
    }
    for path, content in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    (folder / "evaluation" / "predictions.parquet").write_bytes(predictions(tuple(held_out)))
    files = [
        FileEntry(path=path.relative_to(folder).as_posix(), sha256=sha256(path), bytes=path.stat().st_size)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    manifest = manifest_of(job_id, columns, files)
    (folder / "manifest.json").write_text(manifest.model_dump_json(by_alias=True), encoding="utf-8")
    return manifest


@functools.cache
def predictions(held_out: tuple[Prediction, ...]) -> bytes:
    """As the worker writes them to the artifact, in Parquet."""
    values = ", ".join(["(?, ?, ?, ?, ?)"] * len(held_out))
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as database:
        path = Path(folder) / "predictions.parquet"
        database.execute(
            f"COPY (SELECT *, [0.1, 0.2, 0.7]::DOUBLE[] AS scores FROM (VALUES {values}) "
            f"AS held_out(row, text, label, predicted, score)) TO '{path}' (FORMAT parquet)",
            [cell for row in held_out for cell in row],
        )
        return path.read_bytes()


def manifest_of(job_id: str, columns: list[str], files: list[FileEntry]) -> ModelManifest:
    return ModelManifest(
        job_id=job_id,
        created_at=datetime.now(UTC),
        task=Task.TEXT_CLASSIFICATION,
        columns={Role.TEXT: columns, Role.LABEL: "category"},
        labels=LABELS,
        dataset=DatasetLineage(version_id="dv_1", name="support-tickets", number=2, rows=400, sha256="ab"),
        base_model=BaseModelLineage(
            id="minilm", name="all-MiniLM-L6-v2", sha256="cd", licence="Apache-2.0", source="wheel:x"
        ),
        preset=Preset.FAST,
        hyperparameters=TextClassificationHyperparameters(),
        seed=0,
        splits=SplitCounts(train=300, validation=40, test=60, how="20 % of the rows, evenly from every class"),
        chosen=Chosen(tuning="head", reason="the preset", validation_accuracy=0.5, epochs=3),
        metrics=METRICS,
        device="cpu, 2 threads, float32",
        libraries={"torch": "2"},
        serving=ServingEngine(
            encoder="onnx/encoder.onnx",
            encoder_sha256="ef",
            head="onnx/head.onnx",
            head_sha256="01",
            tokenizer="onnx/tokenizer.json",
            max_length=128,
            pad_token_id=0,
        ),
        files=files,
    )


def evaluation() -> Evaluation:
    averages = {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    interval = {"value": 0.5, "low": 0.2, "high": 0.8}
    return Evaluation.model_validate(
        {
            "rows": 6,
            "correct": 3,
            "accuracy": interval,
            "macro": averages,
            "weighted": averages,
            "per_class": [{"label": label, **averages, "support": 2} for label in LABELS],
            "labels": LABELS,
            "confusion": [[1, 0, 0], [2, 1, 0], [0, 1, 1]],
            "calibration": {"expected_error": 0.1, "bins": []},
            "baselines": [
                {
                    "kind": "majority",
                    "name": "always answering 'refund'",
                    "accuracy": interval,
                    "macro_f1": 0.2,
                    "difference": {"value": 0.0, "low": -0.4, "high": 0.4},
                }
            ],
            "verdict": {"en": "Right half of the time.", "zh-CN": "一半正确。", "level": "similar"},
            "seed": 0,
        }
    )


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
