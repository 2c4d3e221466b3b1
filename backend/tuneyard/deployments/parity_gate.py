"""The parity gate: what serving found about a version, and what that means for the deployments that use it."""

from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from sqlalchemy.orm import Session

from tuneyard.deployments import announcing, repository
from tuneyard.deployments.models import Deployment, DeploymentStatus, ParityCheck
from tuneyard.deployments.repository import WantedVersion
from tuneyard.deployments.schemas import RevisionState
from tuneyard.deployments.serving_schemas import Parity, ServingReport
from tuneyard.kit.db import become
from tuneyard.kit.errors import NotFound
from tuneyard.kit.ids import new_id

log = structlog.get_logger()


def wanted_versions(session: Session) -> list[WantedVersion]:
    """What the serving process is to hold, of all workspaces."""
    return repository.wanted_versions(session)


def take_report(session: Session, report: ServingReport) -> None:
    """Store what serving found about a version and let the deployments that wait for it go on."""
    workspace_id = repository.workspace_of_version(session, report.model_version_id)
    if workspace_id is None:
        raise NotFound(f"There is no model version '{report.model_version_id}'.")
    become(session, workspace_id)
    repository.lock_versions(session, workspace_id, [report.model_version_id])
    deployments = repository.wanting(session, workspace_id, report.model_version_id)
    repository.record_check(
        session,
        {
            "id": new_id("check"),
            "workspace_id": workspace_id,
            "model_version_id": report.model_version_id,
            "passed": report.status == "ready",
            "message": report.message,
            "figures": report.parity.model_dump() if report.parity else {},
        },
    )
    for deployment in deployments:
        state = advance(session, deployment)
        log.info("deployment.checked", deployment_id=deployment.id, state=state.value)


def advance(session: Session, deployment: Deployment) -> RevisionState:
    """Let the newest revision take the traffic if it may; the row must be locked by this transaction."""
    revision = repository.revision(session, deployment, deployment.newest_revision)
    assert revision is not None  # noqa: S101 - written together with the deployment's number
    routes = repository.routes(session, deployment.workspace_id, [revision.id])[revision.id]
    checks = repository.checks(session, deployment.workspace_id, [route.model_version_id for route in routes])
    found = outcome([checks.get(route.model_version_id) for route in routes])
    served, failed = deployment.revision, deployment.error is not None
    deployment.error = None
    if found is RevisionState.PASSED:
        deployment.revision = deployment.newest_revision
        found = RevisionState.SERVING
    elif found is RevisionState.FAILED:
        deployment.error = _problem(checks.values())
    deployment.status = _status(deployment, found)
    announcing.announce(session, deployment, routes, served=served, failed=failed)
    return found


def outcome(checks: Sequence[ParityCheck | None]) -> RevisionState:
    """What the checks of its versions, None where one is still to come, say of a revision."""
    if any(check is not None and not check.passed for check in checks):
        return RevisionState.FAILED
    return RevisionState.PASSED if all(checks) else RevisionState.CHECKING


def _status(deployment: Deployment, found: RevisionState) -> DeploymentStatus:
    if deployment.revision is not None:
        return DeploymentStatus.READY
    return DeploymentStatus.FAILED if found is RevisionState.FAILED else DeploymentStatus.STARTING


def _problem(checks: Iterable[ParityCheck]) -> dict[str, Any]:
    """As `DeploymentProblem`."""
    failed = next(check for check in checks if not check.passed)
    message = failed.message or "The model has not passed its check."
    if not failed.figures:
        return {"code": "not_loaded", "message": message, "details": {"cause": message}}
    parity = Parity.model_validate(failed.figures)
    details = {
        "rows": parity.rows,
        "wrong": parity.rows - parity.agreeing,
        "difference": f"{parity.largest_difference:.3f}",
    }
    return {"code": "check_failed", "message": message, "details": details}
