"""The first schema, with row-level security on every table of a workspace."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

TENANT_TABLES = (
    "api_keys",
    "batches",
    "checkpoints",
    "dataset_versions",
    "datasets",
    "deployment_revisions",
    "deployment_routes",
    "deployments",
    "evaluations",
    "job_attempts",
    "job_events",
    "jobs",
    "memberships",
    "model_versions",
    "models",
    "parity_checks",
    "sessions",
    "uploads",
)
SYSTEM_TABLES = ("login_attempts", "worker_processes")


def create_roles() -> None:
    """Two roles that nobody can log in as; the connecting role takes them on for one transaction at a time."""
    for role in ("tuneyard_app", "tuneyard_system"):
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        # The creator of a role may give itself membership; a role made before must have been granted by its maker.
        op.execute(
            f"DO $$ BEGIN IF NOT pg_has_role('{role}', 'USAGE')"
            f" THEN EXECUTE format('GRANT {role} TO %I', current_user); END IF; END $$"
        )
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")


def guard_tables() -> None:
    """The app's role sees the rows of the workspace that the transaction names; no setting, no row."""
    for table in TENANT_TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO tuneyard_app, tuneyard_system")
        guard(table, "workspace_id = current_setting('app.workspace', true)")
    for table in SYSTEM_TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO tuneyard_system")
        guard(table, None)
    op.execute("GRANT SELECT, UPDATE ON workspaces, users TO tuneyard_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON workspaces, users TO tuneyard_system")
    guard("workspaces", "id = current_setting('app.workspace', true)")
    guard("users", "id IN (SELECT user_id FROM memberships)")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO tuneyard_app, tuneyard_system")


def guard(table: str, condition: str | None) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    # The connecting role is a member of the system role; only while it has taken it on do the system's rights apply.
    system = "current_user = 'tuneyard_system'"
    op.execute(f"CREATE POLICY system ON {table} TO tuneyard_system USING ({system}) WITH CHECK ({system})")
    if condition:
        op.execute(f"CREATE POLICY workspace ON {table} TO tuneyard_app USING ({condition}) WITH CHECK ({condition})")


