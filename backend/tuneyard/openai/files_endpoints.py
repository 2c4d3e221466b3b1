"""`/v1/files`: upload, list, read and delete what models learn from."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.auth.repeating import ManualOnceDep, Once
from tuneyard.datasets import service as datasets
from tuneyard.datasets.endpoints import part
from tuneyard.datasets.errors import MissingFile
from tuneyard.datasets.receiving import ReceivedForm, received_form
from tuneyard.jobs.ingest_endpoints import allowance, start_ingest, validated
from tuneyard.kit.db import after_commit
from tuneyard.kit.ids import new_id
from tuneyard.kit.services import Services, ServicesDep
from tuneyard.kit.web import LARGEST_BODY, UNCOUNTED, documented
from tuneyard.openai import files
from tuneyard.openai.files_schemas import FileDeleted, FileFields, FilesQuery, OpenAIFile, form_schema
from tuneyard.openai.lists import OpenAIList, listed
from tuneyard.openai.route import OpenAIRoute
from tuneyard.specs.job import ReadingOptions

router = APIRouter(prefix="/files", tags=["openai"], route_class=OpenAIRoute, max_body_size=LARGEST_BODY)
# Files are counted as they stream in, against the limits of the settings.
uploads = APIRouter(prefix="/files", tags=["openai"], route_class=OpenAIRoute, max_body_size=UNCOUNTED)
READ = [Depends(requires(Scope.READ))]
WRITE = [Depends(requires(Scope.WRITE))]


@uploads.post(
    "",
    response_model=OpenAIFile,
    summary="Upload a file to learn from",
    dependencies=WRITE,
    responses=documented(400, 413, 507),
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form_schema()}}}},
)
async def upload_file(request: Request, caller: CallerDep, services: ServicesDep, once: ManualOnceDep) -> OpenAIFile:
    """The file is a dataset of the workspace from now on; its `status` tells when it has been read."""
    allowed = await run_in_threadpool(allowance, services, caller.workspace_id, once)
    key = f"uploads/{caller.workspace_id}/{new_id('up')}"
    async with received_form(request, services.store, key, allowed) as form:
        return await run_in_threadpool(_create, services, caller.workspace_id, form, once)


@router.get("", response_model=OpenAIList[OpenAIFile], summary="List files", dependencies=READ)
def list_files(query: Annotated[FilesQuery, Query()], caller: CallerDep, session: SessionDep) -> OpenAIList[OpenAIFile]:
    """The datasets of the workspace as files, and the figures of fine-tunings that succeeded; newest first."""
    return listed(files.page(session, caller.workspace_id, query), query.limit, OpenAIList[OpenAIFile])


@router.get(
    "/{file_id}", response_model=OpenAIFile, summary="Show a file", dependencies=READ, responses=documented(404)
)
def get_file(file_id: str, caller: CallerDep, session: SessionDep) -> OpenAIFile:
    return files.get(session, caller.workspace_id, file_id)


@router.delete(
    "/{file_id}",
    response_model=FileDeleted,
    summary="Delete a file",
    dependencies=WRITE,
    responses=documented(404, 409),
)
def delete_file(file_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep) -> FileDeleted:
    """Delete the dataset with all its versions; refused with 409 where a job learned from it or is about to."""
    files.delete(session, services.store, caller.workspace_id, file_id)
    return FileDeleted(id=file_id)


@router.get(
    "/{file_id}/content",
    response_class=FileResponse,
    summary="Download a file",
    dependencies=READ,
    responses=documented(404)
    | {200: {"description": "The bytes.", "content": {"application/octet-stream": {}, "text/csv": {}}}},
)
def read_file(file_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep) -> Response:
    """The very bytes that were uploaded, or the figures of a fine-tuning as CSV."""
    table = files.result(session, caller.workspace_id, file_id)
    if table is not None:
        return Response(table, media_type="text/csv; charset=utf-8")
    upload = files.upload(session, caller.workspace_id, file_id)
    path = part(services.store, upload.storage_key)
    return FileResponse(path, media_type="application/octet-stream", filename=upload.filename)


def _create(services: Services, workspace_id: str, form: ReceivedForm, once: Once) -> OpenAIFile:
    once.identify(form.identity)
    validated(FileFields, form.fields)
    if form.file is None:
        raise MissingFile("There is no file in the form.", param="file")
    with services.database.workspace(workspace_id) as session:
        after_commit(session, form.file.keep)
        dataset, upload = datasets.create(
            session, services.settings, workspace_id=workspace_id, name=None, file=form.file
        )
        start_ingest(session, services, dataset, upload, ReadingOptions())
        session.refresh(upload)
        return once.keep(session, files.file_read(dataset, upload))
