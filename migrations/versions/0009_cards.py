"""What a worker's card holds, and whether what computes knows bfloat16."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TABLE = "worker_processes"


def upgrade() -> None:
    smallest = sa.Column(
        "card_memory_bytes", sa.BigInteger(), server_default="0", nullable=False, comment="Of its smallest card."
    )
    fast = sa.Column(
        "fast_bf16",
        sa.Boolean(),
        server_default=sa.false(),
        nullable=False,
        comment="What computes multiplies bfloat16 itself.",
    )
    for column in (smallest, fast):
        op.add_column(TABLE, column)


def downgrade() -> None:
    for name in ("fast_bf16", "card_memory_bytes"):
        op.drop_column(TABLE, name)
