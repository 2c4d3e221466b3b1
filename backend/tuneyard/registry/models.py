"""Models and their immutable versions."""

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tuneyard.kit.db import Base, Created
from tuneyard.kit.references import StoreKey
from tuneyard.kit.tenancy import WorkspaceRow, tenant_key, tenant_reference, workspace_reference
from tuneyard.specs.tasks import Task


class Model(WorkspaceRow, Base, Created):
    __tablename__ = "models"
    __table_args__ = (tenant_key(), workspace_reference(), UniqueConstraint("workspace_id", "name"))

    name: Mapped[str]
    task: Mapped[Task]
    latest_version: Mapped[int]


class ModelVersion(WorkspaceRow, Base, Created):
    __tablename__ = "model_versions"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("model_id", "models", ondelete="CASCADE"),
        tenant_reference("job_id", "jobs"),
        UniqueConstraint("workspace_id", "model_id", "number"),
        UniqueConstraint("workspace_id", "job_id"),
    )

    model_id: Mapped[str]
    number: Mapped[int]
    job_id: Mapped[str]
    storage_key: Mapped[StoreKey] = mapped_column(comment="Folder of the artifact.")
    manifest_sha256: Mapped[str]
    manifest: Mapped[dict[str, Any]] = mapped_column(comment="specs.manifest.ModelManifest.")
