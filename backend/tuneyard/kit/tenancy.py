"""Tables of a workspace: every row names its workspace, and references within it cannot leave it."""

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tuneyard.kit.db import Base


class WorkspaceRow:
    """Columns of every domain table."""

    id: Mapped[str] = mapped_column(primary_key=True)

    workspace_id: Mapped[str] = mapped_column()


def tenant_key() -> UniqueConstraint:
    """What composite foreign keys point at; its index also serves lists by age."""
    return UniqueConstraint("workspace_id", "id")


def tenant_reference(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A reference to a row of the same workspace."""
    return ForeignKeyConstraint(["workspace_id", column], [f"{table}.workspace_id", f"{table}.id"], ondelete=ondelete)


def workspace_reference() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["workspace_id"], ["workspaces.id"])


def tenant_tables() -> list[str]:
    """Names of the tables that row-level security guards."""
    return sorted(name for name, table in Base.metadata.tables.items() if "workspace_id" in table.columns)
