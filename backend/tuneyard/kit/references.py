"""What rows refer to in the store, and the one way to remove files that rows referred to.

A file is removed only after the commit by which no row refers to it any more, of a transaction that held the lock
shared. Who holds the lock exclusively, as a backup does, can rely on every file that its snapshot refers to.
"""

from collections.abc import Iterable
from typing import Annotated

from sqlalchemy import Connection, func, select, union
from sqlalchemy.orm import Session, mapped_column

from tuneyard.kit.db import Base, after_commit, load_models
from tuneyard.kit.storage import Store

LOCK = 7_248_111
_MARK = "store_key"

StoreKey = Annotated[str, mapped_column(info={_MARK: True})]
"""A column that names a file or folder of the store: it is neither swept nor left out of a backup."""


def referenced(connection: Session | Connection) -> set[str]:
    """Every key that a row names, of all workspaces that the transaction may see."""
    load_models()
    columns = [column for table in Base.metadata.tables.values() for column in table.columns if column.info.get(_MARK)]
    query = union(*(select(column).where(column.is_not(None)) for column in columns))
    return {row[0] for row in connection.execute(query)}


def item_of(key: str) -> str:
    """The file or folder of a workspace, `area/workspace/name`, in which a key lies: it is kept as a whole."""
    return "/".join(key.split("/")[:3])


def may_remove(session: Session) -> bool:
    """Whether files may go once this transaction has been committed; not while a backup is being made."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock_shared(LOCK))))


def discard(session: Session, store: Store, keys: Iterable[str]) -> None:
    """Remove what no row refers to once this transaction has been committed; during a backup it is left to a sweep."""
    if may_remove(session):
        after_commit(session, lambda: store.delete(keys))
