"""Datasets and their immutable versions."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tuneyard.kit.db import Base, Created
from tuneyard.kit.references import StoreKey
from tuneyard.kit.tenancy import WorkspaceRow, tenant_key, tenant_reference, workspace_reference


class DatasetStatus(StrEnum):
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class Origin(StrEnum):
    """Where a version came from."""

    UPLOAD = "upload"
    READING = "reading"
    REPAIR = "repair"


class Dataset(WorkspaceRow, Base, Created):
    __tablename__ = "datasets"
    __table_args__ = (tenant_key(), workspace_reference(), UniqueConstraint("workspace_id", "name"))

    name: Mapped[str]
    status: Mapped[DatasetStatus]
    error: Mapped[dict[str, Any] | None] = mapped_column(comment="specs.events.JobError of a failed ingest.")
    latest_version: Mapped[int | None]


class Upload(WorkspaceRow, Base, Created):
    """The bytes as they came, kept beside every version made from them."""

    __tablename__ = "uploads"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("dataset_id", "datasets", ondelete="CASCADE"),
    )

    dataset_id: Mapped[str]
    filename: Mapped[str]
    storage_key: Mapped[StoreKey]
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]


class DatasetVersion(WorkspaceRow, Base, Created):
    __tablename__ = "dataset_versions"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("dataset_id", "datasets", ondelete="CASCADE"),
        tenant_reference("upload_id", "uploads"),
        UniqueConstraint("workspace_id", "dataset_id", "number"),
    )

    dataset_id: Mapped[str]
    upload_id: Mapped[str | None]
    number: Mapped[int]
    storage_key: Mapped[StoreKey] = mapped_column(comment="Folder with data.parquet, rejects.parquet and profile.json.")
    sha256: Mapped[str] = mapped_column(comment="Of data.parquet.")
    rows: Mapped[int] = mapped_column(BigInteger)
    profile: Mapped[dict[str, Any]] = mapped_column(comment="specs.dataset.Profile.")
