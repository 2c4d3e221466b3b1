"""Writes the job directory's `spec.json`: what was asked for, with the paths of this machine."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from tuneyard.base_models import service as base_models
from tuneyard.datasets import service as datasets
from tuneyard.jobs import service as jobs
from tuneyard.jobs.leases import Lease
from tuneyard.jobs.models import Job
from tuneyard.kit.services import Services
from tuneyard.predictions import service as predictions
from tuneyard.registry import service as registry
from tuneyard.specs.base import Spec
from tuneyard.specs.job import (
    FINE_TUNE_SPEC,
    BatchPredictSpec,
    Budget,
    DatasetRef,
    IngestSpec,
    JobKind,
    ReadingOptions,
    WriterRef,
)
from tuneyard.specs.manifest import ModelManifest
from tuneyard.specs.repairs import RepairRequest
from tuneyard.specs.tasks import Role, Task
from tuneyard_worker.checkpoint_store import checkpoints_key
from tuneyard_worker.exporters.decoder_files import made_graph
from tuneyard_worker.serving.artifact import open_artifact
from tuneyard_worker.serving.writing.sources import version_source


def prepare(services: Services, lease: Lease, directory: Path) -> float:
    """Write the spec of the attempt; the longest time in seconds it may take."""
    with services.database.workspace(lease.workspace_id) as session:
        job = jobs.get(session, lease.workspace_id, lease.job_id)
        spec = BUILDERS[lease.kind](services, session, job, directory / "inputs")
    (directory / "spec.json").write_text(spec.model_dump_json(indent=2, by_alias=True), encoding="utf-8")
    settings = services.settings
    return float(settings.parser_timeout_seconds) if lease.kind == JobKind.INGEST else settings.job_seconds


def _ingest(services: Services, session: Session, job: Job, inputs: Path) -> Spec:
    upload = datasets.get_upload(session, job.workspace_id, job.spec["upload_id"])
    settings = services.settings
    return IngestSpec(
        job_id=job.id,
        path=services.store.lend(upload.storage_key, inputs),
        filename=upload.filename,
        options=ReadingOptions.model_validate(job.spec.get("options") or {}),
        repairs=_repairs(services, session, job, inputs),
        budget=Budget(threads=settings.threads, memory_bytes=settings.parser_memory_bytes),
    )


def _repairs(services: Services, session: Session, job: Job, inputs: Path) -> RepairRequest | None:
    asked = job.spec.get("repairs")
    if asked is None:
        return None
    version = datasets.get_version_by_id(session, job.workspace_id, asked["version_id"])
    folder = services.store.lend(version.storage_key, inputs)
    return RepairRequest(version=folder, number=version.number, repairs=asked["repairs"])


def _fine_tune(services: Services, session: Session, job: Job, inputs: Path) -> Spec:
    settings = services.settings
    validation = job.validation_version_id
    previous = registry.newest_version(session, job.workspace_id, job.spec["name"])
    same_task = previous is not None and (
        _asked(ModelManifest.model_validate(previous.manifest)) == (job.spec["task"], job.spec["columns"].get("label"))
    )
    more = {"validation": _dataset(services, session, job, validation, inputs)} if validation else {}
    return FINE_TUNE_SPEC.validate_python(
        {
            "job_id": job.id,
            "task": job.spec["task"],
            "columns": job.spec["columns"],
            "dataset": _dataset(services, session, job, job.dataset_version_id or "", inputs),
            "base_model": base_models.ref(services.store, job.spec["base_model"], inputs),
            "preset": job.spec["preset"],
            "hyperparameters": job.spec["hyperparameters"],
            "seed": job.spec["seed"],
            "budget": Budget(
                threads=settings.threads,
                memory_bytes=None,
                disk_bytes=settings.job_disk_bytes,
                checkpoint_seconds=settings.checkpoint_seconds,
                batch_parts=job.batch_parts,
            ),
            "earlier": services.store.lend(checkpoints_key(job.workspace_id, job.id), inputs),
            "previous": services.store.lend(previous.storage_key, inputs) if previous and same_task else None,
            "previous_name": f"version {previous.number}" if previous and same_task else None,
        }
        | more
    )


def _dataset(services: Services, session: Session, job: Job, version_id: str, inputs: Path) -> DatasetRef:
    version = datasets.get_version_by_id(session, job.workspace_id, version_id)
    return DatasetRef(
        version_id=version.id,
        name=datasets.get(session, job.workspace_id, version.dataset_id).name,
        number=version.number,
        rows=version.rows,
        sha256=version.sha256,
        path=services.store.lend(f"{version.storage_key}/data.parquet", inputs),
    )


def _batch_predict(services: Services, session: Session, job: Job, inputs: Path) -> Spec:
    batch = predictions.batch_inputs(session, job.workspace_id, job.spec["batch_id"])
    store, settings = services.store, services.settings
    writes = batch.task is Task.TEXT_GENERATION
    files = f"{batch.model_storage_key}/manifest.json" if writes else batch.model_storage_key
    model = store.lend(files, inputs)
    return BatchPredictSpec(
        job_id=job.id,
        path=store.lend(batch.input_key, inputs),
        filename=batch.filename,
        model=model.parent if writes else model,
        text_columns=batch.text_columns,
        writer=_writer(services, batch.model_storage_key, inputs) if writes else None,
        answer_length=batch.answer_length,
        earlier=store.lend(checkpoints_key(job.workspace_id, job.id), inputs) if writes else None,
        budget=Budget(
            threads=settings.threads,
            memory_bytes=None,
            disk_bytes=settings.job_disk_bytes if writes else None,
            checkpoint_seconds=settings.checkpoint_seconds,
        ),
    )


def _writer(services: Services, key: str, inputs: Path) -> WriterRef:
    """As serving runs it on the processor, by the graph that it has made if it is on this machine."""
    source = version_source(services.store, open_artifact(services.store, key), None, inputs)
    graph = made_graph(services.settings.graph_dir, source.weights_sha256)
    return WriterRef(
        texts=source.bring_text_files(),
        weights=None if graph else source.bring_weights(),
        graph=graph,
        adapter=source.bring_adapter() if source.bring_adapter else None,
        memory_bytes=services.settings.serving_memory_bytes,
    )


def _asked(manifest: ModelManifest) -> tuple[str, object]:
    return manifest.task.value, manifest.columns.get(Role.LABEL)


BUILDERS: dict[JobKind, Callable[[Services, Session, Job, Path], Spec]] = {
    JobKind.INGEST: _ingest,
    JobKind.FINE_TUNE: _fine_tune,
    JobKind.BATCH_PREDICT: _batch_predict,
}
