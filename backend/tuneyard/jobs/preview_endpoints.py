"""What a fine-tune would learn from one row."""

from fastapi import APIRouter, Depends

from tuneyard.auth.dependencies import CallerDep, requires
from tuneyard.auth.models import Scope
from tuneyard.datasets.endpoints import part
from tuneyard.jobs import chat_preview, planning
from tuneyard.jobs.schemas import ChatPreviewRequest
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented
from tuneyard.specs.chat_preview import ChatPreview

router = APIRouter(prefix="/jobs", tags=["jobs"], max_body_size=LARGEST_BODY)


@router.post(
    "/preview",
    response_model=ChatPreview,
    summary="Show what a row teaches",
    dependencies=[Depends(requires(Scope.READ))],
    responses=documented(404, 409, 503),
)
def preview_job(body: ChatPreviewRequest, caller: CallerDep, services: ServicesDep) -> ChatPreview:
    """The very tokens that text generation would read of a row, and which of them it learns; nothing is started."""
    with services.database.workspace(caller.workspace_id) as session:
        plan = planning.plan(session, services.store, caller.workspace_id, body)
        rows = part(services.store, f"{plan.version.storage_key}/data.parquet")
    return chat_preview.preview(services.settings, services.store, body, plan, rows)
