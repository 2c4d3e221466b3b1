"""The route of the search."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.kit.web import LARGEST_BODY
from tuneyard.search import service
from tuneyard.search.schemas import SearchQuery, SearchResult

router = APIRouter(prefix="/search", tags=["search"], max_body_size=LARGEST_BODY)


@router.get(
    "",
    response_model=SearchResult,
    summary="Search by name or id",
    dependencies=[Depends(requires(Scope.READ))],
)
def search(caller: CallerDep, session: SessionDep, query: Annotated[SearchQuery, Query()]) -> SearchResult:
    """Datasets, models, deployments and jobs of the workspace whose name has the text in it, or whose id it is."""
    return SearchResult(data=service.search(session, caller.workspace_id, query.q, query.limit))
