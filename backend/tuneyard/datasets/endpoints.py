"""Routes of datasets. What starts jobs or asks about them is in jobs: ingest_endpoints and dataset_use_endpoints."""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Response
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, StreamingResponse

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.datasets import history, service, table
from tuneyard.datasets.models import Dataset
from tuneyard.datasets.schemas import (
    DatasetRead,
    DatasetUpdate,
    DatasetVersionRead,
    DatasetVersionSummary,
    PartQuery,
    RejectPage,
    RejectRead,
    Report,
    RowPage,
    RowQuery,
    RowRead,
)
from tuneyard.kit.errors import NotFound
from tuneyard.kit.pagination import Page, PageQuery
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.storage import Store
from tuneyard.kit.web import LARGEST_BODY, documented
from tuneyard.specs.dataset import Profile

router = APIRouter(prefix="/datasets", tags=["datasets"], max_body_size=LARGEST_BODY)
READ = [Depends(requires(Scope.READ))]
WRITE = [Depends(requires(Scope.WRITE))]
DOWNLOADS = ("text/csv", "application/vnd.apache.parquet", "application/octet-stream")
DatasetId = Annotated[str, PathParameter(description="Id of the dataset.")]
VersionNumber = Annotated[int, PathParameter(description="Number of the version; 1 is the first.")]


@router.get("", response_model=Page[DatasetRead], summary="List datasets", dependencies=READ)
def list_datasets(
    caller: CallerDep,
    session: SessionDep,
    page: PageQuery,
    name: Annotated[str | None, Query(max_length=200, description="Only the dataset of this name.")] = None,
) -> Page[DatasetRead]:
    """The workspace's datasets, newest first."""
    datasets, cursor = service.page(session, caller.workspace_id, page, name)
    return Page(data=[DatasetRead.model_validate(dataset) for dataset in datasets], next_cursor=cursor)


@router.get(
    "/{dataset_id}",
    response_model=DatasetRead,
    summary="Get a dataset",
    dependencies=READ,
    responses=documented(404),
)
def get_dataset(dataset_id: DatasetId, caller: CallerDep, session: SessionDep) -> Dataset:
    """Where a dataset stands: `processing` while its file is read, then `ready` or `failed`."""
    return service.get(session, caller.workspace_id, dataset_id)


@router.patch(
    "/{dataset_id}",
    response_model=DatasetRead,
    summary="Rename a dataset",
    dependencies=WRITE,
    responses=documented(404, 409),
)
def rename_dataset(dataset_id: DatasetId, body: DatasetUpdate, caller: CallerDep, session: SessionDep) -> Dataset:
    """Give a dataset another name; its versions stay as they are."""
    return service.rename(session, caller.workspace_id, dataset_id, body.name)


@router.get(
    "/{dataset_id}/versions",
    response_model=Page[DatasetVersionSummary],
    summary="List versions of a dataset",
    dependencies=READ,
    responses=documented(404),
)
def list_versions(
    dataset_id: DatasetId, caller: CallerDep, session: SessionDep, page: PageQuery
) -> Page[DatasetVersionSummary]:
    """The versions of a dataset, newest first."""
    versions, cursor = history.versions(session, caller.workspace_id, dataset_id, page)
    return Page(data=versions, next_cursor=cursor)


@router.get(
    "/{dataset_id}/versions/{number}",
    response_model=DatasetVersionRead,
    summary="Get a version of a dataset",
    dependencies=READ,
    responses=documented(404, 409),
)
def get_version(
    dataset_id: DatasetId, number: VersionNumber, caller: CallerDep, session: SessionDep
) -> DatasetVersionRead:
    """A version's columns, how its file was read, and what it could be used for."""
    return history.version_read(session, caller.workspace_id, dataset_id, number)


@router.get(
    "/{dataset_id}/versions/{number}/rows",
    response_model=RowPage,
    summary="Rows of a version",
    dependencies=READ,
    responses=documented(404, 409, 413),
)
def list_rows(
    dataset_id: DatasetId,
    number: VersionNumber,
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    query: Annotated[RowQuery, Query()],
) -> RowPage:
    """Rows in the order of the file, at any offset, or only those that are named. Long cells are cut at `cell_limit`
    characters."""
    version = service.get_version(session, caller.workspace_id, dataset_id, number)
    path = part(services.store, f"{version.storage_key}/data.parquet")
    names, rows, total = table.page(path, query.offset, query.limit, query.cell_limit, query.only)
    return RowPage(
        columns=names,
        rows=[RowRead(row=number, values=list(values), cut=cut) for number, *values, cut in rows],
        offset=query.offset,
        total=total,
    )


