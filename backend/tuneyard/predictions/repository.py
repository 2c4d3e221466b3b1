"""Queries about batches of one workspace."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tuneyard.deployments.models import Deployment
from tuneyard.jobs.models import TERMINAL, Job
from tuneyard.kit.pagination import PageRequest, fetch_page
from tuneyard.predictions.models import Batch


def get(session: Session, workspace_id: str, batch_id: str) -> Batch | None:
    return session.scalars(select(Batch).where(Batch.workspace_id == workspace_id, Batch.id == batch_id)).one_or_none()


def of_job(session: Session, workspace_id: str, job_id: str) -> Batch | None:
    query = select(Batch).where(Batch.workspace_id == workspace_id, Batch.job_id == job_id)
    return session.scalars(query.with_for_update()).one_or_none()


def page(
    session: Session, workspace_id: str, deployment_id: str, request: PageRequest
) -> tuple[Sequence[Batch], str | None]:
    query = select(Batch).where(Batch.workspace_id == workspace_id, Batch.deployment_id == deployment_id)
    return fetch_page(session, query, Batch.id, request)


def of_deployment(session: Session, workspace_id: str, deployment_id: str) -> Sequence[Batch]:
    query = select(Batch).where(Batch.workspace_id == workspace_id, Batch.deployment_id == deployment_id)
    return session.scalars(query.order_by(Batch.id)).all()


def forget_batches(session: Session, before: datetime) -> list[tuple[str, str]]:
    """Forget those that ended before then; each with its id and the name of its file.

    In a transaction of the engine: of every workspace. The files are left to the sweep of the store.
    """
    gone = (
        delete(Batch)
        .where(Batch.workspace_id == Job.workspace_id, Batch.job_id == Job.id)
        .where(Job.status.in_(TERMINAL), Job.finished_at < before)
        .returning(Batch.id, Batch.filename)
        .execution_options(synchronize_session=False)
    )
    return [(row.id, row.filename) for row in session.execute(gone)]


def jobs(session: Session, workspace_id: str, job_ids: Sequence[str]) -> dict[str, Job]:
    """The jobs by their ids."""
    query = select(Job).where(Job.workspace_id == workspace_id, Job.id.in_(job_ids))
    return {job.id: job for job in session.scalars(query)}


def deployment_names(session: Session, workspace_id: str, deployment_ids: Sequence[str]) -> dict[str, str]:
    query = select(Deployment.id, Deployment.name)
    query = query.where(Deployment.workspace_id == workspace_id, Deployment.id.in_(deployment_ids))
    return {row[0]: row[1] for row in session.execute(query)}
