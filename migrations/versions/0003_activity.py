"""When a member last looked at what has ended, which browser a session is of, and how to find jobs by their end."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ACTIVE = sa.text("status IN ('queued', 'running', 'paused')")
ENDED = sa.text("status IN ('succeeded', 'failed')")


def upgrade() -> None:
    op.add_column("memberships", sa.Column("activity_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("user_agent", sa.String(), server_default="", nullable=False))
    op.create_index("ix_jobs_active", "jobs", ["workspace_id", "id"], postgresql_where=ACTIVE)
    op.create_index("ix_jobs_ended", "jobs", ["workspace_id", "finished_at"], postgresql_where=ENDED)


def downgrade() -> None:
    op.drop_index("ix_jobs_ended", table_name="jobs", postgresql_where=ENDED)
    op.drop_index("ix_jobs_active", table_name="jobs", postgresql_where=ACTIVE)
    op.drop_column("sessions", "user_agent")
    op.drop_column("memberships", "activity_seen_at")
