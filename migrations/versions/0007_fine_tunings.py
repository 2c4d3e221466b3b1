"""Fine-tunes asked for by the OpenAI API, and a second dataset that a job may choose its best moment by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

TABLE = "fine_tunings"
NOW = sa.text("clock_timestamp()")


def guard(table: str) -> None:
    """As the first migration has it: a workspace sees its own rows, the engine all."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO tuneyard_app, tuneyard_system")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for name, role, condition in (
        ("system", "tuneyard_system", "current_user = 'tuneyard_system'"),
        ("workspace", "tuneyard_app", "workspace_id = current_setting('app.workspace', true)"),
    ):
        op.execute(f"CREATE POLICY {name} ON {table} TO {role} USING ({condition}) WITH CHECK ({condition})")


def reference(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{TABLE}_workspace_id_{column}")
    return sa.ForeignKeyConstraint(["workspace_id", column], [f"{table}.workspace_id", f"{table}.id"], name=name)


def upgrade() -> None:
    op.add_column(
        "jobs",
        sa.Column(
            "validation_version_id",
            sa.String(),
            nullable=True,
            comment="Whose rows choose the best moment, if given.",
        ),
    )
    op.create_foreign_key(
        op.f("fk_jobs_workspace_id_validation_version_id"),
        "jobs",
        "dataset_versions",
        ["workspace_id", "validation_version_id"],
        ["workspace_id", "id"],
    )
    op.create_table(
        TABLE,
        sa.Column("model", sa.String(), nullable=False, comment="Id of the base model."),
        sa.Column("training_file", sa.String(), nullable=False),
        sa.Column("validation_file", sa.String(), nullable=True),
        sa.Column("training_dataset_id", sa.String(), nullable=True, comment="Only while the file is waited for."),
        sa.Column("validation_dataset_id", sa.String(), nullable=True, comment="Only while the files are waited for."),
        sa.Column("suffix", sa.String(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("hyperparameters", postgresql.JSONB(), nullable=False, comment="As they were asked for."),
        sa.Column("tags", postgresql.JSONB(), nullable=False, comment="The `metadata` of the API."),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("fine_tuned_model", sa.String(), nullable=True, comment="Name of the deployment."),
        sa.Column("error", postgresql.JSONB(), nullable=True, comment="Why there is no job: {code, message, param}."),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it failed or was cancelled before there was a job.",
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_fine_tunings_workspace_id")),
        reference("job_id", "jobs"),
        reference("training_dataset_id", "datasets"),
        reference("validation_dataset_id", "datasets"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fine_tunings")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_fine_tunings_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "job_id", name=op.f("uq_fine_tunings_workspace_id_job_id")),
    )
    for column in ("training_dataset_id", "validation_dataset_id"):
        op.create_index(
            op.f(f"ix_fine_tunings_workspace_id_{column}"),
            TABLE,
            ["workspace_id", column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    guard(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_constraint(op.f("fk_jobs_workspace_id_validation_version_id"), "jobs")
    op.drop_column("jobs", "validation_version_id")
