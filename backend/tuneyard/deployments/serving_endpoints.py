"""Internal routes for the serving process: what it is to hold, and what it found."""

from fastapi import APIRouter, Depends

from tuneyard.auth.dependencies import SystemSessionDep, requires_service_token
from tuneyard.deployments import parity_gate
from tuneyard.deployments.serving_schemas import Assignment, Assignments, ServingReport
from tuneyard.kit.web import LARGEST_BODY, documented

router = APIRouter(
    prefix="/internal/serving",
    tags=["internal"],
    dependencies=[Depends(requires_service_token)],
    max_body_size=LARGEST_BODY,
)


@router.get("/assignments", summary="Versions to hold", response_model=Assignments)
def list_assignments(session: SystemSessionDep) -> Assignments:
    """The versions of every revision that takes traffic or is to take it, of all workspaces."""
    versions = [
        Assignment(model_version_id=item.model_version_id, artifact=item.storage_key, verified=item.verified)
        for item in parity_gate.wanted_versions(session)
    ]
    return Assignments(versions=versions)


@router.post("/reports", summary="Report a check", status_code=204, responses=documented(404))
def report(body: ServingReport, session: SystemSessionDep) -> None:
    """Once every version of a revision has passed, the revision takes its deployment's traffic."""
    parity_gate.take_report(session, body)
