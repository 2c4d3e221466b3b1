"""What uses a dataset, and its deletion. They live above the datasets, because it is jobs that use them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.jobs import service
from tuneyard.jobs.schemas import DatasetUse, DatasetUses
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented

router = APIRouter(prefix="/datasets/{dataset_id}", tags=["datasets"], max_body_size=LARGEST_BODY)
SHOWN_USES = 10
DatasetId = Annotated[str, Path(description="Id of the dataset.")]


@router.get(
    "/uses",
    response_model=DatasetUses,
    summary="What uses a dataset",
    dependencies=[Depends(requires(Scope.READ))],
    responses=documented(404),
)
def list_uses(dataset_id: DatasetId, caller: CallerDep, session: SessionDep) -> DatasetUses:
    """The jobs that learned from a dataset; while there are any, it can't be deleted."""
    found, count = service.made_from(session, caller.workspace_id, dataset_id, SHOWN_USES)
    return DatasetUses(data=[DatasetUse.model_validate(job) for job in found], count=count)


@router.delete(
    "",
    status_code=204,
    response_class=Response,
    summary="Delete a dataset",
    dependencies=[Depends(requires(Scope.WRITE))],
    responses=documented(404, 409),
)
def delete_dataset(dataset_id: DatasetId, caller: CallerDep, session: SessionDep, services: ServicesDep) -> None:
    """Delete a dataset with its versions and files; refused with 409 if jobs learned from it, which it names."""
    service.remove_dataset(session, services.store, caller.workspace_id, dataset_id)
