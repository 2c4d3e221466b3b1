"""Queries about models and versions of one workspace."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tuneyard.kit.matching import best_matches
from tuneyard.kit.pagination import PageRequest, fetch_page
from tuneyard.registry.models import Model, ModelVersion


def page(session: Session, workspace_id: str, request: PageRequest) -> tuple[Sequence[Model], str | None]:
    return fetch_page(session, select(Model).where(Model.workspace_id == workspace_id), Model.id, request)


def get(session: Session, workspace_id: str, model_id: str, *, lock: bool = False) -> Model | None:
    query = select(Model).where(Model.workspace_id == workspace_id, Model.id == model_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def matching(session: Session, workspace_id: str, text: str, limit: int) -> Sequence[Model]:
    query = select(Model).where(Model.workspace_id == workspace_id)
    return session.scalars(best_matches(query, Model.name, Model.id, text, limit)).all()


def latest_versions(session: Session, workspace_id: str, model_ids: Sequence[str]) -> dict[str, ModelVersion]:
    """The newest version of each model, by the model's id."""
    query = (
        select(ModelVersion)
        .join(Model, (Model.id == ModelVersion.model_id) & (Model.latest_version == ModelVersion.number))
        .where(ModelVersion.workspace_id == workspace_id, ModelVersion.model_id.in_(model_ids))
    )
    return {version.model_id: version for version in session.scalars(query)}


def versions(
    session: Session, workspace_id: str, model_id: str, request: PageRequest
) -> tuple[Sequence[ModelVersion], str | None]:
    query = select(ModelVersion).where(ModelVersion.workspace_id == workspace_id, ModelVersion.model_id == model_id)
    return fetch_page(session, query, ModelVersion.id, request)


def storage_keys(session: Session, workspace_id: str, model_id: str) -> Sequence[str]:
    query = select(ModelVersion.storage_key)
    query = query.where(ModelVersion.workspace_id == workspace_id, ModelVersion.model_id == model_id)
    return session.scalars(query).all()


def version(session: Session, workspace_id: str, model_id: str, number: int) -> tuple[Model, ModelVersion] | None:
    query = (
        select(Model, ModelVersion)
        .join(Model, Model.id == ModelVersion.model_id)
        .where(ModelVersion.workspace_id == workspace_id, ModelVersion.model_id == model_id)
        .where(ModelVersion.number == number)
    )
    found = session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])


def version_by_id(session: Session, workspace_id: str, version_id: str) -> tuple[Model, ModelVersion] | None:
    query = (
        select(Model, ModelVersion)
        .join(Model, Model.id == ModelVersion.model_id)
        .where(ModelVersion.workspace_id == workspace_id, ModelVersion.id == version_id)
    )
    found = session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])


def version_of_job(session: Session, workspace_id: str, job_id: str) -> ModelVersion | None:
    query = select(ModelVersion).where(ModelVersion.workspace_id == workspace_id, ModelVersion.job_id == job_id)
    return session.scalars(query).one_or_none()


def named(session: Session, workspace_id: str, name: str) -> Model | None:
    query = select(Model).where(Model.workspace_id == workspace_id, Model.name == name)
    return session.scalars(query).one_or_none()


def lock_or_create(session: Session, model: Model) -> Model:
    """The model of that name, locked; `model` itself, still without a version, if there was none."""
    values = {
        "id": model.id,
        "workspace_id": model.workspace_id,
        "name": model.name,
        "task": model.task,
        "latest_version": 0,
    }
    # Two jobs may publish the first version of the same name at once: the second waits here for the first.
    session.execute(insert(Model).values(values).on_conflict_do_nothing(index_elements=["workspace_id", "name"]))
    query = select(Model).where(Model.workspace_id == model.workspace_id, Model.name == model.name)
    return session.scalars(query.with_for_update()).one()
