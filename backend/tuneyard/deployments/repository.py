"""Queries about deployments, their revisions and the checks of the versions they use."""

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.orm import Session

from tuneyard.deployments.models import (
    LATENCY_BUCKETS,
    Deployment,
    DeploymentRevision,
    DeploymentRoute,
    DeploymentStatus,
    DeploymentTraffic,
    ParityCheck,
)
from tuneyard.kit.db import Database, Statement
from tuneyard.kit.matching import best_matches
from tuneyard.kit.pagination import PageRequest, fetch_page
from tuneyard.registry.models import Model, ModelVersion


@dataclass(frozen=True)
class Route:
    """A share of a revision's traffic, with what people call the version."""

    model_version_id: str
    weight: float
    model_id: str
    model_name: str
    number: int
    columns: dict[str, Any]
    prompt_template: str | None


@dataclass(frozen=True)
class LiveRoute:
    """A share of the traffic, as a prediction needs it."""

    model_version_id: str
    weight: float
    columns: dict[str, Any]
    task: str


@dataclass(frozen=True)
class Live:
    """What a request to a deployment needs to know of it."""

    deployment_id: str
    status: DeploymentStatus
    error: dict[str, Any] | None
    routes: list[LiveRoute]
    """Those that take traffic now."""

    def draw(self) -> LiveRoute:
        """One of them at random, by their weights."""
        weights = [route.weight for route in self.routes]
        return random.choices(self.routes, weights)[0]  # noqa: S311 - shares traffic, guards nothing


@dataclass(frozen=True)
class WantedVersion:
    """A version that the serving process is to hold."""

    model_version_id: str
    storage_key: str
    verified: bool


@dataclass(frozen=True)
class Traffic:
    """Requests of one class of status from `start` on: how many are in each bucket of LATENCY_EDGES."""

    deployment_id: str
    start: datetime
    status_class: int
    latencies: list[int]


def _revision_is(number: Any) -> ColumnElement[bool]:
    return and_(DeploymentRevision.deployment_id == Deployment.id, DeploymentRevision.number == number)


def _live_in(workspace_id: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Deployment.id,
            Deployment.status,
            Deployment.error,
            DeploymentRoute.model_version_id,
            DeploymentRoute.weight,
            ModelVersion.manifest["columns"],
            ModelVersion.manifest["task"].astext,
        )
        .outerjoin(DeploymentRevision, _revision_is(Deployment.revision))
        .outerjoin(DeploymentRoute, DeploymentRoute.revision_id == DeploymentRevision.id)
        .outerjoin(ModelVersion, ModelVersion.id == DeploymentRoute.model_version_id)
        .where(Deployment.workspace_id == workspace_id, Deployment.name == bindparam("name"))
        .order_by(DeploymentRoute.id)
    )


# Put together once: every prediction asks one of them.
LIVE = _live_in(bindparam("workspace_id"))
LIVE_HERE = _live_in(func.current_setting("app.workspace"))


def page(session: Session, workspace_id: str, request: PageRequest) -> tuple[Sequence[Deployment], str | None]:
    query = select(Deployment).where(Deployment.workspace_id == workspace_id)
    return fetch_page(session, query, Deployment.id, request)


def answering(session: Session, workspace_id: str, before: str | None, limit: int) -> Sequence[Deployment]:
    query = select(Deployment).where(Deployment.workspace_id == workspace_id, Deployment.revision.is_not(None))
    if before is not None:
        query = query.where(Deployment.id < before)
    return session.scalars(query.order_by(Deployment.id.desc()).limit(limit)).all()


def matching(session: Session, workspace_id: str, text: str, limit: int) -> Sequence[Deployment]:
    query = select(Deployment).where(Deployment.workspace_id == workspace_id)
    return session.scalars(best_matches(query, Deployment.name, Deployment.id, text, limit)).all()


def by_name(session: Session, workspace_id: str, name: str, *, lock: bool = False) -> Deployment | None:
    query = select(Deployment).where(Deployment.workspace_id == workspace_id, Deployment.name == name)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def live(session: Session, workspace_id: str, name: str) -> Live | None:
    """The deployment with the routes that take traffic now."""
    return live_of(session.execute(LIVE, {"workspace_id": workspace_id, "name": name}).all())


def live_at_once(database: Database, workspace_id: str, name: str) -> Live | None:
    """The same in a transaction of its own and one round trip."""
    values = {"workspace_id": workspace_id, "name": name}
    return live_of(database.at_once((LIVE, values), workspace_id=workspace_id))


