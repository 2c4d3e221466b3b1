"""How good a model version is on rows it never saw."""

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tuneyard.kit.db import Base, Created
from tuneyard.kit.tenancy import WorkspaceRow, tenant_key, tenant_reference, workspace_reference


class EvaluationRecord(WorkspaceRow, Base, Created):
    __tablename__ = "evaluations"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("model_version_id", "model_versions", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "model_version_id"),
    )

    model_version_id: Mapped[str]
    evaluation: Mapped[dict[str, Any]] = mapped_column(comment="specs.evaluation.Evaluation.")
