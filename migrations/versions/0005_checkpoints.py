"""Where an attempt went on from, and how small a job's batches must be."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column(
        "jobs",
        sa.Column(
            "batch_parts",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Parts a batch is computed in: 2 after the job ran out of memory.",
        ),
    )
    op.add_column(
        "job_attempts",
        sa.Column(
            "continued_from_step",
            sa.Integer(),
            nullable=True,
            comment="Where an earlier attempt was; null: from the start.",
        ),
    )
    op.alter_column("checkpoints", "location", comment="Key in the store; those of a job sort by age.")
    op.create_index("uq_checkpoints_location", "checkpoints", ["workspace_id", "job_id", "location"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_checkpoints_location", table_name="checkpoints")
    op.alter_column("checkpoints", "location", comment=None)
    op.drop_column("job_attempts", "continued_from_step")
    op.drop_column("jobs", "batch_parts")
