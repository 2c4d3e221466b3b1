"""Fine-tunes that were asked for by the OpenAI API. The native job is the truth about the work itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tuneyard.kit.db import Base, Created
from tuneyard.kit.tenancy import WorkspaceRow, tenant_key, tenant_reference, workspace_reference


class FineTuning(WorkspaceRow, Base, Created):
    """Until its files are read there is no job and it holds the datasets; then the job holds their versions."""

    __tablename__ = "fine_tunings"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("job_id", "jobs"),
        tenant_reference("training_dataset_id", "datasets"),
        tenant_reference("validation_dataset_id", "datasets"),
        UniqueConstraint("workspace_id", "job_id"),
        Index(None, "workspace_id", "training_dataset_id", postgresql_where=text("training_dataset_id IS NOT NULL")),
        Index(
            None, "workspace_id", "validation_dataset_id", postgresql_where=text("validation_dataset_id IS NOT NULL")
        ),
    )

    model: Mapped[str] = mapped_column(comment="Id of the base model.")
    training_file: Mapped[str]
    validation_file: Mapped[str | None]
    training_dataset_id: Mapped[str | None] = mapped_column(comment="Only while the file is waited for.")
    validation_dataset_id: Mapped[str | None] = mapped_column(comment="Only while the files are waited for.")
    suffix: Mapped[str | None]
    seed: Mapped[int]
    hyperparameters: Mapped[dict[str, Any]] = mapped_column(comment="As they were asked for.")
    tags: Mapped[dict[str, Any]] = mapped_column(comment="The `metadata` of the API.")
    job_id: Mapped[str | None]
    fine_tuned_model: Mapped[str | None] = mapped_column(comment="Name of the deployment.")
    error: Mapped[dict[str, Any] | None] = mapped_column(comment="Why there is no job: {code, message, param}.")
    ended_at: Mapped[datetime | None] = mapped_column(comment="When it failed or was cancelled before there was a job.")
