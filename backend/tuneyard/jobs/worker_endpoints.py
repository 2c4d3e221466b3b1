"""Routes of the platform's workers."""

from fastapi import APIRouter, Depends

from tuneyard.auth.dependencies import CallerDep, SystemSessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.jobs import workers
from tuneyard.jobs.schemas import WorkerList, WorkerRead

router = APIRouter(prefix="/workers", tags=["jobs"])


@router.get(
    "",
    response_model=WorkerList,
    summary="The workers at work",
    dependencies=[Depends(requires(Scope.ADMIN))],
)
def list_workers(caller: CallerDep, session: SystemSessionDep) -> WorkerList:
    """They serve every workspace; of what they do for another one is said only that they are busy."""
    return WorkerList(data=[WorkerRead.of(worker, caller.workspace_id) for worker in workers.at_work(session)])
