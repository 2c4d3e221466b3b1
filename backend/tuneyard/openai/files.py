"""Files over datasets: what is uploaded here is a dataset of the workspace, and every dataset can be learned from."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tuneyard.datasets.models import Dataset, DatasetStatus, Upload
from tuneyard.jobs import service as jobs
from tuneyard.jobs.models import Job, JobStatus
from tuneyard.kit.errors import NotFound
from tuneyard.kit.storage import Store
from tuneyard.openai import repository, results
from tuneyard.openai.errors import ResultOfJob
from tuneyard.openai.files_schemas import FilesQuery, FileStatus, OpenAIFile, Purpose
from tuneyard.openai.lists import age_of
from tuneyard.openai.models import FineTuning
from tuneyard.specs.events import JobError

STATUSES = {
    DatasetStatus.PROCESSING: FileStatus.UPLOADED,
    DatasetStatus.READY: FileStatus.PROCESSED,
    DatasetStatus.FAILED: FileStatus.ERROR,
}


LEFT_OUT = ("rejected_lines", "not_a_conversation")
"""Findings about lines that nothing is learned from."""


def page(session: Session, workspace_id: str, query: FilesQuery) -> list[OpenAIFile]:
    """Files by age, one more than asked for if there are so many."""
    after, ascending, limit = age_of(query.after) if query.after else None, query.order == "asc", query.limit + 1
    found: list[OpenAIFile] = []
    if query.purpose in (None, Purpose.FINE_TUNE):
        uploads = repository.files(session, workspace_id, after, limit, ascending=ascending)
        found += [file_read(*each) for each in uploads]
    if query.purpose in (None, Purpose.RESULTS):
        done = repository.fine_tunings(session, workspace_id, after, limit, ascending=ascending, succeeded=True)
        found += _results(session, workspace_id, done)
    return sorted(found, key=lambda file: age_of(file.id), reverse=not ascending)[:limit]


def get(session: Session, workspace_id: str, file_id: str) -> OpenAIFile:
    """One file. Raises NotFound."""
    done = _of_result(session, workspace_id, file_id)
    if done is not None:
        return _results(session, workspace_id, [done])[0]
    return file_read(*_dataset(session, workspace_id, file_id))


def delete(session: Session, store: Store, workspace_id: str, file_id: str) -> None:
    """Delete the dataset. Raises NotFound, DatasetInUse, ResultOfJob."""
    if _of_result(session, workspace_id, file_id) is not None:
        raise ResultOfJob(f"The file '{file_id}' can't be deleted.")
    _dataset(session, workspace_id, file_id)
    jobs.remove_dataset(session, store, workspace_id, file_id)


def upload(session: Session, workspace_id: str, file_id: str) -> Upload:
    """The bytes as they came. Raises NotFound."""
    return _dataset(session, workspace_id, file_id)[1]


def result(session: Session, workspace_id: str, file_id: str) -> bytes | None:
    """The figures of a job as CSV; None if it is a file of another kind. Raises NotFound."""
    done = _of_result(session, workspace_id, file_id)
    if done is None:
        return None
    job_id = done[1].id
    return results.table(repository.metrics(session, workspace_id, [job_id])[job_id])


def file_read(dataset: Dataset, upload: Upload, findings: Iterable[dict[str, Any]] = ()) -> OpenAIFile:
    """`findings` are those of the newest version."""
    error = JobError.model_validate(dataset.error) if dataset.error and not dataset.latest_version else None
    told = [error.message, error.hint] if error else [each["message"] for each in findings if each["code"] in LEFT_OUT]
    return OpenAIFile(
        id=dataset.id,
        bytes=upload.bytes,
        created_at=seconds(upload.created_at),
        filename=upload.filename,
        purpose=Purpose.FINE_TUNE,
        status=STATUSES[dataset.status],
        status_details=" ".join(filter(None, told)) or None,
    )


def seconds(at: datetime) -> int:
    """Since 1970."""
    return int(at.timestamp())


def _results(session: Session, workspace_id: str, done: list[tuple[FineTuning, Job | None]]) -> list[OpenAIFile]:
    sizes = _sizes(session, workspace_id, [job for _, job in done if job])
    return [
        OpenAIFile(
            id=results.file_id(fine_tuning),
            bytes=sizes[job.id],
            created_at=seconds(job.finished_at or job.created_at),
            filename=f"{fine_tuning.id}-metrics.csv",
            purpose=Purpose.RESULTS,
            status=FileStatus.PROCESSED,
            status_details=None,
        )
        for fine_tuning, job in done
        if job
    ]


def _sizes(session: Session, workspace_id: str, done: list[Job]) -> dict[str, int]:
    """Of the figures of each job. Those of jobs that ended before the size was kept are read."""
    kept = {job.id: job.result[results.SIZE] for job in done if job.result and results.SIZE in job.result}
    others = [job.id for job in done if job.id not in kept]
    measured = repository.metrics(session, workspace_id, others) if others else {}
    return kept | {job_id: len(results.table(figures)) for job_id, figures in measured.items()}


def _of_result(session: Session, workspace_id: str, file_id: str) -> tuple[FineTuning, Job] | None:
    wanted = results.fine_tuning_id(file_id)
    if wanted is None:
        return None
    found = repository.fine_tuning(session, workspace_id, wanted)
    if found is None or found[1] is None or found[1].status != JobStatus.SUCCEEDED:
        raise _unknown(file_id)
    return found[0], found[1]


def _dataset(session: Session, workspace_id: str, file_id: str) -> repository.File:
    found = repository.file(session, workspace_id, file_id)
    if found is None:
        raise _unknown(file_id)
    return found


def _unknown(file_id: str) -> NotFound:
    return NotFound(f"There is no file '{file_id}'.", param="file_id")
