"""Uploads. They live above the datasets, because a job reads the file."""

import json
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.auth.repeating import ManualOnceDep, Once, OnceDep
from tuneyard.datasets import service as datasets
from tuneyard.datasets.endpoints import DatasetId, VersionNumber
from tuneyard.datasets.errors import MissingFile, UnreadableForm
from tuneyard.datasets.models import Dataset, Upload
from tuneyard.datasets.receiving import FIELDS_BYTES, Allowance, ReceivedForm, received_form
from tuneyard.datasets.schemas import DatasetRead, RepairOrder, UploadFields, VersionFields, form_schema
from tuneyard.jobs import service
from tuneyard.kit.db import after_commit
from tuneyard.kit.ids import new_id
from tuneyard.kit.queue import Queue
from tuneyard.kit.services import Services, ServicesDep
from tuneyard.kit.web import UNCOUNTED, documented
from tuneyard.specs.dataset import Profile
from tuneyard.specs.job import JobKind, ReadingOptions

# Files are counted as they stream in, against the limits of the settings.
router = APIRouter(prefix="/datasets", tags=["datasets"], max_body_size=UNCOUNTED)
WRITE = [Depends(requires(Scope.WRITE))]
# To read a file, about.
START_SECONDS = 2.0
BYTES_PER_SECOND = 5e6
Fields = TypeVar("Fields", bound=BaseModel)


@router.post(
    "",
    status_code=202,
    response_model=DatasetRead,
    summary="Upload a dataset",
    dependencies=WRITE,
    responses=documented(409, 413, 507),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": form_schema(UploadFields, file_required=True)}},
        }
    },
)
async def upload_dataset(
    request: Request, caller: CallerDep, services: ServicesDep, once: ManualOnceDep
) -> DatasetRead:
    """Store a CSV, TSV, Excel, JSON, JSONL or Parquet file as it is, and start the job that reads it."""
    allowed = await run_in_threadpool(allowance, services, caller.workspace_id, once)
    key = f"uploads/{caller.workspace_id}/{new_id('up')}"
    async with received_form(request, services.store, key, allowed) as form:
        return await run_in_threadpool(_create_dataset, services, caller.workspace_id, form, once)


@router.post(
    "/{dataset_id}/versions",
    status_code=202,
    response_model=DatasetRead,
    summary="Make the next version of a dataset",
    dependencies=WRITE,
    responses=documented(404, 409, 413, 507),
    openapi_extra={
        "requestBody": {
            "content": {
                "multipart/form-data": {"schema": form_schema(VersionFields, file_required=False)},
                "application/json": {"schema": VersionFields.model_json_schema()},
            }
        }
    },
)
async def make_version(
    dataset_id: Annotated[str, Path(description="Id of the dataset.")],
    request: Request,
    caller: CallerDep,
    services: ServicesDep,
    once: ManualOnceDep,
) -> DatasetRead:
    """Read the dataset's file again in another way (the answer to a version's questions), or upload a new file."""
    allowed = await run_in_threadpool(allowance, services, caller.workspace_id, once, dataset_id)
    if request.headers.get("content-type", "").startswith("application/json"):
        again = ReceivedForm(fields=await _json_fields(request))
        return await run_in_threadpool(_make_version, services, caller.workspace_id, dataset_id, again, once)
    key = f"uploads/{caller.workspace_id}/{new_id('up')}"
    async with received_form(request, services.store, key, allowed) as form:
        return await run_in_threadpool(_make_version, services, caller.workspace_id, dataset_id, form, once)


@router.post(
    "/{dataset_id}/versions/{number}/repairs",
    status_code=202,
    response_model=DatasetRead,
    summary="Repair a version",
    dependencies=WRITE,
    responses=documented(404, 409),
)
def repair_version(
    dataset_id: DatasetId,
    number: VersionNumber,
    body: RepairOrder,
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    once: OnceDep,
) -> DatasetRead:
    """Make the next version of a dataset from this one, with some of its `repairs` done; this one stays as it is. Rows
    that are removed can be seen at `removed` of the new version."""
    dataset, version, upload = datasets.to_repair(session, caller.workspace_id, dataset_id, number, body.repairs)
    asked = {"version_id": version.id, "repairs": list(body.repairs)}
    options = Profile.model_validate(version.profile).options
    return once.keep(session, start_ingest(session, services, dataset, upload, options, repairs=asked))


def allowance(services: Services, workspace_id: str, once: Once, dataset_id: str | None = None) -> Allowance:
    """How large the file of this request may be."""
    with services.database.workspace(workspace_id) as session:
        if dataset_id is not None and once.first is None:
            datasets.get(session, workspace_id, dataset_id)
        allowed = datasets.allowance(session, services.settings, workspace_id)
    # What is sent again is looked at, and not kept.
    return replace(allowed, used_bytes=0) if once.first else allowed


def _create_dataset(services: Services, workspace_id: str, form: ReceivedForm, once: Once) -> DatasetRead:
    once.identify(form.identity)
    fields = validated(UploadFields, form.fields)
    if form.file is None:
        raise MissingFile("There is no file in the form.", param="file")
    with services.database.workspace(workspace_id) as session:
        after_commit(session, form.file.keep)
        dataset, upload = datasets.create(
            session, services.settings, workspace_id=workspace_id, name=fields.name, file=form.file
        )
        return once.keep(session, start_ingest(session, services, dataset, upload, fields.options()))


def _make_version(
    services: Services, workspace_id: str, dataset_id: str, form: ReceivedForm, once: Once
) -> DatasetRead:
    once.identify(form.identity)
    fields = validated(VersionFields, form.fields)
    with services.database.workspace(workspace_id) as session:
        if form.file is None:
            dataset, upload = datasets.read_again(session, workspace_id, dataset_id, fields.version)
        else:
            after_commit(session, form.file.keep)
            dataset, upload = datasets.add_upload(
                session, services.settings, workspace_id=workspace_id, dataset_id=dataset_id, file=form.file
            )
        return once.keep(session, start_ingest(session, services, dataset, upload, fields.options()))


def start_ingest(
    session: Session, services: Services, dataset: Dataset, upload: Upload, options: ReadingOptions, **more: Any
) -> DatasetRead:
    """Queue the job that reads the file."""
    job = service.submit(
        session,
        services.doorbell,
        workspace_id=dataset.workspace_id,
        kind=JobKind.INGEST,
        name=dataset.name,
        spec={"upload_id": upload.id, "options": options.model_dump(mode="json")} | more,
        queue=Queue.DATA,
        dataset_id=dataset.id,
        estimated_seconds=START_SECONDS + upload.bytes / BYTES_PER_SECOND,
    )
    return DatasetRead.model_validate(dataset).model_copy(update={"job_id": job.id})


async def _json_fields(request: Request) -> dict[str, Any]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FIELDS_BYTES:
            raise UnreadableForm("The request is too long.")
    try:
        fields = json.loads(body or b"{}")
    except ValueError as error:
        raise UnreadableForm("The request is not valid JSON.") from error
    if not isinstance(fields, dict):
        raise UnreadableForm("The request is not a JSON object.")
    return fields


def validated(model: type[Fields], fields: dict[str, Any]) -> Fields:
    """The fields of a form. Raises RequestValidationError."""
    # A form sends every field it shows; one that was left empty was not given, but no quote is a choice.
    given = {name: value for name, value in fields.items() if value != "" or name == "quote"}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_context=False)) from error