@router.get(
    "/{dataset_id}/versions/{number}/rejects",
    response_model=RejectPage,
    summary="Rejected lines of a version",
    dependencies=READ,
    responses=documented(404, 409, 413),
)
def list_rejects(
    dataset_id: DatasetId,
    number: VersionNumber,
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    query: Annotated[PartQuery, Query()],
) -> RejectPage:
    """Lines of the file that could not be read as rows: where they stand, what they say and what is wrong."""
    version = service.get_version(session, caller.workspace_id, dataset_id, number)
    return _reject_page(services.store, f"{version.storage_key}/rejects.parquet", query)


@router.get(
    "/{dataset_id}/versions/{number}/removed",
    response_model=RejectPage,
    summary="Rows that repairs removed",
    dependencies=READ,
    responses=documented(404, 409, 413),
)
def list_removed(
    dataset_id: DatasetId,
    number: VersionNumber,
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    query: Annotated[PartQuery, Query()],
) -> RejectPage:
    """Rows of the repaired version that are not in this one: `line` is their row there, `raw` its cells as CSV. None
    for a version that was read from its file."""
    version = service.get_version(session, caller.workspace_id, dataset_id, number)
    if Profile.model_validate(version.profile).repaired is None:
        return RejectPage(rejects=[], offset=query.offset, total=0)
    return _reject_page(services.store, f"{version.storage_key}/removed.parquet", query)


@router.get(
    "/{dataset_id}/versions/{number}/report",
    response_model=Report,
    summary="Repair report of a version",
    dependencies=READ,
    responses=documented(404, 409),
)
def get_report(dataset_id: DatasetId, number: VersionNumber, caller: CallerDep, session: SessionDep) -> Report:
    """What to repair or decide before anything is trained, with the rows it concerns."""
    version = service.get_version(session, caller.workspace_id, dataset_id, number)
    return Report.model_validate(version.profile, extra="ignore")


@router.get(
    "/{dataset_id}/versions/{number}/download",
    response_class=StreamingResponse,
    summary="Download a version",
    dependencies=READ,
    responses=documented(404, 409, 413)
    | {200: {"description": "The file.", "content": {kind: {} for kind in DOWNLOADS}}},
)
def download_version(
    dataset_id: DatasetId,
    number: VersionNumber,
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    file_format: Annotated[
        Literal["csv", "parquet", "original"],
        Query(alias="format", description="The rows as CSV or Parquet, or the file exactly as it was uploaded."),
    ] = "csv",
) -> Response:
    """A version's rows, or its file. In CSV, a cell that a spreadsheet would run as a formula gets a `'` in front."""
    version, upload = service.version_and_upload(session, caller.workspace_id, dataset_id, number)
    if file_format == "original":
        if upload is None:
            raise NotFound("This version was not made from a file.", hint="Download it as CSV or Parquet.")
        path = part(services.store, upload.storage_key)
        return FileResponse(path, media_type="application/octet-stream", filename=upload.filename)
    path = part(services.store, f"{version.storage_key}/data.parquet")
    name = f"{service.get(session, caller.workspace_id, dataset_id).name}-v{version.number}.{file_format}"
    if file_format == "parquet":
        return FileResponse(path, media_type="application/vnd.apache.parquet", filename=name)
    return csv_response(table.csv_chunks(path), name)


def _reject_page(store: Store, key: str, query: PartQuery) -> RejectPage:
    lines, total = table.rejects(part(store, key), query.offset, query.limit, query.cell_limit)
    rejects = [
        RejectRead(line=line, raw=raw, reason=reason, code=code, details=json.loads(details))
        for line, raw, reason, code, details in lines
    ]
    return RejectPage(rejects=rejects, offset=query.offset, total=total)


def csv_response(chunks: Iterator[bytes], name: str) -> StreamingResponse:
    """CSV to be saved under `name`."""
    first = next(chunks)
    disposition = f"attachment; filename*=utf-8''{quote(name, safe='')}"
    headers = {"content-disposition": disposition}
    return StreamingResponse(chain([first], chunks), media_type="text/csv; charset=utf-8", headers=headers)


def part(store: Store, key: str) -> Path:
    """A file of the store; raises NotFound if somebody took it away."""
    path = store.path(key)
    if not path.is_file():
        raise NotFound("The file is no longer in the store.", hint="Restore the data directory from a backup.")
    return path
