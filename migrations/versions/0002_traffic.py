"""How many requests each deployment gets a minute, and how long they take."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "deployment_traffic",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("deployment_id", sa.String(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_class", sa.SmallInteger(), nullable=False, comment="2, 4 or 5, as of HTTP."),
        sa.Column(
            "latencies",
            postgresql.ARRAY(sa.Integer()),
            nullable=False,
            comment="Requests per bucket of LATENCY_EDGES.",
        ),
        sa.CheckConstraint("cardinality(latencies) = 27", name=op.f("ck_deployment_traffic_latencies")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "deployment_id"],
            ["deployments.workspace_id", "deployments.id"],
            name=op.f("fk_deployment_traffic_workspace_id_deployment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_deployment_traffic_workspace_id")),
        sa.PrimaryKeyConstraint(
            "workspace_id", "deployment_id", "minute", "status_class", name=op.f("pk_deployment_traffic")
        ),
    )
    op.create_index(op.f("ix_deployment_traffic_minute"), "deployment_traffic", ["minute"], unique=False)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON deployment_traffic TO tuneyard_app, tuneyard_system")
    op.execute("ALTER TABLE deployment_traffic ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE deployment_traffic FORCE ROW LEVEL SECURITY")
    policies = {
        "system": ("tuneyard_system", "current_user = 'tuneyard_system'"),
        "workspace": ("tuneyard_app", "workspace_id = current_setting('app.workspace', true)"),
    }
    for name, (role, condition) in policies.items():
        op.execute(f"CREATE POLICY {name} ON deployment_traffic TO {role} USING ({condition}) WITH CHECK ({condition})")


def downgrade() -> None:
    op.drop_table("deployment_traffic")
