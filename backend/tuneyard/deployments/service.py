"""What can be done with deployments. A revision takes traffic once all its versions have passed the parity gate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tuneyard.deployments import parity_gate, repository, traffic
from tuneyard.deployments.errors import (
    DeploymentFailed,
    DeploymentStarting,
    NothingToRollBackTo,
    RepeatedRoute,
    RevisionNotChecked,
)
from tuneyard.deployments.models import (
    Deployment,
    DeploymentRevision,
    DeploymentRoute,
    DeploymentStatus,
    ParityCheck,
)
from tuneyard.deployments.repository import Live, Route
from tuneyard.deployments.schemas import RevisionState, RouteWrite
from tuneyard.deployments.traffic import Recent
from tuneyard.kit.db import Database, Statement, after_commit
from tuneyard.kit.errors import NameTaken, NotFound
from tuneyard.kit.ids import new_id
from tuneyard.kit.pagination import PageRequest
from tuneyard.registry import service as registry
from tuneyard.specs.sayings import Saying

Announce = Callable[[], None]
"""Tells the serving process that its assignments may have changed."""


@dataclass(frozen=True)
class Routed:
    """A deployment with the routes of the revision that takes traffic, of the newest where none does."""

    deployment: Deployment
    routes: Sequence[Route]
    traffic: Recent


@dataclass(frozen=True)
class Revision:
    """A revision with its routes and what became of it."""

    revision: DeploymentRevision
    routes: Sequence[Route]
    checks: Sequence[ParityCheck]
    state: RevisionState


def create(session: Session, announce: Announce, workspace_id: str, name: str, model_version_id: str) -> Routed:
    """A deployment with its first revision, which serving is told to check."""
    registry.get_version_by_id(session, workspace_id, model_version_id, param="model_version_id")
    repository.lock_versions(session, workspace_id, [model_version_id])
    deployment = Deployment(
        id=new_id("dep"),
        workspace_id=workspace_id,
        name=name,
        status=DeploymentStatus.STARTING,
        error=None,
        revision=None,
        newest_revision=0,
    )
    session.add(deployment)
    try:
        session.flush()
    except IntegrityError as error:
        raise NameTaken(
            f"There is a deployment named '{name}' already.",
            param="name",
            saying=Saying(code="name_taken", details={"name": name}),
        ) from error
    session.refresh(deployment)
    _revise(session, announce, deployment, [RouteWrite(model_version_id=model_version_id)])
    return _routed(session, deployment)


def page(session: Session, workspace_id: str, request: PageRequest) -> tuple[list[Routed], str | None]:
    """Deployments, newest first."""
    deployments, cursor = repository.page(session, workspace_id, request)
    shown = repository.shown_revisions(session, workspace_id, [deployment.id for deployment in deployments])
    routes = repository.routes(session, workspace_id, list(shown.values()))
    recent = traffic.recent(session, workspace_id, [deployment.id for deployment in deployments])
    found = [Routed(deployment, routes[shown[deployment.id]], recent[deployment.id]) for deployment in deployments]
    return found, cursor


def answering(session: Session, workspace_id: str, before: str | None, limit: int) -> Sequence[Deployment]:
    """Deployments with a revision that takes traffic, newest first: those older than the one of the id `before`."""
    return repository.answering(session, workspace_id, before, limit)


def get(session: Session, workspace_id: str, name: str) -> Routed:
    """One deployment by its name."""
    return _routed(session, _found(repository.by_name(session, workspace_id, name), name))


def matching(session: Session, workspace_id: str, text: str, limit: int) -> Sequence[Deployment]:
    """Those whose name or id fits what somebody types into a search box, the best first."""
    return repository.matching(session, workspace_id, text, limit)


def find(session: Session, workspace_id: str, name: str) -> Deployment:
    """One deployment by its name, without its routes."""
    return _found(repository.by_name(session, workspace_id, name), name)


def change_routes(
    session: Session, announce: Announce, workspace_id: str, name: str, routes: Sequence[RouteWrite]
) -> Routed:
    """A new revision; the old one keeps the traffic until every version of the new one has passed."""
    # Versions first, deployments second: in that order the gate locks them too.
    repository.lock_versions(session, workspace_id, [route.model_version_id for route in routes])
    deployment = _locked(session, workspace_id, name)
    seen: set[str] = set()
    for index, route in enumerate(routes):
        param = f"routes.{index}.model_version_id"
        registry.get_version_by_id(session, workspace_id, route.model_version_id, param=param)
        if route.model_version_id in seen:
            raise RepeatedRoute(f"The version '{route.model_version_id}' is named twice.", param=param)
        seen.add(route.model_version_id)
    _revise(session, announce, deployment, routes)
    return _routed(session, deployment)


def roll_back(session: Session, announce: Announce, workspace_id: str, name: str, number: int | None) -> Routed:
    """Give the traffic back to an earlier revision that has passed; by default the one before the newest."""
    deployment = _locked(session, workspace_id, name)
    if number is None:
        number = repository.newest_passed_before(session, deployment, deployment.newest_revision)
        if number is None:
            raise NothingToRollBackTo(f"'{name}' has no earlier revision that has served.")
    target = repository.revision(session, deployment, number)
    if target is None:
        raise NotFound(f"'{name}' has no revision {number}.", param="revision", hint="Its history shows all of them.")
    deployment.newest_revision = number
    if parity_gate.advance(session, deployment) is not RevisionState.SERVING:
        raise RevisionNotChecked(f"Revision {number} of '{name}' has not passed its check.", param="revision")
    session.flush()
    after_commit(session, announce)
    return _routed(session, deployment)


def delete(session: Session, announce: Announce, workspace_id: str, name: str) -> None:
    """Remove the deployment with its revisions; its versions stay in the registry."""
    session.delete(_locked(session, workspace_id, name))
    session.flush()
    after_commit(session, announce)


def history(session: Session, workspace_id: str, name: str, request: PageRequest) -> tuple[list[Revision], str | None]:
    """Revisions, newest first, each with what became of it."""
    deployment = _found(repository.by_name(session, workspace_id, name), name)
    revisions, cursor = repository.revisions(session, deployment, request)
    routes = repository.routes(session, workspace_id, [revision.id for revision in revisions])
    used = {route.model_version_id for each in routes.values() for route in each}
    checks = repository.checks(session, workspace_id, sorted(used))
    found = []
    for revision in revisions:
        of_routes = [checks.get(route.model_version_id) for route in routes[revision.id]]
        serves = revision.number == deployment.revision
        state = RevisionState.SERVING if serves else parity_gate.outcome(of_routes)
        found.append(Revision(revision, routes[revision.id], [check for check in of_routes if check], state))
    return found, cursor


def live(session: Session, workspace_id: str, name: str) -> Live:
    """Where requests go now. Raises NotFound, DeploymentStarting or DeploymentFailed."""
    return _answering(repository.live(session, workspace_id, name), name)


def live_at_once(database: Database, workspace_id: str, name: str) -> Live:
    """The same in a transaction of its own, with as little to do as can be: for every prediction."""
    return _answering(repository.live_at_once(database, workspace_id, name), name)


def live_here(name: str) -> Statement:
    """What asks for the same in the workspace of the transaction; what to make of its rows says `live_of`."""
    return repository.live_here(name)


def live_of(rows: Sequence[Any], name: str) -> Live:
    """Raises as `live`."""
    return _answering(repository.live_of(rows), name)


def _answering(found: Live | None, name: str) -> Live:
    if found is None:
        raise _unknown(name)
    if found.routes:
        return found
    if found.status == DeploymentStatus.FAILED:
        message = (found.error or {}).get("message", "Its model has not passed its check.")
        raise DeploymentFailed(f"The deployment '{name}' has failed. {message}")
    raise DeploymentStarting(f"The deployment '{name}' is still starting.", headers={"retry-after": "2"})


def _revise(session: Session, announce: Announce, deployment: Deployment, routes: Sequence[RouteWrite]) -> None:
    versions = [route.model_version_id for route in routes]
    revision = DeploymentRevision(
        id=new_id("rev"),
        workspace_id=deployment.workspace_id,
        deployment_id=deployment.id,
        number=repository.last_number(session, deployment) + 1,
    )
    session.add(revision)
    session.flush()
    session.add_all(
        DeploymentRoute(
            id=new_id("route"),
            workspace_id=deployment.workspace_id,
            revision_id=revision.id,
            model_version_id=route.model_version_id,
            weight=route.weight,
        )
        for route in routes
    )
    deployment.newest_revision = revision.number
    session.flush()
    # Asking again for a version that failed means that its cause may be gone.
    repository.forget_failures(session, deployment.workspace_id, versions)
    parity_gate.advance(session, deployment)
    session.flush()
    after_commit(session, announce)


def _routed(session: Session, deployment: Deployment) -> Routed:
    shown = repository.shown_revisions(session, deployment.workspace_id, [deployment.id])[deployment.id]
    routes = repository.routes(session, deployment.workspace_id, [shown])[shown]
    return Routed(deployment, routes, traffic.recent(session, deployment.workspace_id, [deployment.id])[deployment.id])


def _locked(session: Session, workspace_id: str, name: str) -> Deployment:
    return _found(repository.by_name(session, workspace_id, name, lock=True), name)


def _found(deployment: Deployment | None, name: str) -> Deployment:
    if deployment is None:
        raise _unknown(name)
    return deployment


def _unknown(name: str) -> NotFound:
    return NotFound(f"There is no deployment '{name}'.", hint="Check its name, and that it is of this workspace.")
