"""Routes of batches: a file in, the same file with predictions out."""

from dataclasses import replace

from anyio import CancelScope
from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.auth.repeating import ManualOnceDep, Once
from tuneyard.datasets import service as datasets
from tuneyard.datasets.errors import MissingFile
from tuneyard.datasets.receiving import Allowance, ReceivedForm, received_form
from tuneyard.datasets.schemas import form_schema
from tuneyard.deployments import service as deployments
from tuneyard.kit.db import after_commit
from tuneyard.kit.ids import new_id
from tuneyard.kit.pagination import Page, PageQuery
from tuneyard.kit.services import Services, ServicesDep
from tuneyard.kit.web import UNCOUNTED, documented
from tuneyard.predictions import service
from tuneyard.predictions.schemas import BatchFields, BatchRead
from tuneyard.predictions.service import BatchState

# Files are counted as they stream in, against the limits of the settings.
router = APIRouter(max_body_size=UNCOUNTED)
READ = [Depends(requires(Scope.READ))]
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.post(
    "/deployments/{name}/batches",
    summary="Predict every row of a file",
    status_code=202,
    response_model=BatchRead,
    dependencies=[Depends(requires(Scope.PREDICT))],
    responses=documented(404, 409, 413, 507),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": form_schema(BatchFields, file_required=True)}},
        }
    },
)
async def create_batch(
    name: str, request: Request, caller: CallerDep, services: ServicesDep, once: ManualOnceDep
) -> BatchRead:
    """A job; its result is the same file with columns added, every row in its place.

    `prediction` and `confidence` of a classifier; of a model that writes `prediction` and `finish`, which is `stop`, or
    `length` where the answer was cut. Where something is wrong with a row, `note` says what.
    """
    allowance = await run_in_threadpool(_allowance, services, caller.workspace_id, name, once)
    batch_id = new_id("batch")
    folder = service.folder_key(caller.workspace_id, batch_id)
    created = False
    try:
        async with received_form(request, services.store, f"{folder}/input", allowance) as form:
            made = await run_in_threadpool(_create, services, caller.workspace_id, name, batch_id, form, once)
            created = True
    finally:
        if not created:
            with CancelScope(shield=True):
                await run_in_threadpool(services.store.delete, [folder])
    return made


@router.get(
    "/deployments/{name}/batches",
    summary="List the batches of a deployment",
    response_model=Page[BatchRead],
    dependencies=READ,
    responses=documented(404),
)
def list_batches(name: str, page: PageQuery, caller: CallerDep, session: SessionDep) -> Page[BatchRead]:
    found, cursor = service.page(session, caller.workspace_id, name, page)
    return Page(data=[batch_read(state) for state in found], next_cursor=cursor)


@router.get(
    "/batches/{batch_id}",
    summary="Show a batch",
    response_model=BatchRead,
    dependencies=READ,
    responses=documented(404),
)
def get_batch(batch_id: str, caller: CallerDep, session: SessionDep) -> BatchRead:
    return batch_read(service.get(session, caller.workspace_id, batch_id))


@router.get(
    "/batches/{batch_id}/result",
    summary="Download the result of a batch",
    response_class=FileResponse,
    dependencies=READ,
    responses={
        **documented(404, 409),
        200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "The finished file."},
    },
)
def get_result(batch_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep) -> FileResponse:
    """409 until the batch has succeeded."""
    path, filename = service.result(session, services.store, caller.workspace_id, batch_id)
    return FileResponse(path, media_type=MEDIA_TYPES.get(path.suffix), filename=filename)


def batch_read(state: BatchState) -> BatchRead:
    batch, job = state.batch, state.job
    return BatchRead.model_validate(
        {
            "id": batch.id,
            "deployment": state.deployment,
            "model_version_id": batch.model_version_id,
            "job_id": batch.job_id,
            "filename": batch.filename,
            "status": job.status,
            "progress": job.progress,
            "error": job.error,
            "created_at": batch.created_at,
        }
    )


def _allowance(services: Services, workspace_id: str, name: str, once: Once) -> Allowance:
    with services.database.workspace(workspace_id) as session:
        if once.first is None:
            deployments.live(session, workspace_id, name)
        allowance = datasets.allowance(session, services.settings, workspace_id)
    # What is sent again is looked at, and not kept.
    used = 0 if once.first else allowance.used_bytes + service.kept_bytes(services.store, workspace_id)
    return replace(allowance, used_bytes=used)


def _create(
    services: Services, workspace_id: str, name: str, batch_id: str, form: ReceivedForm, once: Once
) -> BatchRead:
    once.identify(form.identity)
    try:
        fields = BatchFields.model_validate(form.fields)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_context=False)) from error
    if form.file is None:
        raise MissingFile("There is no file in the form.", param="file")
    with services.database.workspace(workspace_id) as session:
        after_commit(session, form.file.keep)
        state = service.create_batch(
            session,
            services.doorbell,
            workspace_id,
            name,
            batch_id=batch_id,
            input_key=form.file.storage_key,
            filename=form.file.filename,
            fields=fields,
        )
        return once.keep(session, batch_read(state))
