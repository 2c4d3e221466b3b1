"""One search over everything that has a name."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from tuneyard.datasets import service as datasets
from tuneyard.deployments import service as deployments
from tuneyard.jobs import service as jobs
from tuneyard.registry import service as registry
from tuneyard.search.schemas import HitType, SearchHit

Finder = Callable[[Session, str, str, int], Sequence[Any]]

FINDERS: dict[HitType, Finder] = {
    HitType.DATASET: datasets.matching,
    HitType.MODEL: registry.matching,
    HitType.DEPLOYMENT: deployments.matching,
    HitType.JOB: jobs.matching,
}


def search(session: Session, workspace_id: str, text: str, limit: int) -> list[SearchHit]:
    """The best hits of each type. A text of spaces finds nothing."""
    wanted = text.strip()
    if not wanted:
        return []
    return [
        SearchHit(
            type=kind,
            id=row.id,
            name=row.name,
            status=getattr(row, "status", None),
            version=getattr(row, "latest_version", None),
            created_at=row.created_at,
        )
        for kind, find in FINDERS.items()
        for row in find(session, workspace_id, wanted, limit)
    ]