def live_here(name: str) -> Statement:
    """What finds it in the workspace of the transaction; its rows are for `live_of`."""
    return LIVE_HERE, {"name": name}


def live_of(rows: Sequence[Any]) -> Live | None:
    """The deployment that was found."""
    if not rows:
        return None
    deployment_id, status, error = rows[0][:3]
    routes = [LiveRoute(*row[3:]) for row in rows if row[3] is not None]
    return Live(deployment_id, DeploymentStatus(status), error, routes)


def revision(session: Session, deployment: Deployment, number: int) -> DeploymentRevision | None:
    query = select(DeploymentRevision).where(
        DeploymentRevision.workspace_id == deployment.workspace_id,
        DeploymentRevision.deployment_id == deployment.id,
        DeploymentRevision.number == number,
    )
    return session.scalars(query).one_or_none()


def revisions(
    session: Session, deployment: Deployment, request: PageRequest
) -> tuple[Sequence[DeploymentRevision], str | None]:
    query = select(DeploymentRevision).where(
        DeploymentRevision.workspace_id == deployment.workspace_id,
        DeploymentRevision.deployment_id == deployment.id,
    )
    return fetch_page(session, query, DeploymentRevision.id, request)


def last_number(session: Session, deployment: Deployment) -> int:
    query = select(func.max(DeploymentRevision.number)).where(
        DeploymentRevision.workspace_id == deployment.workspace_id,
        DeploymentRevision.deployment_id == deployment.id,
    )
    return session.scalar(query) or 0


def newest_passed_before(session: Session, deployment: Deployment, number: int) -> int | None:
    """The newest revision below `number` whose versions have all passed."""
    unpassed = (
        select(DeploymentRoute.id)
        .outerjoin(ParityCheck, ParityCheck.model_version_id == DeploymentRoute.model_version_id)
        .where(DeploymentRoute.revision_id == DeploymentRevision.id, ParityCheck.passed.is_not(True))
    )
    query = select(func.max(DeploymentRevision.number)).where(
        DeploymentRevision.workspace_id == deployment.workspace_id,
        DeploymentRevision.deployment_id == deployment.id,
        DeploymentRevision.number < number,
        ~unpassed.exists(),
    )
    return session.scalar(query)


def routes(session: Session, workspace_id: str, revision_ids: Sequence[str]) -> dict[str, list[Route]]:
    """The routes of each revision, by the revision's id."""
    query = (
        select(
            DeploymentRoute.revision_id,
            DeploymentRoute.model_version_id,
            DeploymentRoute.weight,
            Model.id,
            Model.name,
            ModelVersion.number,
            ModelVersion.manifest["columns"],
            ModelVersion.manifest["hyperparameters"]["prompt_template"].astext,
        )
        .join(ModelVersion, ModelVersion.id == DeploymentRoute.model_version_id)
        .join(Model, Model.id == ModelVersion.model_id)
        .where(DeploymentRoute.workspace_id == workspace_id, DeploymentRoute.revision_id.in_(revision_ids))
        .order_by(DeploymentRoute.id)
    )
    found: dict[str, list[Route]] = defaultdict(list)
    for row in session.execute(query):
        found[row[0]].append(Route(*row[1:]))
    return found


