"""How a file would look, read in another way."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi import Path as PathParameter

from tuneyard.auth.dependencies import CallerDep, requires
from tuneyard.auth.models import Scope
from tuneyard.datasets import previewing, service
from tuneyard.datasets.endpoints import part
from tuneyard.datasets.schemas import VersionFields
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented
from tuneyard.specs.dataset import Preview

router = APIRouter(prefix="/datasets", tags=["datasets"], max_body_size=LARGEST_BODY)


@router.get(
    "/{dataset_id}/preview",
    response_model=Preview,
    summary="Preview another reading",
    dependencies=[Depends(requires(Scope.READ))],
    responses=documented(404, 409, 422, 503),
)
def preview_reading(
    dataset_id: Annotated[str, PathParameter(description="Id of the dataset.")],
    caller: CallerDep,
    services: ServicesDep,
    reading: Annotated[VersionFields, Query()],
) -> Preview:
    """The first rows of a dataset's file as they would be with other options; nothing is stored. Only the beginning of
    the file is read, by a process of its own with small limits."""
    with services.database.workspace(caller.workspace_id) as session:
        upload, options = service.to_preview(
            session, caller.workspace_id, dataset_id, reading.version, reading.options()
        )
        path, filename = part(services.store, upload.storage_key), upload.filename
    return previewing.preview(services.settings, path, filename, options)