def upgrade() -> None:
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("account <> ''", name=op.f("ck_login_attempts_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    op.create_index(op.f("ix_login_attempts_account_at"), "login_attempts", ["account", "at"], unique=False)
    op.create_index(op.f("ix_login_attempts_address_at"), "login_attempts", ["address", "at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False, comment="Lower case."),
        sa.Column("password_hash", sa.String(), nullable=False, comment="argon2id."),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "worker_processes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("queues", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_processes")),
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        sa.UniqueConstraint("name", name=op.f("uq_workspaces_name")),
    )
    op.create_table(
        "api_keys",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hmac", sa.String(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_api_keys_created_by")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_api_keys_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_api_keys_workspace_id_id")),
    )
    op.create_table(
        "datasets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("processing", "ready", "failed", name="datasetstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "error",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="specs.events.JobError of a failed ingest.",
        ),
        sa.Column("latest_version", sa.Integer(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_datasets_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datasets")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_datasets_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_datasets_workspace_id_name")),
    )
    op.create_table(
        "deployments",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("starting", "ready", "failed", name="deploymentstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("newest_revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_deployments_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployments")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_deployments_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_deployments_workspace_id_name")),
    )
    op.create_table(
        "memberships",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("owner", "admin", "member", "viewer", name="memberrole", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_memberships_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_memberships_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "user_id", name=op.f("uq_memberships_workspace_id_user_id")),
    )
    op.create_table(
        "models",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("task", sa.Enum("text_classification", name="task", native_enum=False, length=32), nullable=False),
        sa.Column("latest_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_models_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_models_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_models_workspace_id_name")),
    )
    op.create_table(
        "sessions",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column(
            "last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_sessions_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_sessions_workspace_id_id")),
    )
    op.create_table(
        "deployment_revisions",
        sa.Column("deployment_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "deployment_id"],
            ["deployments.workspace_id", "deployments.id"],
            name=op.f("fk_deployment_revisions_workspace_id_deployment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_deployment_revisions_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment_revisions")),
        sa.UniqueConstraint(
            "workspace_id",
            "deployment_id",
            "number",
            name=op.f("uq_deployment_revisions_workspace_id_deployment_id_number"),
        ),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_deployment_revisions_workspace_id_id")),
    )
    op.create_table(
        "uploads",
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "dataset_id"],
            ["datasets.workspace_id", "datasets.id"],
            name=op.f("fk_uploads_workspace_id_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_uploads_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_uploads_workspace_id_id")),
    )
    op.create_table(
        "dataset_versions",
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("upload_id", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "storage_key",
            sa.String(),
            nullable=False,
            comment="Folder with data.parquet, rejects.parquet and profile.json.",
        ),
        sa.Column("sha256", sa.String(), nullable=False, comment="Of data.parquet."),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("profile", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="specs.dataset.Profile."),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "dataset_id"],
            ["datasets.workspace_id", "datasets.id"],
            name=op.f("fk_dataset_versions_workspace_id_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "upload_id"],
            ["uploads.workspace_id", "uploads.id"],
            name=op.f("fk_dataset_versions_workspace_id_upload_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_dataset_versions_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_versions")),
        sa.UniqueConstraint(
            "workspace_id", "dataset_id", "number", name=op.f("uq_dataset_versions_workspace_id_dataset_id_number")
        ),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_dataset_versions_workspace_id_id")),
    )
    op.create_table(
        "jobs",
        sa.Column(
            "kind",
            sa.Enum("ingest", "fine_tune", "batch_predict", name="jobkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("queue", sa.Enum("data", "train", name="queue", native_enum=False, length=32), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "spec",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="What was asked for; the worker adds paths and budget.",
        ),
        sa.Column("dataset_id", sa.String(), nullable=True),
        sa.Column("dataset_version_id", sa.String(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "running",
                "paused",
                "succeeded",
                "failed",
                "cancelled",
                name="jobstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "phase",
            sa.Enum("preparing", "training", "evaluating", "packaging", name="jobphase", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False, comment="The fencing number."),
        sa.Column("infra_losses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True, comment="Id of the worker process."),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "progress", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="specs.events.ProgressData."
        ),
        sa.Column("metrics", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="specs.events.JobError."),
        sa.Column(
            "result",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="What came out, as {model_version_id}.",
        ),
        sa.Column(
            "last_event", sa.BigInteger(), server_default="0", nullable=False, comment="Sequence of its newest event."
        ),
        sa.Column("last_dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("(status = 'running') = (lease_token IS NOT NULL)", name=op.f("ck_jobs_lease")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "dataset_id"],
            ["datasets.workspace_id", "datasets.id"],
            name=op.f("fk_jobs_workspace_id_dataset_id"),
            ondelete="SET NULL (dataset_id)",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "dataset_version_id"],
            ["dataset_versions.workspace_id", "dataset_versions.id"],
            name=op.f("fk_jobs_workspace_id_dataset_version_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_jobs_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_jobs_workspace_id_id")),
    )
    op.create_index(
        "ix_jobs_claim",
        "jobs",
        ["queue", sa.literal_column("priority DESC"), "id"],
        unique=False,
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_index(
        "ix_jobs_lease", "jobs", ["lease_expires_at"], unique=False, postgresql_where=sa.text("status = 'running'")
    )
    op.create_index(
        "ix_jobs_running",
        "jobs",
        ["workspace_id", "queue"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_table(
        "checkpoints",
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("manifest_sha256", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"],
            ["jobs.workspace_id", "jobs.id"],
            name=op.f("fk_checkpoints_workspace_id_job_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_checkpoints_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoints")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_checkpoints_workspace_id_id")),
    )
    op.create_table(
        "job_attempts",
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "succeeded",
                "failed",
                "cancelled",
                "paused",
                "lost",
                "oom",
                "preempted",
                "stalled",
                "disk_full",
                name="outcome",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("exit_signal", sa.Integer(), nullable=True),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"],
            ["jobs.workspace_id", "jobs.id"],
            name=op.f("fk_job_attempts_workspace_id_job_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_job_attempts_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_attempts")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_job_attempts_workspace_id_id")),
    )
    op.create_index("uq_job_attempts_job_id_attempt", "job_attempts", ["job_id", "attempt"], unique=True)
    op.create_table(
        "job_events",
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "type",
            sa.Enum("status", "progress", "metrics", "log", name="eventtype", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"],
            ["jobs.workspace_id", "jobs.id"],
            name=op.f("fk_job_events_workspace_id_job_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_job_events_workspace_id")),
        sa.PrimaryKeyConstraint("job_id", "sequence", name=op.f("pk_job_events")),
    )
    op.create_table(
        "model_versions",
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False, comment="Folder of the artifact."),
        sa.Column("manifest_sha256", sa.String(), nullable=False),
        sa.Column(
            "manifest", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="specs.manifest.ModelManifest."
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"],
            ["jobs.workspace_id", "jobs.id"],
            name=op.f("fk_model_versions_workspace_id_job_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "model_id"],
            ["models.workspace_id", "models.id"],
            name=op.f("fk_model_versions_workspace_id_model_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_model_versions_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_versions")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_model_versions_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "job_id", name=op.f("uq_model_versions_workspace_id_job_id")),
        sa.UniqueConstraint(
            "workspace_id", "model_id", "number", name=op.f("uq_model_versions_workspace_id_model_id_number")
        ),
    )
    op.create_table(
        "batches",
        sa.Column("deployment_id", sa.String(), nullable=False),
        sa.Column("model_version_id", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("input_key", sa.String(), nullable=False),
        sa.Column("result_key", sa.String(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "deployment_id"],
            ["deployments.workspace_id", "deployments.id"],
            name=op.f("fk_batches_workspace_id_deployment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"], ["jobs.workspace_id", "jobs.id"], name=op.f("fk_batches_workspace_id_job_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "model_version_id"],
            ["model_versions.workspace_id", "model_versions.id"],
            name=op.f("fk_batches_workspace_id_model_version_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_batches_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_batches_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "job_id", name=op.f("uq_batches_workspace_id_job_id")),
    )
    op.create_table(
        "deployment_routes",
        sa.Column("revision_id", sa.String(), nullable=False),
        sa.Column("model_version_id", sa.String(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_deployment_routes_weight")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "model_version_id"],
            ["model_versions.workspace_id", "model_versions.id"],
            name=op.f("fk_deployment_routes_workspace_id_model_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "revision_id"],
            ["deployment_revisions.workspace_id", "deployment_revisions.id"],
            name=op.f("fk_deployment_routes_workspace_id_revision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_deployment_routes_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment_routes")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_deployment_routes_workspace_id_id")),
        sa.UniqueConstraint(
            "workspace_id",
            "revision_id",
            "model_version_id",
            name=op.f("uq_deployment_routes_workspace_id_revision_id_model_version_id"),
        ),
    )
    op.create_table(
        "evaluations",
        sa.Column("model_version_id", sa.String(), nullable=False),
        sa.Column(
            "evaluation",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="specs.evaluation.Evaluation.",
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "model_version_id"],
            ["model_versions.workspace_id", "model_versions.id"],
            name=op.f("fk_evaluations_workspace_id_model_version_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_evaluations_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_evaluations_workspace_id_id")),
        sa.UniqueConstraint(
            "workspace_id", "model_version_id", name=op.f("uq_evaluations_workspace_id_model_version_id")
        ),
    )
    op.create_table(
        "parity_checks",
        sa.Column("model_version_id", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column(
            "figures",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="{rows, agreeing, largest_difference}.",
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "model_version_id"],
            ["model_versions.workspace_id", "model_versions.id"],
            name=op.f("fk_parity_checks_workspace_id_model_version_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_parity_checks_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parity_checks")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_parity_checks_workspace_id_id")),
        sa.UniqueConstraint(
            "workspace_id", "model_version_id", name=op.f("uq_parity_checks_workspace_id_model_version_id")
        ),
    )
    create_roles()
    guard_tables()


def downgrade() -> None:
    op.execute("DROP POLICY workspace ON users")
    op.drop_table("parity_checks")
    op.drop_table("evaluations")
    op.drop_table("deployment_routes")
    op.drop_table("batches")
    op.drop_table("model_versions")
    op.drop_table("job_events")
    op.drop_index("uq_job_attempts_job_id_attempt", table_name="job_attempts")
    op.drop_table("job_attempts")
    op.drop_table("checkpoints")
    op.drop_index("ix_jobs_running", table_name="jobs", postgresql_where=sa.text("status = 'running'"))
    op.drop_index("ix_jobs_lease", table_name="jobs", postgresql_where=sa.text("status = 'running'"))
    op.drop_index("ix_jobs_claim", table_name="jobs", postgresql_where=sa.text("status = 'queued'"))
    op.drop_table("jobs")
    op.drop_table("dataset_versions")
    op.drop_table("uploads")
    op.drop_table("deployment_revisions")
    op.drop_table("sessions")
    op.drop_table("models")
    op.drop_table("memberships")
    op.drop_table("deployments")
    op.drop_table("datasets")
    op.drop_table("api_keys")
    op.drop_table("workspaces")
    op.drop_table("worker_processes")
    op.drop_table("users")
    op.drop_index(op.f("ix_login_attempts_address_at"), table_name="login_attempts")
    op.drop_index(op.f("ix_login_attempts_account_at"), table_name="login_attempts")
    op.drop_table("login_attempts")