def shown_revisions(session: Session, workspace_id: str, deployment_ids: Sequence[str]) -> dict[str, str]:
    """Id of the revision that takes traffic, of the newest where none does, by the deployment's id."""
    query = (
        select(Deployment.id, DeploymentRevision.id)
        .join(DeploymentRevision, _revision_is(func.coalesce(Deployment.revision, Deployment.newest_revision)))
        .where(Deployment.workspace_id == workspace_id, Deployment.id.in_(deployment_ids))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def checks(session: Session, workspace_id: str, version_ids: Sequence[str]) -> dict[str, ParityCheck]:
    """What was found, by the version's id; versions not checked yet are left out."""
    query = select(ParityCheck).where(
        ParityCheck.workspace_id == workspace_id, ParityCheck.model_version_id.in_(version_ids)
    )
    return {check.model_version_id: check for check in session.scalars(query)}


def record_check(session: Session, check: dict[str, Any]) -> None:
    """Store what was found, unless the version has passed before: that stands."""
    statement = insert(ParityCheck).values(check)
    fresh = {name: statement.excluded[name] for name in ("passed", "message", "figures")}
    statement = statement.on_conflict_do_update(
        index_elements=["workspace_id", "model_version_id"], set_=fresh, where=~ParityCheck.passed
    )
    session.execute(statement)


def forget_failures(session: Session, workspace_id: str, version_ids: Sequence[str]) -> None:
    """Let versions that failed be checked once more."""
    session.execute(
        delete(ParityCheck).where(
            ParityCheck.workspace_id == workspace_id, ParityCheck.model_version_id.in_(version_ids), ~ParityCheck.passed
        )
    )


def wanting(session: Session, workspace_id: str, model_version_id: str) -> Sequence[Deployment]:
    """The deployments whose newest revision uses the version, locked, always in the same order."""
    uses = (
        select(DeploymentRoute.id)
        .join(DeploymentRevision, DeploymentRevision.id == DeploymentRoute.revision_id)
        .where(_revision_is(Deployment.newest_revision), DeploymentRoute.model_version_id == model_version_id)
    )
    query = select(Deployment).where(Deployment.workspace_id == workspace_id, uses.exists())
    return session.scalars(query.order_by(Deployment.id).with_for_update()).all()


def lock_versions(session: Session, workspace_id: str, version_ids: Sequence[str]) -> None:
    """Let one at a time deploy or check a version: or a check could come in unseen by a deployment just being made."""
    query = select(ModelVersion.id).where(ModelVersion.workspace_id == workspace_id, ModelVersion.id.in_(version_ids))
    session.execute(query.order_by(ModelVersion.id).with_for_update(key_share=True))


def workspace_of_version(session: Session, model_version_id: str) -> str | None:
    """For the engine's own transactions, which see every workspace."""
    return session.scalar(select(ModelVersion.workspace_id).where(ModelVersion.id == model_version_id))


def wanted_versions(session: Session) -> list[WantedVersion]:
    """Of all workspaces: the versions of every revision that takes traffic or is to take it."""
    query = (
        select(ModelVersion.id, ModelVersion.storage_key, func.coalesce(ParityCheck.passed, False))
        .join(DeploymentRoute, DeploymentRoute.model_version_id == ModelVersion.id)
        .join(DeploymentRevision, DeploymentRevision.id == DeploymentRoute.revision_id)
        .join(
            Deployment,
            or_(_revision_is(Deployment.revision), _revision_is(Deployment.newest_revision)),
        )
        .outerjoin(ParityCheck, ParityCheck.model_version_id == ModelVersion.id)
        .distinct()
        .order_by(ModelVersion.id)
    )
    return [WantedVersion(*row) for row in session.execute(query)]


def ids_by_name(session: Session, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """For the engine's own transactions: ids by workspace and name, of deployments that can't go meanwhile."""
    query = (
        select(Deployment.workspace_id, Deployment.name, Deployment.id)
        .where(tuple_(Deployment.workspace_id, Deployment.name).in_(list(names)))
        .order_by(Deployment.id)
        .with_for_update(read=True, key_share=True)
    )
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def add_traffic(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Count these requests with those that are there; sort `rows`, or two processes could wait for each other."""
    statement = insert(DeploymentTraffic).values(rows)
    places = range(1, LATENCY_BUCKETS + 1)
    sums = array([DeploymentTraffic.latencies[place] + statement.excluded.latencies[place] for place in places])
    keys = [column.name for column in DeploymentTraffic.__table__.primary_key]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_={"latencies": sums}))


def traffic(
    session: Session, workspace_id: str, deployment_ids: Sequence[str], since: datetime, step: timedelta
) -> list[Traffic]:
    """What came since then, summed up by deployment, class of status and steps from `since` on."""
    start = func.date_bin(step, DeploymentTraffic.minute, since)
    sums = array([func.sum(DeploymentTraffic.latencies[place]) for place in range(1, LATENCY_BUCKETS + 1)])
    query = (
        select(DeploymentTraffic.deployment_id, start, DeploymentTraffic.status_class, sums)
        .where(
            DeploymentTraffic.workspace_id == workspace_id,
            DeploymentTraffic.deployment_id.in_(deployment_ids),
            DeploymentTraffic.minute >= since,
        )
        .group_by(DeploymentTraffic.deployment_id, start, DeploymentTraffic.status_class)
    )
    return [Traffic(row[0], row[1].astimezone(UTC), row[2], row[3]) for row in session.execute(query)]


def forget_traffic(session: Session, before: datetime) -> int:
    """For the engine's own transactions: of every workspace. How many counts were removed."""
    gone = delete(DeploymentTraffic).where(DeploymentTraffic.minute < before).returning(DeploymentTraffic.minute)
    return len(session.execute(gone.execution_options(synchronize_session=False)).all())
