"""Lists in pages, newest first, by keyset: the cost of a page does not grow with the table."""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    data: list[Item] = Field(description="Newest first.")
    next_cursor: str | None = Field(None, description="Give it as `cursor` for the next page; null on the last.")


class PageRequest(BaseModel):
    cursor: str | None = Field(None, max_length=100, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=200, description="Rows of a page.")


PageQuery = Annotated[PageRequest, Query()]


def fetch_page(
    session: Session, query: Select[Any], key: InstrumentedAttribute[str], page: PageRequest
) -> tuple[Sequence[Any], str | None]:
    """The rows of `query` after the cursor, ordered by `key` descending, and the cursor of the page after."""
    if page.cursor:
        query = query.where(key < page.cursor)
    rows = session.scalars(query.order_by(key.desc()).limit(page.limit + 1)).unique().all()
    if len(rows) <= page.limit:
        return rows, None
    rows = rows[: page.limit]
    return rows, str(getattr(rows[-1], key.key))
