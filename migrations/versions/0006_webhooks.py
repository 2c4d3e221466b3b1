"""Webhooks, and the outbox of what is sent to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

TABLES = ("webhooks", "webhook_deliveries", "webhook_attempts")
NOW = sa.text("clock_timestamp()")
PENDING = sa.text("status = 'pending'")


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
    op.create_table(
        "webhooks",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", postgresql.JSONB(), nullable=False, comment="Values of WebhookEvent."),
        sa.Column("secret", sa.LargeBinary(), nullable=False, comment="Sealed, at the place of its id."),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True, comment="The one before, likewise."),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True, comment="Until then both sign."),
        sa.Column("off_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("off_reason", sa.String(length=32), nullable=True),
        sa.Column(
            "failing_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The first failure since something was delivered.",
        ),
        sa.Column(
            "delivered_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When something was last delivered.",
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("(off_since IS NULL) = (off_reason IS NULL)", name=op.f("ck_webhooks_off")),
        sa.CheckConstraint("(old_secret IS NULL) = (old_secret_until IS NULL)", name=op.f("ck_webhooks_old_secret")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_webhooks_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_webhooks_workspace_id_id")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("webhook_id", sa.String(), nullable=False),
        sa.Column(
            "message_id",
            sa.String(),
            nullable=False,
            comment="The same for all webhooks that are told of an event.",
        ),
        sa.Column("type", sa.String(), nullable=False, comment="A WebhookEvent, or TEST."),
        sa.Column(
            "data", postgresql.JSONB(), nullable=False, comment="Of the payload; its url is a path of this server."
        ),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column(
            "tries",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Since it happened, or was last sent again by hand.",
        ),
        sa.Column(
            "next_attempt_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="During an attempt: when it is taken for broken off.",
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "(status = 'pending') = (next_attempt_at IS NOT NULL)", name=op.f("ck_webhook_deliveries_next_attempt")
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_webhook_deliveries_workspace_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "webhook_id"],
            ["webhooks.workspace_id", "webhooks.id"],
            name=op.f("fk_webhook_deliveries_workspace_id_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_webhook_deliveries_workspace_id_id")),
    )
    op.create_index(
        op.f("ix_webhook_deliveries_workspace_id_webhook_id_id"),
        "webhook_deliveries",
        ["workspace_id", "webhook_id", "id"],
    )
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", ["next_attempt_at"], postgresql_where=PENDING)
    op.create_table(
        "webhook_attempts",
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("status_code", sa.SmallInteger(), nullable=True, comment="Of the answer; null if there was none."),
        sa.Column("answer", sa.String(), nullable=True, comment="How the answer begins."),
        sa.Column("error", postgresql.JSONB(), nullable=True, comment="{code, message}: why there was no answer."),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_webhook_attempts_workspace_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "delivery_id"],
            ["webhook_deliveries.workspace_id", "webhook_deliveries.id"],
            name=op.f("fk_webhook_attempts_workspace_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_webhook_attempts_workspace_id_id")),
    )
    op.create_index(
        op.f("ix_webhook_attempts_workspace_id_delivery_id"), "webhook_attempts", ["workspace_id", "delivery_id"]
    )
    for table in TABLES:
        guard(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
