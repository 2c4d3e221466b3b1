"""What can be done with batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import structlog
from sqlalchemy.orm import Session

from tuneyard.deployments import service as deployments
from tuneyard.deployments.models import Deployment
from tuneyard.deployments.service import Announce
from tuneyard.jobs import service as jobs
from tuneyard.jobs.models import TERMINAL, Job, JobStatus
from tuneyard.kit.errors import NotFound
from tuneyard.kit.pagination import PageRequest
from tuneyard.kit.queue import Doorbell, Queue
from tuneyard.kit.references import discard, item_of
from tuneyard.kit.storage import Store
from tuneyard.predictions import repository
from tuneyard.predictions.errors import BatchNotFinished, UnsupportedParameter
from tuneyard.predictions.models import Batch
from tuneyard.predictions.schemas import BatchFields
from tuneyard.registry import service as registry
from tuneyard.registry.errors import ArtifactDamaged
from tuneyard.specs.job import JobKind
from tuneyard.specs.tasks import Task

log = structlog.get_logger()

# To write takes hours, and nobody should wait so long for a file to be read.
QUEUES = {Task.TEXT_CLASSIFICATION: Queue.DATA, Task.TEXT_GENERATION: Queue.TRAIN}


@dataclass(frozen=True)
class BatchState:
    """A batch with the name of its deployment and the job that works on it."""

    batch: Batch
    deployment: str
    job: Job


@dataclass(frozen=True)
class BatchInputs:
    """What the worker needs for a batch; the keys are those of the store."""

    input_key: str
    filename: str
    model_storage_key: str
    task: Task
    text_columns: list[str] | None
    answer_length: int | None


def folder_key(workspace_id: str, batch_id: str) -> str:
    """Where everything of a batch lies in the store."""
    return f"batches/{workspace_id}/{batch_id}"


def kept_bytes(store: Store, workspace_id: str) -> int:
    """Of the batches of a workspace: what was sent, and the results."""
    return sum(file.bytes for file in store.files(f"batches/{workspace_id}"))


def create_batch(
    session: Session,
    doorbell: Doorbell,
    workspace_id: str,
    name: str,
    *,
    batch_id: str,
    input_key: str,
    filename: str,
    fields: BatchFields,
) -> BatchState:
    """A queued job that gives every row of the stored file the answer of the deployment's main version."""
    deployment = deployments.live(session, workspace_id, name)
    main = max(deployment.routes, key=lambda route: route.weight)
    if fields.answer_length is not None and main.task != Task.TEXT_GENERATION:
        raise UnsupportedParameter(
            f"The model of '{name}' does not write, so its answers have no length.",
            param="answer_length",
            hint="Leave it out.",
        )
    version_id = main.model_version_id
    job = jobs.submit(
        session,
        doorbell,
        workspace_id=workspace_id,
        kind=JobKind.BATCH_PREDICT,
        name=filename,
        spec={"batch_id": batch_id, "task": main.task, **fields.model_dump()},
        queue=QUEUES[Task(main.task)],
    )
    batch = Batch(
        id=batch_id,
        workspace_id=workspace_id,
        deployment_id=deployment.deployment_id,
        model_version_id=version_id,
        job_id=job.id,
        filename=filename,
        input_key=input_key,
        result_key=None,
    )
    session.add(batch)
    session.flush()
    session.refresh(batch)
    return BatchState(batch, name, job)


def page(
    session: Session, workspace_id: str, name: str, request: PageRequest
) -> tuple[Sequence[BatchState], str | None]:
    """Batches of a deployment, newest first."""
    deployment = deployments.find(session, workspace_id, name)
    batches, cursor = repository.page(session, workspace_id, deployment.id, request)
    found = repository.jobs(session, workspace_id, [batch.job_id for batch in batches])
    return [BatchState(batch, deployment.name, found[batch.job_id]) for batch in batches], cursor


def get(session: Session, workspace_id: str, batch_id: str) -> BatchState:
    """One batch."""
    batch = _found(repository.get(session, workspace_id, batch_id), batch_id)
    names = repository.deployment_names(session, workspace_id, [batch.deployment_id])
    return BatchState(batch, names[batch.deployment_id], jobs.get(session, workspace_id, batch.job_id))


def result(session: Session, store: Store, workspace_id: str, batch_id: str) -> tuple[Path, str]:
    """The file with predictions, and its name for whoever saves it. Raises BatchNotFinished."""
    state = get(session, workspace_id, batch_id)
    if state.job.status != JobStatus.SUCCEEDED or state.batch.result_key is None:
        reason = f": {state.job.error['message']}" if state.job.error else "."
        raise BatchNotFinished(f"There is no result; the batch is {state.job.status}{reason}")
    path = _result_file(store.path(state.batch.result_key))
    return path, f"{PurePath(state.batch.filename).stem}-predictions{path.suffix}"


def batch_inputs(session: Session, workspace_id: str, batch_id: str) -> BatchInputs:
    """For the worker: what to read and with which model."""
    batch = _found(repository.get(session, workspace_id, batch_id), batch_id)
    job = jobs.get(session, workspace_id, batch.job_id)
    found = registry.get_version_by_id(session, workspace_id, batch.model_version_id)
    return BatchInputs(
        input_key=batch.input_key,
        filename=batch.filename,
        model_storage_key=found.version.storage_key,
        task=found.model.task,
        text_columns=job.spec.get("text_columns"),
        answer_length=job.spec.get("answer_length"),
    )


def complete_batch(session: Session, *, workspace_id: str, job_id: str, result_key: str) -> None:
    """For the worker: `result_key` is the result's file, or the folder with a `result.csv` or `result.xlsx`."""
    batch = repository.of_job(session, workspace_id, job_id)
    if batch is None:
        log.info("batch.gone", job_id=job_id)
        return
    batch.result_key = result_key
    session.flush()


def delete_deployment(session: Session, announce: Announce, store: Store, workspace_id: str, name: str) -> None:
    """Remove a deployment with its batches: their jobs are stopped, their files removed."""
    deployment: Deployment = deployments.find(session, workspace_id, name)
    batches = repository.of_deployment(session, workspace_id, deployment.id)
    for job in repository.jobs(session, workspace_id, [batch.job_id for batch in batches]).values():
        if job.status not in TERMINAL:
            jobs.cancel(session, workspace_id, job.id)
    deployments.delete(session, announce, workspace_id, name)
    keys = {item_of(key) for batch in batches for key in (batch.input_key, batch.result_key) if key}
    discard(session, store, keys)


def _result_file(path: Path) -> Path:
    if path.is_dir():
        path = next(iter(sorted(path.glob("result.*"))), path)
    if not path.is_file():
        raise ArtifactDamaged("The result of this batch is missing in the store.", hint="Send the file again.")
    return path


def _found(batch: Batch | None, batch_id: str) -> Batch:
    if batch is None:
        raise NotFound(f"There is no batch '{batch_id}'.")
    return batch
