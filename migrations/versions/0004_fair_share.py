"""Shares of the queues, requests that may be repeated, what workers are, and why an attempt ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

QUEUED = sa.text("status = 'queued'")
TENANT_TABLES = ("queue_shares", "idempotent_requests")


def upgrade() -> None:
    op.add_column(
        "jobs",
        sa.Column(
            "estimated_seconds",
            sa.Double(),
            nullable=True,
            comment="About how long it takes, told before.",
        ),
    )
    op.add_column(
        "job_attempts",
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="specs.events.JobError."),
    )
    op.drop_index("ix_jobs_claim", table_name="jobs", postgresql_where=QUEUED)
    op.create_index(
        "ix_jobs_claim", "jobs", ["queue", "workspace_id", sa.text("priority DESC"), "id"], postgresql_where=QUEUED
    )
    add_facts_of_workers()
    create_queue_shares()
    create_idempotent_requests()
    guard_tables()


def add_facts_of_workers() -> None:
    facts = [
        sa.Column("device", sa.String(), server_default="", nullable=False, comment="What its jobs compute on."),
        sa.Column("cores", sa.Integer(), server_default="0", nullable=False, comment="Of the machine."),
        sa.Column(
            "memory_bytes", sa.BigInteger(), server_default="0", nullable=False, comment="In use by it and its trainer."
        ),
        sa.Column("memory_total_bytes", sa.BigInteger(), server_default="0", nullable=False, comment="Of the machine."),
        sa.Column("version", sa.String(), server_default="", nullable=False, comment="Of Tuneyard."),
    ]
    for fact in facts:
        op.add_column("worker_processes", fact)


def create_queue_shares() -> None:
    op.create_table(
        "queue_shares",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("queue", sa.String(length=32), nullable=False),
        sa.Column("weight", sa.Double(), server_default="1", nullable=False),
        sa.Column("most_running", sa.Integer(), nullable=True, comment="Jobs at a time; no limit if null."),
        sa.Column(
            "turns",
            sa.Double(),
            server_default="0",
            nullable=False,
            comment="Each claim adds 1 / weight; see jobs.fair_share.",
        ),
        sa.CheckConstraint("weight > 0", name=op.f("ck_queue_shares_weight")),
        sa.CheckConstraint("most_running >= 0", name=op.f("ck_queue_shares_most_running")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_queue_shares_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "queue", name=op.f("pk_queue_shares")),
    )


def create_idempotent_requests() -> None:
    op.create_table(
        "idempotent_requests",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False, comment="Method and path."),
        sa.Column("key_sha256", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False, comment="Of the request that is, or was, at work."),
        sa.Column("fingerprint", sa.String(), nullable=True, comment="SHA-256 of what was asked for."),
        sa.Column("status_code", sa.SmallInteger(), nullable=True, comment="Null while the request is at work."),
        sa.Column("answer", sa.String(), nullable=True, comment="JSON, without what is shown only once."),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("(status_code IS NULL) = (answer IS NULL)", name=op.f("ck_idempotent_requests_answered")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_idempotent_requests_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "route", "key_sha256", name=op.f("pk_idempotent_requests")),
    )
    op.create_index(op.f("ix_idempotent_requests_created_at"), "idempotent_requests", ["created_at"], unique=False)


def guard_tables() -> None:
    policies = {
        "system": ("tuneyard_system", "current_user = 'tuneyard_system'"),
        "workspace": ("tuneyard_app", "workspace_id = current_setting('app.workspace', true)"),
    }
    for table in TENANT_TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO tuneyard_app, tuneyard_system")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for name, (role, condition) in policies.items():
            op.execute(f"CREATE POLICY {name} ON {table} TO {role} USING ({condition}) WITH CHECK ({condition})")


def downgrade() -> None:
    for table in reversed(TENANT_TABLES):
        op.drop_table(table)
    for fact in ("version", "memory_total_bytes", "memory_bytes", "cores", "device"):
        op.drop_column("worker_processes", fact)
    op.drop_index("ix_jobs_claim", table_name="jobs", postgresql_where=QUEUED)
    op.create_index("ix_jobs_claim", "jobs", ["queue", sa.text("priority DESC"), "id"], postgresql_where=QUEUED)
    op.drop_column("job_attempts", "error")
    op.drop_column("jobs", "estimated_seconds")
