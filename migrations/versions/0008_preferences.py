"""Votes of people on two answers, and judgements of other models."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

PREFERENCE = sa.Enum("tuned", "base", "tie", name="preference", native_enum=False, length=32)
NOW = sa.text("clock_timestamp()")
TABLES = ("comparison_votes", "judged_rows")


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


def upgrade() -> None:
    row = "Of the dataset version; the first is 1."
    for table, who, comment, checks in (
        (
            "comparison_votes",
            "voter",
            "Id of the user, or of a key that is nobody's.",
            [sa.CheckConstraint("row > 0", name=op.f("ck_comparison_votes_row"))],
        ),
        ("judged_rows", "judge", "As `gpt-5 at api.openai.com`.", []),
    ):
        op.create_table(
            table,
            sa.Column("model_version_id", sa.String(), nullable=False),
            sa.Column("row", sa.Integer(), nullable=False, comment=row),
            sa.Column(who, sa.String(), nullable=False, comment=comment),
            sa.Column("preferred", PREFERENCE, nullable=False),
            sa.Column("id", sa.String(), nullable=False),
            sa.Column("workspace_id", sa.String(), nullable=False),
            sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
            *checks,
            sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f(f"fk_{table}_workspace_id")),
            sa.ForeignKeyConstraint(
                ["workspace_id", "model_version_id"],
                ["model_versions.workspace_id", "model_versions.id"],
                name=op.f(f"fk_{table}_workspace_id_model_version_id"),
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("workspace_id", "id", name=op.f(f"uq_{table}_workspace_id_id")),
            sa.UniqueConstraint(
                "workspace_id",
                "model_version_id",
                who,
                "row",
                name=op.f(f"uq_{table}_workspace_id_model_version_id_{who}_row"),
            ),
        )
        guard(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
