"""Queries about datasets of one workspace."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, defer

from tuneyard.auth.models import Workspace
from tuneyard.datasets.models import Dataset, DatasetStatus, DatasetVersion, Upload
from tuneyard.kit.matching import best_matches
from tuneyard.kit.pagination import PageRequest, fetch_page


def get(session: Session, workspace_id: str, dataset_id: str, *, lock: bool = False) -> Dataset | None:
    query = select(Dataset).where(Dataset.workspace_id == workspace_id, Dataset.id == dataset_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def page(
    session: Session, workspace_id: str, request: PageRequest, name: str | None
) -> tuple[Sequence[Dataset], str | None]:
    query = select(Dataset).where(Dataset.workspace_id == workspace_id)
    if name is not None:
        query = query.where(Dataset.name == name)
    return fetch_page(session, query, Dataset.id, request)


def matching(session: Session, workspace_id: str, text: str, limit: int) -> Sequence[Dataset]:
    query = select(Dataset).where(Dataset.workspace_id == workspace_id)
    return session.scalars(best_matches(query, Dataset.name, Dataset.id, text, limit)).all()


def insert_if_free(session: Session, *, workspace_id: str, dataset_id: str, name: str) -> Dataset | None:
    """A new dataset in processing; none if the name is taken."""
    statement = (
        insert(Dataset)
        .values(id=dataset_id, workspace_id=workspace_id, name=name, status=DatasetStatus.PROCESSING)
        .on_conflict_do_nothing(index_elements=["workspace_id", "name"])
        .returning(Dataset)
    )
    return session.scalars(statement).one_or_none()


def names_from(session: Session, workspace_id: str, stem: str) -> set[str]:
    """Names that are `stem`, or `stem` with something after it."""
    query = select(Dataset.name).where(
        Dataset.workspace_id == workspace_id, Dataset.name.startswith(stem, autoescape=True)
    )
    return set(session.scalars(query))


def remove(session: Session, dataset: Dataset) -> None:
    """Delete a dataset with its uploads and versions; the database refuses while a job refers to them."""
    session.execute(
        delete(Dataset).where(Dataset.workspace_id == dataset.workspace_id, Dataset.id == dataset.id),
        execution_options={"synchronize_session": False},
    )


def storage_keys(session: Session, workspace_id: str, dataset_id: str) -> list[str]:
    """Where the files of a dataset lie: uploads and versions."""
    return [
        key
        for table in (Upload, DatasetVersion)
        for key in session.scalars(
            select(table.storage_key).where(table.workspace_id == workspace_id, table.dataset_id == dataset_id)
        )
    ]


def get_upload(session: Session, workspace_id: str, upload_id: str) -> Upload | None:
    query = select(Upload).where(Upload.workspace_id == workspace_id, Upload.id == upload_id)
    return session.scalars(query).one_or_none()


def newest_upload(session: Session, workspace_id: str, dataset_id: str) -> Upload | None:
    query = select(Upload).where(Upload.workspace_id == workspace_id, Upload.dataset_id == dataset_id)
    return session.scalars(query.order_by(Upload.id.desc()).limit(1)).one_or_none()


def uploaded_bytes(session: Session, workspace_id: str) -> int:
    return int(session.scalar(select(func.sum(Upload.bytes)).where(Upload.workspace_id == workspace_id)) or 0)


def lock_workspace(session: Session, workspace_id: str) -> None:
    """Let one upload of a workspace at a time be counted; references to the workspace stay possible."""
    session.execute(select(Workspace.id).where(Workspace.id == workspace_id).with_for_update(key_share=True))


def get_version(
    session: Session, workspace_id: str, dataset_id: str, number: int | None
) -> tuple[DatasetVersion, Upload | None] | None:
    """A version (the newest without a number) and the upload it was read from."""
    query: Any = (
        select(DatasetVersion, Upload)
        .outerjoin(
            Upload, (Upload.workspace_id == DatasetVersion.workspace_id) & (Upload.id == DatasetVersion.upload_id)
        )
        .where(DatasetVersion.workspace_id == workspace_id, DatasetVersion.dataset_id == dataset_id)
        .order_by(DatasetVersion.number.desc())
        .limit(1)
    )
    if number is not None:
        query = query.where(DatasetVersion.number == number)
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row is not None else None


def get_version_by_id(session: Session, workspace_id: str, version_id: str) -> DatasetVersion | None:
    query = select(DatasetVersion).where(DatasetVersion.workspace_id == workspace_id, DatasetVersion.id == version_id)
    return session.scalars(query).one_or_none()


def page_versions(
    session: Session, workspace_id: str, dataset_id: str, request: PageRequest
) -> tuple[Sequence[DatasetVersion], str | None]:
    """Versions without their profiles, which may be large."""
    query = (
        select(DatasetVersion)
        .where(DatasetVersion.workspace_id == workspace_id, DatasetVersion.dataset_id == dataset_id)
        .options(defer(DatasetVersion.profile, raiseload=True))
    )
    return fetch_page(session, query, DatasetVersion.id, request)


def makings(session: Session, workspace_id: str, version_ids: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """What was asked for when each version was read, and the record of its repairs."""
    profile = DatasetVersion.profile
    query = select(DatasetVersion.id, profile["options"], profile["repaired"]).where(
        DatasetVersion.workspace_id == workspace_id, DatasetVersion.id.in_(version_ids)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def uploads_of(session: Session, workspace_id: str, dataset_id: str) -> dict[str, Upload]:
    """The uploads of a dataset by id."""
    query = select(Upload).where(Upload.workspace_id == workspace_id, Upload.dataset_id == dataset_id)
    return {upload.id: upload for upload in session.scalars(query)}


def first_numbers(session: Session, workspace_id: str, dataset_id: str) -> dict[str, int]:
    """The number of the first version that was read from each upload."""
    query = (
        select(DatasetVersion.upload_id, func.min(DatasetVersion.number))
        .where(DatasetVersion.workspace_id == workspace_id, DatasetVersion.dataset_id == dataset_id)
        .group_by(DatasetVersion.upload_id)
    )
    return {upload_id: number for upload_id, number in session.execute(query) if upload_id is not None}


def last_number(session: Session, workspace_id: str, dataset_id: str) -> int:
    query = select(func.max(DatasetVersion.number)).where(
        DatasetVersion.workspace_id == workspace_id, DatasetVersion.dataset_id == dataset_id
    )
    return session.scalar(query) or 0
