"""The artifact: weights for `transformers`, graphs for ONNX Runtime, model card, manifest."""

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tuneyard.specs.evaluation import Evaluation
from tuneyard.specs.job import TextClassificationSpec
from tuneyard.specs.manifest import BaseModelLineage, DatasetLineage, ModelManifest, ServingEngine
from tuneyard_worker.evaluators.model_card import write_model_card
from tuneyard_worker.exporters.encoder_graph import MEAN_WEIGHT
from tuneyard_worker.exporters.onnx_folder import write_onnx
from tuneyard_worker.exporters.trained_model import TrainedModel
from tuneyard_worker.exporters.transformers_folder import write_transformers
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.lesson import Lesson
from tuneyard_worker.trainers.outcome import Outcome

# The weights for `transformers`, the graph of the encoder and the graph of the whole.
COPIES_OF_WEIGHTS = 3
LIBRARIES = ("torch", "transformers", "tokenizers", "numpy", "onnx", "onnxruntime", "safetensors", "tuneyard")


def artifact_bytes(outcome: Outcome) -> int:
    """About how much room the artifact takes."""
    weights: int = sum(tensor.nbytes for tensor in outcome.base.encoder.state_dict().values())
    return COPIES_OF_WEIGHTS * weights


def export(artifact: Path, outcome: Outcome, lesson: Lesson) -> tuple[TrainedModel, ServingEngine]:
    """Write what the serving process needs, so that the exam can be taken through it."""
    encoder = outcome.base.encoder.cpu()
    model = TrainedModel(
        base=outcome.base.folder,
        layout=outcome.base.family.layout,
        config=encoder.config.to_dict(),
        encoder=dict(encoder.state_dict()),
        head=dict(outcome.head.state_dict()),
        mean_weight=MEAN_WEIGHT,
        labels=lesson.labels,
        max_length=lesson.max_length,
        pad_token_id=outcome.base.pad_token_id,
    )
    return model, write_onnx(artifact, model)


def package(
    spec: TextClassificationSpec,
    job: JobDirectory,
    lesson: Lesson,
    outcome: Outcome,
    model: TrainedModel,
    serving: ServingEngine,
    evaluation: Evaluation,
    compute: Compute,
    seconds: float,
) -> None:
    """Write the rest of the artifact, the manifest last. `seconds` is what preparing and teaching took."""
    write_transformers(job.artifact, model)
    device = compute.describe()
    manifest = ModelManifest(
        job_id=spec.job_id,
        created_at=datetime.now(UTC),
        task=spec.task,
        columns=spec.columns,
        labels=lesson.labels,
        dataset=DatasetLineage(**spec.dataset.model_dump(exclude={"path"})),
        base_model=BaseModelLineage(**spec.base_model.model_dump(exclude={"path"})),
        preset=spec.preset,
        hyperparameters=spec.hyperparameters,
        seed=spec.seed,
        splits=lesson.splits.counts,
        chosen=outcome.chosen,
        metrics=metrics(evaluation, seconds),
        device=device.message,
        device_saying=device.apart,
        libraries={name: version(name) for name in LIBRARIES},
        serving=serving,
        files=[],
    )
    write_model_card(job.artifact, manifest, evaluation)
    job.write_manifest(manifest.model_copy(update={"files": job.files()}))


def metrics(evaluation: Evaluation, seconds: float) -> dict[str, float]:
    """The numbers to sort models by."""
    return {
        "accuracy": evaluation.accuracy.value,
        "macro_f1": evaluation.macro.f1,
        "weighted_f1": evaluation.weighted.f1,
        "held_out_rows": evaluation.rows,
        "train_seconds": round(seconds, 1),
    }
