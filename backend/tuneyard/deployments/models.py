"""Deployments: a stable name that routes traffic to model versions."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tuneyard.kit.db import Base, Created
from tuneyard.kit.tenancy import WorkspaceRow, tenant_key, tenant_reference, workspace_reference

# Upper ends in milliseconds, each at most twice the one before; what takes longer is counted in one more bucket.
LATENCY_EDGES: tuple[float, ...] = (
    *(1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768),
    *(1024, 1536, 2048, 4096, 8192, 16384),
)
LATENCY_BUCKETS = len(LATENCY_EDGES) + 1


class DeploymentStatus(StrEnum):
    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


class Deployment(WorkspaceRow, Base, Created):
    """`revision` is the one that takes traffic, none until the first has passed the parity gate.

    `newest_revision` is the one asked for last, by a change of routes or a roll-back.
    """

    __tablename__ = "deployments"
    __table_args__ = (tenant_key(), workspace_reference(), UniqueConstraint("workspace_id", "name"))

    name: Mapped[str]
    status: Mapped[DeploymentStatus]
    error: Mapped[dict[str, Any] | None]
    revision: Mapped[int | None]
    newest_revision: Mapped[int]


class DeploymentRevision(WorkspaceRow, Base, Created):
    """One choice of versions and weights; kept, so that it can be rolled back to."""

    __tablename__ = "deployment_revisions"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("deployment_id", "deployments", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "deployment_id", "number"),
    )

    deployment_id: Mapped[str]
    number: Mapped[int]


class DeploymentRoute(WorkspaceRow, Base):
    __tablename__ = "deployment_routes"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("revision_id", "deployment_revisions", ondelete="CASCADE"),
        tenant_reference("model_version_id", "model_versions"),
        UniqueConstraint("workspace_id", "revision_id", "model_version_id"),
        CheckConstraint("weight > 0", name="weight"),
    )

    revision_id: Mapped[str]
    model_version_id: Mapped[str]
    weight: Mapped[float]


class ParityCheck(WorkspaceRow, Base, Created):
    """What the serving process found when it scored a version's held-out rows through the live path."""

    __tablename__ = "parity_checks"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("model_version_id", "model_versions", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "model_version_id"),
    )

    model_version_id: Mapped[str]
    passed: Mapped[bool]
    message: Mapped[str | None]
    figures: Mapped[dict[str, Any]] = mapped_column(comment="{rows, agreeing, largest_difference}.")


class DeploymentTraffic(Base):
    """One minute of a deployment's requests of one class of status: how many took how long."""

    __tablename__ = "deployment_traffic"
    __table_args__ = (
        workspace_reference(),
        tenant_reference("deployment_id", "deployments", ondelete="CASCADE"),
        CheckConstraint(f"cardinality(latencies) = {LATENCY_BUCKETS}", name="latencies"),
        Index(None, "minute"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    deployment_id: Mapped[str] = mapped_column(primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    status_class: Mapped[int] = mapped_column(SmallInteger, primary_key=True, comment="2, 4 or 5, as of HTTP.")
    latencies: Mapped[list[int]] = mapped_column(ARRAY(Integer), comment="Requests per bucket of LATENCY_EDGES.")
