"""Finding things by a part of their name, or by their whole id."""

from typing import Any

from sqlalchemy import Select, or_
from sqlalchemy.orm import InstrumentedAttribute


def best_matches(
    query: Select[Any], name: InstrumentedAttribute[str], id_: InstrumentedAttribute[str], text: str, limit: int
) -> Select[Any]:
    """Rows whose name has `text` in it, in upper or lower case: those that start with it first, then the newest."""
    found = query.where(or_(name.icontains(text, autoescape=True), id_ == text))
    return found.order_by(name.istartswith(text, autoescape=True).desc(), id_.desc()).limit(limit)
