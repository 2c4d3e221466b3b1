"""Batches: a file in, the same file with predictions out. Feedback joins them when it is built."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from tuneyard.kit.db import Base, Created
from tuneyard.kit.references import StoreKey
from tuneyard.kit.tenancy import WorkspaceRow, tenant_key, tenant_reference, workspace_reference


class Batch(WorkspaceRow, Base, Created):
    __tablename__ = "batches"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("deployment_id", "deployments", ondelete="CASCADE"),
        tenant_reference("model_version_id", "model_versions"),
        tenant_reference("job_id", "jobs"),
        UniqueConstraint("workspace_id", "job_id"),
    )

    deployment_id: Mapped[str]
    model_version_id: Mapped[str]
    job_id: Mapped[str]
    filename: Mapped[str]
    input_key: Mapped[StoreKey]
    result_key: Mapped[StoreKey | None]
