"""Takes over what an attempt made: the artifact into the store, its rows into the domains."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tuneyard.datasets import service as datasets
from tuneyard.evaluations import service as evaluations
from tuneyard.jobs import service as jobs
from tuneyard.jobs.leases import Lease
from tuneyard.kit.services import Services
from tuneyard.openai import fine_tuning
from tuneyard.predictions import service as predictions
from tuneyard.registry import service as registry
from tuneyard.specs.dataset import Profile
from tuneyard.specs.events import JobError
from tuneyard.specs.generation_evaluation import EVALUATION, AnyEvaluation
from tuneyard.specs.job import JobKind
from tuneyard.specs.manifest import FileManifest, ModelManifest

Recorded = tuple[dict[str, Any], dict[str, float] | None]


@dataclass(frozen=True)
class Published:
    """An artifact in the store that no row points to yet."""

    record: Callable[[Session], Recorded]


def publish(services: Services, lease: Lease, directory: Path) -> Published:
    """Move `artifact/` into the store; `record` then writes its rows within the transaction that ends the job."""
    artifact = directory / "artifact"
    read, _, recorder = KINDS[lease.kind]
    facts = read(artifact)
    key = artifact_key(lease)
    services.store.publish(artifact, key)
    return Published(lambda session: recorder(services, session, lease, key, facts))


def clear_unpublished(services: Services, lease: Lease) -> None:
    """Remove what an attempt put into the store and did not live to record; a job with a record is never claimed."""
    folder = _folder(lease)
    left = [name for name in services.store.names(folder) if name.startswith(f"{lease.job_id}-")]
    services.store.delete(f"{folder}/{name}" for name in left)


def artifact_key(lease: Lease) -> str:
    """Where the attempt's artifact goes in the store."""
    return f"{_folder(lease)}/{lease.job_id}-{lease.attempt}"


def _folder(lease: Lease) -> str:
    """Key of the folder in the store that takes the artifacts of such jobs."""
    return f"{KINDS[lease.kind][1]}/{lease.workspace_id}"


def forget(services: Services, session: Session, lease: Lease, error: JobError) -> None:
    """Tell the domain that waits for a result that there will be none."""
    job = jobs.get(session, lease.workspace_id, lease.job_id)
    if lease.kind == JobKind.INGEST and job.dataset_id is not None:
        datasets.ingest_failed(session, workspace_id=lease.workspace_id, dataset_id=job.dataset_id, error=error)
        fine_tuning.file_read(session, services, lease.workspace_id, job.dataset_id)


def _read_dataset(artifact: Path) -> tuple[Profile, FileManifest]:
    profile = Profile.model_validate_json((artifact / "profile.json").read_bytes())
    return profile, FileManifest.model_validate_json((artifact / "manifest.json").read_bytes())


def _record_dataset(services: Services, session: Session, lease: Lease, key: str, facts: Any) -> Recorded:
    profile, manifest = facts
    job = jobs.get(session, lease.workspace_id, lease.job_id)
    version = datasets.publish_version(
        session,
        workspace_id=lease.workspace_id,
        dataset_id=job.dataset_id or "",
        upload_id=job.spec["upload_id"],
        storage_key=key,
        profile=profile,
        sha256=next(file.sha256 for file in manifest.files if file.path == "data.parquet"),
    )
    fine_tuning.file_read(session, services, lease.workspace_id, version.dataset_id)
    return {"dataset_version_id": version.id, "dataset_version": version.number}, None


def _read_model(artifact: Path) -> tuple[ModelManifest, str, AnyEvaluation]:
    raw = (artifact / "manifest.json").read_bytes()
    evaluation = EVALUATION.validate_json((artifact / "evaluation" / "evaluation.json").read_bytes())
    return ModelManifest.model_validate_json(raw), hashlib.sha256(raw).hexdigest(), evaluation


def _record_model(services: Services, session: Session, lease: Lease, key: str, facts: Any) -> Recorded:
    manifest, sha256, evaluation = facts
    version = registry.publish_version(
        session,
        workspace_id=lease.workspace_id,
        model_name=lease.name,
        job_id=lease.job_id,
        storage_key=key,
        manifest=manifest,
        manifest_sha256=sha256,
    )
    evaluations.record(session, workspace_id=lease.workspace_id, model_version_id=version.id, evaluation=evaluation)
    kept = fine_tuning.published(session, services, lease.workspace_id, lease.job_id, version.id)
    result = {"model_version_id": version.id, "model_id": version.model_id, "version": version.number}
    return result | kept, manifest.metrics


def _read_batch(artifact: Path) -> FileManifest:
    return FileManifest.model_validate_json((artifact / "manifest.json").read_bytes())


def _record_batch(_: Services, session: Session, lease: Lease, key: str, facts: Any) -> Recorded:
    file = next(file.path for file in facts.files if file.path.startswith("result."))
    predictions.complete_batch(
        session, workspace_id=lease.workspace_id, job_id=lease.job_id, result_key=f"{key}/{file}"
    )
    return {"file": file}, None


KINDS: dict[JobKind, tuple[Callable[[Path], Any], str, Callable[[Services, Session, Lease, str, Any], Recorded]]] = {
    JobKind.INGEST: (_read_dataset, "datasets", _record_dataset),
    JobKind.FINE_TUNE: (_read_model, "models", _record_model),
    JobKind.BATCH_PREDICT: (_read_batch, "batches", _record_batch),
}
