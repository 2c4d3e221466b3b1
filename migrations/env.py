"""Alembic's environment: the connection is handed over by tuneyard.kit.migrations."""

from alembic import context

from tuneyard.kit.migrations import target_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=target_metadata(),
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
