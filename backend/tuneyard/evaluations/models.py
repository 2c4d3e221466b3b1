"""How good a model version is on rows it never saw, and which of two answers people and judges prefer."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
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


class Preference(StrEnum):
    """Whose answer is better."""

    TUNED = "tuned"
    BASE = "base"
    TIE = "tie"


class Judgement(StrEnum):
    """The same, as a judge says it, and that it did not say."""

    TUNED = "tuned"
    BASE = "base"
    TIE = "tie"
    UNDECIDED = "undecided"
    """It gave no clear answer, or its endpoint none."""


class ComparisonVote(WorkspaceRow, Base, Created):
    """What one person thinks of the two answers to a row."""

    __tablename__ = "comparison_votes"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("model_version_id", "model_versions", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "model_version_id", "voter", "row"),
        CheckConstraint("row > 0", name="row"),
    )

    model_version_id: Mapped[str]
    row: Mapped[int] = mapped_column(comment="Of the dataset version; the first is 1.")
    voter: Mapped[str] = mapped_column(comment="Id of the user, or of a key that is nobody's.")
    preferred: Mapped[Preference]


class JudgedRow(WorkspaceRow, Base, Created):
    """What another model thinks of them."""

    __tablename__ = "judged_rows"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("model_version_id", "model_versions", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "model_version_id", "judge", "row"),
    )

    model_version_id: Mapped[str]
    row: Mapped[int] = mapped_column(comment="Of the dataset version; the first is 1.")
    judge: Mapped[str] = mapped_column(comment="As `gpt-5 at api.openai.com`.")
    preferred: Mapped[Judgement]
